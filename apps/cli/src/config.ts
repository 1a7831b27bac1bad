import { z } from 'zod';

/** What a config file may say; every field is optional and flags win. */
export type Config = {
  /** Files, folders and globs. */
  videos?: string[] | undefined;
  /** The dataset folder. */
  out?: string | undefined;
  /** Shards at once. Default: the number of cores. */
  concurrency?: number | undefined;
  /** Failures before the run stops. Default: any number. */
  maxFailures?: number | undefined;
  /** Paths of the programs. Default: found, see `internvid doctor`. */
  ffmpeg?: string | undefined;
  ffprobe?: string | undefined;
  /** Which videos are taken. Default: all that have a picture. */
  admit?:
    | {
        minDurationMs?: number | undefined;
        maxDurationMs?: number | undefined;
        minShortSide?: number | undefined;
      }
    | undefined;
  /** How videos become shots and clips. */
  split?:
    | {
        /** Content score of a cut, 0 to 255. Default 27. */
        threshold?: number | undefined;
        /** Shortest shot in frames. Default 15. */
        minShotFrames?: number | undefined;
        /** Shorter clips are dropped. Default 2,000. */
        minClipMs?: number | undefined;
        /** Longer shots are cut into equal clips. Default 60,000. */
        maxClipMs?: number | undefined;
        /** Keep clips in which nothing moves. Default false. */
        keepStill?: boolean | undefined;
      }
    | undefined;
  /** Which frames are kept. */
  sample?:
    | {
        /** Frames for each second. Default 1. */
        perSecond?: number | undefined;
        /** Longest side of the kept pictures in pixels. Default 960. */
        longestSide?: number | undefined;
      }
    | undefined;
  caption?:
    | {
        /** Processes that look at frames. Default: the number of cores. */ processes?:
          number | undefined;
      }
    | undefined;
  /** What `run` exports at its end. */
  export?:
    | {
        /** Default: all three. */
        formats?: ('webdataset' | 'jsonl' | 'parquet')[] | undefined;
        /** Default 1,000. */
        maxSamplesPerShard?: number | undefined;
      }
    | undefined;
};

const milliseconds = z.int().positive();

const schema: z.ZodType<Config> = z.strictObject({
  videos: z.array(z.string().min(1)).optional(),
  out: z.string().min(1).optional(),
  concurrency: z.int().min(1).max(256).optional(),
  maxFailures: z.int().nonnegative().optional(),
  ffmpeg: z.string().min(1).optional(),
  ffprobe: z.string().min(1).optional(),
  admit: z
    .strictObject({
      minDurationMs: milliseconds.optional(),
      maxDurationMs: milliseconds.optional(),
      minShortSide: z.int().positive().optional(),
    })
    .optional(),
  split: z
    .strictObject({
      threshold: z.number().positive().optional(),
      minShotFrames: z.int().nonnegative().optional(),
      minClipMs: milliseconds.optional(),
      maxClipMs: milliseconds.optional(),
      keepStill: z.boolean().optional(),
    })
    .optional(),
  sample: z
    .strictObject({
      perSecond: z.number().positive().max(60).optional(),
      longestSide: z.int().min(64).max(4096).optional(),
    })
    .optional(),
  caption: z.strictObject({ processes: z.int().min(1).max(64).optional() }).optional(),
  export: z
    .strictObject({
      formats: z.array(z.enum(['webdataset', 'jsonl', 'parquet'])).optional(),
      maxSamplesPerShard: z.int().positive().optional(),
    })
    .optional(),
});

/** Types a config: the default export of `internvid.config.ts`. */
export function defineConfig(config: Config): Config {
  return config;
}

/**
 * Checks what a config file holds.
 *
 * @returns the config, or a line for each fault that names its path, such as `split.threshold: …`.
 */
export function parseConfig(value: unknown): { config: Config } | { faults: string[] } {
  const result = schema.safeParse(value);
  if (result.success) return { config: result.data };
  const faults = result.error.issues.map((issue) => {
    const path = issue.path.join('.');
    return `${path === '' ? 'the config' : path}: ${issue.message}`;
  });
  return { faults };
}
