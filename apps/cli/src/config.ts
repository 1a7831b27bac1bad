import type { FilterOverrides, FilterPreset, LengthPreset } from '@internvid/collector';
import { z } from 'zod';

import { captionSchema, type CaptionConfig } from './caption-config.js';
import { detectorSchema, type DetectorConfig } from './detectors.js';
import { trainStageSchema, type TrainStage } from './train-config.js';
import { stitchSchema, type StitchConfig } from './stitch-config.js';

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
  /** Files and tables of ids of videos that must not come in, such as those of benchmarks. */
  exclude?: string[] | undefined;
  /** How videos elsewhere are fetched. */
  download?:
    | {
        /** Path of yt-dlp. Default: found, see `internvid doctor`. */
        ytDlp?: string | undefined;
        /** Downloads at once, over all hosts. Default 4. */
        concurrency?: number | undefined;
        /** Default: 2 transfers at once and 1 request a second for each host. */
        perHost?:
          { concurrency?: number | undefined; requestsPerSecond?: number | undefined } | undefined;
        /** Larger files are dropped. Default 4 GiB. */
        maxBytesPerFile?: number | undefined;
        /** All downloads of a run together; what is left over is fetched by the next run. Default: no limit. */
        budgetBytes?: number | undefined;
        budgetMs?: number | undefined;
        /** Default: en. */
        subtitleLanguages?: string[] | undefined;
        /** Addresses of this machine and its network: all of them, or networks such as 192.168.0.0/16. Default false. */
        allowPrivateAddresses?: boolean | string[] | undefined;
      }
    | undefined;
  /** How videos become shots and clips. */
  split?:
    | {
        /** Which shot detector, and its settings. Default: `transition`. */
        detector?: DetectorConfig | undefined;
        /** Join neighbouring shots that show the same, by a CLIP model. Default: shots stay as they are found. */
        stitch?: StitchConfig | undefined;
        /** What becomes a clip: shots (default), or the stretches that a list named for each video. */
        clips?: 'shots' | 'listed' | undefined;
        /** Lengths of clips. Default `internvid`. */
        lengths?: LengthPreset | undefined;
        /** Instead of those of `lengths`: shorter clips are dropped, longer shots are divided, and so much is cut off a shot's ends. */
        minClipMs?: number | undefined;
        maxClipMs?: number | undefined;
        headTrimMs?: number | undefined;
        tailTrimMs?: number | undefined;
        /** Which clips are dropped. Default `internvid`. */
        filters?: FilterPreset | undefined;
        /** Differences from `filters`: `false`, or `{ threshold, scoreOnly }`, by the filter's name. */
        filterOverrides?: FilterOverrides | undefined;
        /** Measure loudness and silence too, in a decode of the sound. Default true. */
        sound?: boolean | undefined;
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
  caption?: CaptionConfig | undefined;
  /** Where transcripts come from. Default: there are none. */
  transcribe?:
    | {
        /** `subtitles` beside and inside the videos, `whisper`, or `auto`: subtitles where there are some, else Whisper where `model` is set. */
        from?: 'subtitles' | 'whisper' | 'auto' | undefined;
        /** Languages of subtitles to prefer, the best first. Default: written ones before automatic ones. */
        subtitleLanguages?: string[] | undefined;
        /** A Whisper for transformers.js: a folder, or a name of the Hugging Face hub. */
        model?: string | undefined;
        /** Which of its weights. Default `fp32`, or of a folder without these the only ones that it has. */
        dtype?: string | undefined;
        /** Fetch the model from the hub where it is not in the cache. Default false. */
        allowDownload?: boolean | undefined;
        /** Commit, tag or branch of a hub model. Default `main`. */
        revision?: string | undefined;
        /** Where hub models are kept. Default `internvid/models` in `$XDG_CACHE_HOME` or `~/.cache`. */
        cacheDirectory?: string | undefined;
        /** Language of the videos, as `de`. Default: identified by a multilingual model. */
        language?: string | undefined;
        /** What tells speech from noise. Default `auto`: Silero where it is installed, else the level of the sound. */
        gate?: 'auto' | 'silero' | 'level' | undefined;
        /** Threads of the model. Default: as many as there are cores. */
        threads?: number | undefined;
      }
    | undefined;
  /** Which ViCLIP model looks at pictures, and how it runs. Default: none, and search compares captions. */
  viclip?:
    | {
        /** A model folder, as `internvid viclip convert` makes it. */
        model?: string | undefined;
        /** The merges of the tokenizer. Default: where `internvid viclip fetch merges` puts them. */
        merges?: string | undefined;
        /** Default `onnx`. */
        engine?: 'onnx' | 'tfjs' | undefined;
        /** Default `cpu`. */
        provider?: 'cpu' | 'cuda' | undefined;
        /** Threads of the engine `onnx`. Default: as many as there are cores. */
        threads?: number | undefined;
        /** What tells how pleasing clips are found. Default: nothing does. */
        aesthetics?:
          | {
              /** Model folder of the image CLIP that the predictor is for. */
              model: string;
              /** File of the linear predictor. */
              head: string;
              /** SHA-256 that the predictor must have. Default: any. */
              sha256?: string | undefined;
            }
          | undefined;
        /** Stages of `internvid viclip train`. Default: masked and unmasked, as published. */
        stages?: TrainStage[] | undefined;
      }
    | undefined;
  /** How files of clips are cut. */
  cut?:
    | {
        /** Default `auto`: copied where that is exact, else copied but for the edges, else encoded. */
        mode?: 'auto' | 'copy' | 'smart' | 'exact' | undefined;
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
  exclude: z.array(z.string().min(1)).optional(),
  download: z
    .strictObject({
      ytDlp: z.string().min(1).optional(),
      concurrency: z.int().min(1).max(64).optional(),
      perHost: z
        .strictObject({
          concurrency: z.int().min(1).max(64).optional(),
          requestsPerSecond: z.number().positive().optional(),
        })
        .optional(),
      maxBytesPerFile: z.int().positive().optional(),
      budgetBytes: z.int().nonnegative().optional(),
      budgetMs: z.int().nonnegative().optional(),
      subtitleLanguages: z.array(z.string().min(1)).optional(),
      allowPrivateAddresses: z.union([z.boolean(), z.array(z.string().min(1))]).optional(),
    })
    .optional(),
  split: z
    .strictObject({
      detector: detectorSchema.optional(),
      stitch: stitchSchema.optional(),
      clips: z.enum(['shots', 'listed']).optional(),
      lengths: z.enum(['internvid', 'text-to-video']).optional(),
      minClipMs: milliseconds.optional(),
      maxClipMs: milliseconds.optional(),
      headTrimMs: z.int().nonnegative().optional(),
      tailTrimMs: z.int().nonnegative().optional(),
      filters: z.enum(['internvid', 'strict', 'none']).optional(),
      filterOverrides: z
        .record(
          z.string(),
          z.union([
            z.literal(false),
            z.strictObject({
              threshold: z.number().optional(),
              scoreOnly: z.boolean().optional(),
            }),
          ]),
        )
        .optional(),
      sound: z.boolean().optional(),
    })
    .optional(),
  sample: z
    .strictObject({
      perSecond: z.number().positive().max(60).optional(),
      longestSide: z.int().min(64).max(4096).optional(),
    })
    .optional(),
  caption: captionSchema.optional(),
  transcribe: z
    .strictObject({
      from: z.enum(['subtitles', 'whisper', 'auto']).optional(),
      subtitleLanguages: z.array(z.string().min(1)).optional(),
      model: z.string().min(1).optional(),
      dtype: z.string().min(1).optional(),
      allowDownload: z.boolean().optional(),
      revision: z.string().min(1).optional(),
      cacheDirectory: z.string().min(1).optional(),
      language: z.string().min(2).optional(),
      gate: z.enum(['auto', 'silero', 'level']).optional(),
      threads: z.int().min(1).max(1024).optional(),
    })
    .optional(),
  viclip: z
    .strictObject({
      model: z.string().min(1).optional(),
      merges: z.string().min(1).optional(),
      engine: z.enum(['onnx', 'tfjs']).optional(),
      provider: z.enum(['cpu', 'cuda']).optional(),
      threads: z.int().min(1).max(1024).optional(),
      aesthetics: z
        .strictObject({
          model: z.string().min(1),
          head: z.string().min(1),
          sha256: z
            .string()
            .regex(/^[0-9a-f]{64}$/)
            .optional(),
        })
        .optional(),
      stages: z.array(trainStageSchema).min(1).optional(),
    })
    .optional(),
  cut: z.strictObject({ mode: z.enum(['auto', 'copy', 'smart', 'exact']).optional() }).optional(),
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
