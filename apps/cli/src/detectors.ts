import type {
  AdaptiveDetectorOptions,
  ContentDetectorOptions,
  HashDetectorOptions,
  HistogramDetectorOptions,
  ShotDetector,
  ThresholdDetectorOptions,
  TransitionDetectorOptions,
  TransnetDetectorOptions,
  TransnetWeights,
} from '@internvid/collector';
import { z } from 'zod';

import { UsageError } from './exit.js';
import { defined, type Defined, type Loose } from './settings.js';

type Named<Name extends string, Options> = { readonly name: Name } & Loose<Options>;

/** A shot detector by name, with its settings; each detector's page says what they mean. */
export type DetectorConfig =
  | Named<'transition', TransitionDetectorOptions>
  | Named<'content', ContentDetectorOptions>
  | Named<'adaptive', AdaptiveDetectorOptions>
  | Named<'threshold', ThresholdDetectorOptions>
  | Named<'histogram', HistogramDetectorOptions>
  | Named<'hash', HashDetectorOptions>
  | (Named<'transnet', Pick<TransnetDetectorOptions, 'threshold' | 'heads' | 'processes'>> & {
      readonly weights: TransnetWeights;
    });

const minShotFrames = z.int().nonnegative().optional();
const weights = z
  .strictObject({
    hue: z.number(),
    saturation: z.number(),
    luminance: z.number(),
    edges: z.number(),
  })
  .optional();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits');

/** Checks a detector's settings. */
export const detectorSchema: z.ZodType<DetectorConfig> = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('transition'),
    cutThreshold: z.number().positive().lt(1).optional(),
    gradualThreshold: z.number().positive().lt(1).optional(),
  }),
  z.strictObject({
    name: z.literal('content'),
    threshold: z.number().positive().optional(),
    minShotFrames,
    flashes: z.enum(['merge', 'suppress']).optional(),
    weights,
  }),
  z.strictObject({
    name: z.literal('adaptive'),
    threshold: z.number().positive().optional(),
    minContentValue: z.number().nonnegative().optional(),
    windowFrames: z.int().positive().optional(),
    minShotFrames,
    weights,
  }),
  z.strictObject({
    name: z.literal('threshold'),
    threshold: z.int().min(0).max(255).optional(),
    faded: z.enum(['below', 'above']).optional(),
    minShotFrames,
    minFadedFrames: z.int().nonnegative().optional(),
    atEnd: z.boolean().optional(),
  }),
  z.strictObject({
    name: z.literal('histogram'),
    threshold: z.number().positive().max(1).optional(),
    bins: z.int().min(1).max(256).optional(),
    minShotFrames,
  }),
  z.strictObject({
    name: z.literal('hash'),
    threshold: z.number().positive().max(1).optional(),
    size: z.int().min(2).max(64).optional(),
    lowpass: z.int().min(1).max(8).optional(),
    minShotFrames,
  }),
  z.strictObject({
    name: z.literal('transnet'),
    weights: z.union([
      z.strictObject({ path: z.string().min(1), sha256: sha256.optional() }),
      z.strictObject({ url: z.url({ protocol: /^https?$/ }), sha256 }),
    ]),
    threshold: z.number().positive().lt(1).optional(),
    heads: z.enum(['both', 'single']).optional(),
    processes: z.int().positive().optional(),
  }),
]) as z.ZodType<DetectorConfig>;

/** Names that `--detector` takes; `transnet` needs settings, which only a config can give. */
const NAMES = ['transition', 'content', 'adaptive', 'threshold', 'histogram', 'hash'] as const;

/**
 * Reads `--detector`.
 *
 * @throws UsageError for a name that is none.
 */
export function detectorNamed(name: string): DetectorConfig {
  const known = NAMES.find((each) => each === name);
  if (known !== undefined) return { name: known };
  const more = name === 'transnet' ? ' It needs weights: set `split.detector` in a config.' : '';
  throw new UsageError(`--detector must be one of ${NAMES.join(', ')}, got "${name}".${more}`);
}

/** Makes a detector, works with it, and ends its processes where it has some. */
export async function withDetector<Out>(
  config: DetectorConfig | undefined,
  work: (detector: ShotDetector) => Promise<Out>,
): Promise<Out> {
  const detector = await openDetector(config ?? { name: 'transition' });
  try {
    return await work(detector);
  } finally {
    await detector[Symbol.asyncDispose]?.();
  }
}

async function openDetector(
  config: DetectorConfig,
): Promise<ShotDetector & Partial<AsyncDisposable>> {
  const collector = await import('@internvid/collector');
  switch (config.name) {
    case 'transition':
      return collector.transitionDetector(settingsOf(config));
    case 'content':
      return collector.contentDetector(settingsOf(config));
    case 'adaptive':
      return collector.adaptiveDetector(settingsOf(config));
    case 'threshold':
      return collector.thresholdDetector(settingsOf(config));
    case 'histogram':
      return collector.histogramDetector(settingsOf(config));
    case 'hash':
      return collector.hashDetector(settingsOf(config));
    case 'transnet':
      return collector.transnetDetector({ ...settingsOf(config), weights: config.weights });
  }
}

function settingsOf<Config extends DetectorConfig>({
  name: _,
  ...settings
}: Config): Defined<Omit<Config, 'name'>> {
  return defined(settings);
}
