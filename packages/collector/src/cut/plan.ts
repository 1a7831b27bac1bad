import { contains, ToolkitError, type Span } from '@internvid/core';

import type { CutSource } from './cut-source.js';
import type { SourcePacket } from './source-packets.js';

/** The frames of a span: numbers in the order of presentation, `end` outside. */
export type FrameRange = { readonly first: number; readonly end: number };

/** Which frames are copied and which are encoded again: `first` to `copyFirst`, and `copyEnd` to `end`. */
export type CutPlan = FrameRange & {
  readonly copyFirst: number;
  readonly copyEnd: number;
  /** Ticks of the copied packets in the order of decoding. */
  readonly copied: readonly number[];
};

/** Why packets of a file cannot be copied; stable words that stand in reports. */
export type CutRefusal =
  /** No key frame inside the span that decoding can begin at, with frames to copy after it. */
  | 'no-clean-key-frame'
  /** Less than half of the frames could be copied (`auto` only). */
  | 'little-to-copy'
  /** The span begins between two key frames (`copy` only). */
  | 'starts-between-key-frames'
  /** The span's last frames need a later one to be decoded (`copy` only). */
  | 'ends-inside-references'
  /** The file has no presentation time for each packet. */
  | 'no-packet-times'
  /** MP4 cannot hold the codec, or its edges cannot be encoded. */
  | 'codec-not-copied'
  | 'interlaced'
  | 'size-changes'
  /** ffmpeg has no encoder for the edges. */
  | 'encoder-missing'
  /** ffmpeg is older than 5.0, which cannot drop single packets. */
  | 'ffmpeg-too-old'
  /** The pieces did not come out as planned. */
  | 'pieces-differ'
  /** The finished file did not pass its proof. */
  | 'proof-failed';

/**
 * The frames whose presentation time lies in the span.
 *
 * @throws ToolkitError `not-found` when there is none.
 */
export function framesInside(source: Pick<CutSource, 'path' | 'timeline'>, span: Span): FrameRange {
  const { timesMs } = source.timeline;
  const first = timesMs.findIndex((timeMs) => contains(span, timeMs));
  if (first < 0) {
    const message = `${source.path} has no frame from ${span.startMs} to ${span.endMs} ms.`;
    throw new ToolkitError('not-found', message);
  }
  const after = timesMs.findIndex((timeMs) => timeMs >= span.endMs);
  return { first, end: after < 0 ? timesMs.length : after };
}

/** What is planned with. */
export type PlannedSource = {
  readonly packets: readonly Pick<SourcePacket, 'pts' | 'isKey'>[];
  readonly ticks: Float64Array;
};

/**
 * Plans which packets to copy: from the first key frame inside, without the frames that are decoded after it but shown before it (an
 * open group of pictures), to the last packet at which everything decoded so far is shown before everything else. That is at most a
 * few frames before the span's end, whether a key frame follows or not: no packet needs one that is decoded after it.
 *
 * @param startTicks the key frames that decoding can begin at.
 */
export function planCut(
  { packets, ticks }: PlannedSource,
  range: FrameRange,
  startTicks: ReadonlySet<number>,
): CutPlan | CutRefusal {
  if (packets.length === 0) return 'no-packet-times';
  const place = new Map(Array.from(ticks, (tick, index) => [tick, index]));
  const numbers = packets.map(({ pts }) => place.get(pts) ?? 0);
  const key = numbers.findIndex(
    (number, index) =>
      number >= range.first && number < range.end && startTicks.has(packets[index]?.pts ?? NaN),
  );
  const copyFirst = numbers[key];
  if (copyFirst === undefined) return 'no-clean-key-frame';
  const trailing = numbers.slice(key).filter((number) => number >= copyFirst);
  const count = closedPrefix(trailing, copyFirst, range.end);
  if (count === 0 || numbers.slice(0, key).some((number) => number > copyFirst)) {
    return 'no-clean-key-frame';
  }
  const copied = trailing.slice(0, count).map((number) => ticks[number] ?? 0);
  return { ...range, copyFirst, copyEnd: copyFirst + count, copied };
}

/**
 * How many packets from the start are, taken together, the frames `first`, `first + 1`, … without a gap and all before `end`: a set of
 * n different numbers from `first` has no gap where its largest is `first + n - 1`.
 */
function closedPrefix(numbers: readonly number[], first: number, end: number): number {
  let largest = -1;
  let count = 0;
  for (const [index, number] of numbers.entries()) {
    largest = Math.max(largest, number);
    if (largest >= end) break;
    if (largest === first + index) count = index + 1;
  }
  return count;
}
