import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { ffmpegFrameReader } from '@internvid/core/media';
import type { DetectorFrame } from '../../packages/collector/src/shots/detector.js';
import { scan } from '../../packages/collector/src/shots/transition-scan.js';
import { analysedSize } from '../../packages/collector/src/split.js';
import type { CutTruth, FrameRange } from '../bench/score-shots.js';

/** A frame that was looked at; without features nothing happens there. */
export type Look = {
  readonly index: number;
  readonly timeMs: number;
  readonly features?: Float32Array;
};

/** All that the detector measures of a film. */
export type FilmFeatures = { readonly cuts: readonly Look[]; readonly gradual: readonly Look[] };

/** Measures pictures as the detector does. */
export function measure(): { push(frame: DetectorFrame): void; finish(): FilmFeatures } {
  const cuts: Look[] = [];
  const gradual: Look[] = [];
  const looking = scan({
    cut: (index, timeMs, features) =>
      cuts.push({ index, timeMs, features: Float32Array.from(features) }),
    gradual: (index, timeMs, features) =>
      gradual.push({ index, timeMs, ...(features && { features: Float32Array.from(features) }) }),
  });
  return {
    push: (frame) => looking.push(frame),
    finish() {
      looking.finish();
      return { cuts, gradual };
    },
  };
}

/** Measures a film, or reads what was measured before. */
export async function featuresOf(path: string, cache: string): Promise<FilmFeatures> {
  if (existsSync(cache)) return deserialize(readFileSync(cache)) as FilmFeatures;
  const reader = ffmpegFrameReader();
  const info = await reader.probe(path);
  const measuring = measure();
  const request = { select: { kind: 'all' }, outputs: [analysedSize({ info })] } as const;
  for await (const { index, timeMs, pictures } of reader.frames(path, request)) {
    const [picture] = pictures;
    if (picture !== undefined) measuring.push({ index, timeMs, picture });
  }
  const features = measuring.finish();
  writeFileSync(`${cache}.part`, serialize(features));
  renameSync(`${cache}.part`, cache);
  return features;
}

/** What is true of a frame for one kind of boundary; `undefined` where nobody should be judged. */
export type Label = (truth: CutTruth, index: number) => number | undefined;

export const cutLabel: Label = (truth, index) => {
  if (truth.hard_cuts.some(({ frame }) => frame === index)) return 1;
  return isInside(truth.ambiguous, index, 1) ? undefined : 0;
};

export const gradualLabel: Label = (truth, index) => {
  if (isInside(truth.ambiguous, index, 3)) return undefined;
  if (isInside(truth.gradual, index, 0)) return 1;
  return isInside(truth.gradual, index, 2) ? undefined : 0;
};

function isInside(
  ranges: readonly FrameRange[] | undefined,
  index: number,
  margin: number,
): boolean {
  return (ranges ?? []).some(
    ({ start_frame, end_frame }) => index >= start_frame - margin && index <= end_frame + margin,
  );
}
