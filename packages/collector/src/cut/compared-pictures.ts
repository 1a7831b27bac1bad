import type { VideoTrack } from '@internvid/core';
import { fitWithin, type FrameOutput, type Picture } from '@internvid/core/media';

import { analysedSize } from '../split.js';
import type { CutSource } from './cut-source.js';
import type { ProveOptions } from './proof.js';

/** Longer side of the pictures compared. */
const COMPARED_SIDE = 256;

/** What came out of decoding a whole clip file. */
export type DecodedClip = {
  readonly frames: number;
  /** By number in the source. */
  readonly pictures: ReadonlyMap<number, Picture>;
  readonly isOneShot: boolean | undefined;
};

/** Decodes a clip file to its end, keeps the pictures that are compared, and shows all to the detector. */
export async function decodeClip(
  path: string,
  { source, range, plan, frames, detector, signal }: ProveOptions,
): Promise<DecodedClip> {
  const kept = new Set([range.first, range.end - 1]);
  if (plan !== undefined) kept.add(plan.copyFirst).add(plan.copyEnd - 1);
  const pictures = new Map<number, Picture>();
  const detection = detector?.start(signal);
  let count = 0;
  const seen = detector === undefined ? [] : [detector.output ?? analysedSize(source)];
  const size = comparedSize(source, (await frames.probe(path, signal)).video);
  const request = { select: { kind: 'all' }, outputs: [size, ...seen] } as const;
  for await (const { index, timeMs, pictures: made } of frames.frames(path, request, signal)) {
    const [picture, forDetector] = made;
    if (picture === undefined) break;
    if (forDetector !== undefined) await detection?.push({ index, timeMs, picture: forDetector });
    if (kept.has(range.first + index)) pictures.set(range.first + index, copyOf(picture));
    count += 1;
  }
  const boundaries = await detection?.finish();
  return { frames: count, pictures, isOneShot: boundaries && boundaries.length === 0 };
}

/** The frames that the clip's are compared with, and their neighbours, by number. */
export async function picturesOfSource(
  options: ProveOptions,
): Promise<ReadonlyMap<number, Picture>> {
  const { source, range, plan, frames, signal } = options;
  const last = range.end - 1;
  const wanted = [range.first - 1, range.first, range.first + 1, last - 1, last, last + 1];
  if (plan !== undefined) wanted.push(plan.copyFirst, plan.copyEnd - 1);
  const { timesMs } = source.timeline;
  const numbers = [...new Set(wanted)]
    .filter((frame) => frame >= 0 && frame < timesMs.length)
    .sort((a, b) => a - b);
  const byTime = new Map(numbers.map((frame) => [timesMs[frame] ?? 0, frame]));
  const pictures = new Map<number, Picture>();
  const request = {
    select: { kind: 'times', timesMs: [...byTime.keys()] },
    outputs: [comparedSize(source, source.info.video)],
  } as const;
  for await (const { timeMs, pictures: made } of frames.frames(source.path, request, signal)) {
    const frame = byTime.get(timeMs);
    const [picture] = made;
    if (frame !== undefined && picture !== undefined) pictures.set(frame, copyOf(picture));
  }
  return pictures;
}

/** Small pictures; where a row or column was cut off, whole ones, so that what is left lies on the same pixels. */
function comparedSize(
  { info }: CutSource,
  { displayWidth, displayHeight }: VideoTrack,
): FrameOutput {
  const isCropped = (info.video.width | info.video.height) % 2 === 1;
  const size = { width: displayWidth, height: displayHeight };
  return { ...(isCropped ? size : fitWithin(size, COMPARED_SIDE)), format: 'rgb24' };
}

function copyOf(picture: Picture): Picture {
  return { ...picture, data: picture.data.slice() };
}

/** Mean absolute difference, 0 to 255, over the part that both have, from the top left. Infinite where one is missing. */
export function distanceOf(a: Picture | undefined, b: Picture | undefined): number {
  if (a === undefined || b === undefined) return Infinity;
  const height = Math.min(a.height, b.height);
  const rowBytes = 3 * Math.min(a.width, b.width);
  let sum = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < rowBytes; x++) {
      sum += Math.abs((a.data[3 * y * a.width + x] ?? 0) - (b.data[3 * y * b.width + x] ?? 0));
    }
  }
  return sum / (height * rowBytes);
}
