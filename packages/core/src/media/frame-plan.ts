import { contains, type Span } from '../span.js';
import type { Pass } from './decode-arguments.js';
import type { PacketScan } from './packet-scan.js';
import { keyFrameBefore, lastAtMost, seekTarget } from './seek.js';
import { firstTickAt, ticksToMs, type Clock } from './ticks.js';

/** A pass and what proves that it went well. */
export type PlannedPass = {
  readonly pass: Pass;
  /**
   * With a seek: the key frame that must come out first, wanted or not. A decoder that has landed behind it gives frames
   * too, with the right times and wrong pictures.
   */
  readonly entryTick: number | undefined;
  /** The frames that must come, ascending; of a span only the first. */
  readonly ticks: readonly number[];
};

/** What planning needs to know of a track. */
export type PlannedTrack = {
  readonly packets: PacketScan;
  readonly clock: Clock;
  readonly pixels: number;
  readonly isInterlaced: boolean;
  /** False for containers without an index, in which ffmpeg seeks by trial and lands somewhere near. */
  readonly hasIndex: boolean;
  /** False forbids seeks. */
  readonly maySeek: boolean;
};

/**
 * A new process costs as much as decoding about this many pixels: some 65 ms from its start to its first frame, against
 * 330 million pixels a second of dense 1080p H.264 and 1,200 million of slides, on one thread.
 */
const SEEK_WORTH_PIXELS = 50e6;

/** So many frames are named in one `select` condition: it must fit into an argument, which Linux limits to 128 kB. */
const FRAMES_IN_A_PASS = 2048;

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
    if (tick !== undefined && (span === undefined || contains(span, ticksToMs(clock, tick))))
      frames.add(frame);
  }
  return [...frames];
}

/** Splits wanted frames into passes: a new one wherever a seek skips more work than a process costs. */
export function planPasses(track: PlannedTrack, frames: readonly number[]): readonly PlannedPass[] {
  const groups: number[][] = [];
  let decodedTo = 0;
  for (const frame of frames) {
    const group = groups.at(-1);
    const isFar = isWorthASeek(track, decodedTo, frame);
    if (group === undefined || isFar || group.length === FRAMES_IN_A_PASS) groups.push([frame]);
    else group.push(frame);
    decodedTo = frame;
  }
  return groups.map((group) => planPass(track, group));
}

/** The part of a pass that does not depend on where it enters. */
export type Bounds = {
  readonly fromTick: number;
  readonly untilTick: number;
  readonly select: string | undefined;
};

/** A pass over the frames of a span. */
export function planSpan(
  track: PlannedTrack,
  { fromTick, untilTick, select }: Bounds,
): PlannedPass {
  const { ticks } = track.packets;
  const first = lastAtMost(ticks, fromTick - 1) + 1;
  const tick = ticks[first];
  const entry = isWorthASeek(track, 0, first) ? planEntry(track, first) : undefined;
  return {
    pass: {
      seekMicroseconds: entry?.seekMicroseconds,
      fromTick: entry?.tick ?? fromTick,
      untilTick,
      select:
        entry === undefined
          ? select
          : `eq(pts,${entry.tick})+gte(pts,${fromTick})*(${select ?? 1})`,
    },
    entryTick: entry?.tick,
    ticks: tick === undefined || tick >= untilTick ? [] : [tick],
  };
}

function planPass(track: PlannedTrack, frames: readonly number[]): PlannedPass {
  const ticks = [...new Set(frames.map((frame) => track.packets.ticks[frame] ?? 0))];
  const [first = 0] = frames;
  const entry = isWorthASeek(track, 0, first) ? planEntry(track, first) : undefined;
  const passed = new Set(entry === undefined ? ticks : [entry.tick, ...ticks]);
  return {
    pass: {
      seekMicroseconds: entry?.seekMicroseconds,
      fromTick: Math.min(...passed),
      untilTick: (ticks.at(-1) ?? 0) + 1,
      select: isOneOf([...passed].sort((a, b) => a - b)),
    },
    entryTick: entry?.tick,
    ticks,
  };
}

/**
 * The condition that a frame's tick is one of these, ascending, as a search tree: ffmpeg refuses a sum of more than a hundred
 * terms, and a tree costs a dozen comparisons for each decoded frame.
 */
function isOneOf(ticks: readonly number[]): string {
  const middle = ticks.length >> 1;
  if (middle === 0) return `eq(pts,${ticks[0] ?? 0})`;
  const [below, above] = [ticks.slice(0, middle), ticks.slice(middle)];
  return `if(lt(pts,${above[0] ?? 0}),${isOneOf(below)},${isOneOf(above)})`;
}

/** Whether a new process that enters near `frame` saves work over one that goes on from `decodedTo`. */
function isWorthASeek(track: PlannedTrack, decodedTo: number, frame: number): boolean {
  const { packets, maySeek, pixels } = track;
  if (!maySeek || !packets.hasPresentationTimes) return false;
  return (seekFrame(track, entryFrame(track, frame)) - decodedTo) * pixels > SEEK_WORTH_PIXELS;
}

function planEntry(track: PlannedTrack, frame: number): { tick: number; seekMicroseconds: number } {
  const entry = entryFrame(track, frame);
  const tick = track.packets.ticks[entry] ?? 0;
  return {
    tick,
    seekMicroseconds: seekTarget(track.packets, track.clock, seekFrame(track, entry)),
  };
}

/** The key frame that decoding must pass through. Deinterlacing looks at the frame before the wanted one, too. */
function entryFrame({ packets, isInterlaced }: PlannedTrack, frame: number): number {
  return keyFrameBefore(packets, isInterlaced ? Math.max(0, frame - 1) : frame);
}

/** The key frame to aim at: without an index one further back, so that landing late does no harm. */
function seekFrame({ packets, hasIndex }: PlannedTrack, entry: number): number {
  return hasIndex ? entry : keyFrameBefore(packets, Math.max(0, entry - 1));
}
