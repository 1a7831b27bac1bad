import { mapStage, type Stage } from '@internvid/core';
import type { FrameReader } from '@internvid/core/media';
import { combedShare } from './facts/combing.js';
import { missing, type Found } from './facts/gauge.js';
import { alsoMeasured, FACTS_VERSION } from './facts/measurements.js';
import { mean, rounded } from './facts/series.js';
import type { ProbedVideo } from './probe.js';
import type { SplitVideo } from './split.js';

/** What measuring combs needs. */
export type MeasureCombingOptions = {
  readonly frames: FrameReader;
  /** Videos at once. Default 1. */
  readonly concurrency?: number;
};

/** Key frames that are looked at, spread over the video; a key frame costs one decoded picture. */
const MOST_FRAMES = 8;
/** The pictures keep their height, lines being what counts, and are narrowed to at most this. */
const WIDTH = 320;

/**
 * Adds `combedRatio` to what was measured of each video, to be put between `splitIntoShots` and `clipsFromShots`: the share of the
 * picture that is combed, mean over eight key frames of the whole video, so equal for all of its clips. The frames are those that
 * everything else sees, deinterlaced where the header says `interlaced`: what is found is a video that is woven and does not say so.
 * Missing as `not-upright` where a player turns the picture by a quarter.
 */
export function measureCombing(options: MeasureCombingOptions): Stage<SplitVideo, SplitVideo> {
  const { frames, concurrency = 1 } = options;
  return mapStage({
    name: 'measure-combing',
    version: 1,
    config: { frames: frames.producer, facts: FACTS_VERSION },
    concurrency,
    async map(split: SplitVideo, { signal }) {
      const found = await combingOf(split.video, frames, signal);
      return { ...split, measurements: alsoMeasured(split.measurements, () => found) };
    },
  });
}

async function combingOf(
  { uri, info }: ProbedVideo,
  frames: FrameReader,
  signal: AbortSignal,
): Promise<Found> {
  const { displayWidth, displayHeight, rotation } = info.video;
  if (rotation % 180 !== 0) return missing(['combedRatio'], 'not-upright');
  const { timesMs, keyFrames } = await frames.timeline(uri, signal);
  const keys = Array.from(keyFrames, (frame) => timesMs[frame] ?? 0);
  const shares: number[] = [];
  const output = {
    width: Math.min(WIDTH, displayWidth),
    height: displayHeight,
    format: 'gray8',
    scaler: 'fast-bilinear',
  } as const;
  const select = { kind: 'times', timesMs: spread(keys, MOST_FRAMES) } as const;
  for await (const { pictures } of frames.frames(uri, { select, outputs: [output] }, signal)) {
    for (const picture of pictures) shares.push(combedShare(picture));
  }
  return shares.length === 0
    ? missing(['combedRatio'], 'no-frames')
    : { facts: { combedRatio: rounded(mean(shares)) } };
}

/** At most so many of the values, evenly spread and in their order. */
function spread(values: readonly number[], most: number): readonly number[] {
  if (values.length <= most) return values;
  return Array.from(
    { length: most },
    (_, index) => values[Math.floor(((index + 0.5) * values.length) / most)] as number,
  );
}
