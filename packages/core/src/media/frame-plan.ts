import { contains, type Span } from '../span.js';
import type { Pass } from './decode-arguments.js';
import type { PacketScan } from './packet-scan.js';
import { keyFrameBefore, lastAtMost, seekTarget } from './seek.js';
import { firstTickAt, ticksToMs, type Clock } from './ticks.js';

/** A pass and the ticks of the frames that it must give, ascending. */
export type PlannedPass = { readonly pass: Pass; readonly ticks: readonly number[] };

/** What planning needs to know of a track. */
export type PlannedTrack = {
  readonly packets: PacketScan;
  readonly clock: Clock;
  readonly pixels: number;
  readonly isInterlaced: boolean;
};

/**
 * A new process costs as much as decoding about this many pixels: 45 ms to start, against 300 million pixels a second of
 * 1080p H.264 on one thread.
 */
const SEEK_WORTH_PIXELS = 15e6;

/** So many frames are named in one `select` condition: each costs a comparison for every decoded frame. */
const FRAMES_IN_A_PASS = 128;

/**
 * The numbers of the frames on screen at given times: the last one at or before each, once each, and only those inside
 * the span. A time before the first frame has none.
 */
export function framesOnScreen(
  { packets, clock }: PlannedTrack,
  timesMs: readonly number[],
  span: Span | undefined,
): readonly number[] {
  const frames = new Set<number>();
  for (const timeMs of timesMs) {
    const frame = lastAtMost(packets.ticks, firstTickAt(clock, timeMs + 1) - 1);
    const tick = packets.ticks[frame];
    if (tick !== undefined && (span === undefined || contains(span, ticksToMs(clock, tick)))) frames.add(frame);
  }
  return [...frames];
}

/** Splits wanted frames into passes: a new one wherever a seek skips more work than a process costs. */
export function planPasses(track: PlannedTrack, frames: readonly number[]): readonly PlannedPass[] {
  const groups: { seekTo: number; frames: number[] }[] = [];
  let decodedTo = 0;
  for (const frame of frames) {
    const keyFrame = entryPoint(track, frame);
    const group = groups.at(-1);
    const isFar = (keyFrame - decodedTo) * track.pixels > SEEK_WORTH_PIXELS;
    if (group === undefined || isFar || group.frames.length === FRAMES_IN_A_PASS) {
      groups.push({ seekTo: isFar || group !== undefined ? keyFrame : 0, frames: [frame] });
    } else {
      group.frames.push(frame);
    }
    decodedTo = frame;
  }
  return groups.map(({ seekTo, frames: wanted }) => planPass(track, seekTo, wanted));
}

/** A pass over the frames of a span, entered at the best key frame. */
export function planSpan(track: PlannedTrack, fromTick: number, untilTick: number): PlannedPass {
  const first = lastAtMost(track.packets.ticks, fromTick - 1) + 1;
  const keyFrame = entryPoint(track, first);
  const isFar = keyFrame * track.pixels > SEEK_WORTH_PIXELS;
  const tick = track.packets.ticks[first];
  return {
    pass: { seekMicroseconds: isFar ? seekTo(track, keyFrame) : undefined, fromTick, untilTick, select: undefined },
    ticks: tick === undefined || tick >= untilTick ? [] : [tick],
  };
}

function planPass(track: PlannedTrack, keyFrame: number, frames: readonly number[]): PlannedPass {
  const ticks = [...new Set(frames.map((frame) => track.packets.ticks[frame] ?? 0))];
  const select = ticks.map((tick) => `eq(pts,${tick})`).join('+');
  const seekMicroseconds = keyFrame === 0 ? undefined : seekTo(track, keyFrame);
  return { pass: { seekMicroseconds, fromTick: ticks[0], untilTick: (ticks.at(-1) ?? 0) + 1, select }, ticks };
}

function seekTo({ packets, clock }: PlannedTrack, keyFrame: number): number {
  return seekTarget(packets, clock, keyFrame);
}

/** Deinterlacing looks at the frame before. Without presentation times no seek is to be trusted. */
function entryPoint({ packets, isInterlaced }: PlannedTrack, frame: number): number {
  if (!packets.hasPresentationTimes) return 0;
  return keyFrameBefore(packets, isInterlaced ? Math.max(0, frame - 1) : frame);
}
