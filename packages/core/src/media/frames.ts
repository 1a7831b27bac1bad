import { ToolkitError } from '../errors.js';
import type { Span } from '../span.js';
import { crashError, tellingLine } from './child-process.js';
import type { DecodedTrack, Pass } from './decode-arguments.js';
import { decodePass, type DecodedFrame, type DecodeOptions, type PassEnd } from './decode-pass.js';
import {
  framesOnScreen,
  planPasses,
  planSpan,
  type PlannedPass,
  type PlannedTrack,
} from './frame-plan.js';
import type { FrameOutput } from './frame-reader.js';
import { searchFrames } from './search-frames.js';
import { firstTickAt, ticksToMs } from './ticks.js';

/** One answer of the decoder: the track, the sizes wanted, and how the program is run. */
export type Decoding = {
  readonly track: DecodedTrack;
  readonly outputs: readonly FrameOutput[];
  readonly options: DecodeOptions;
};

const EVERYTHING: Pass = {
  seekMicroseconds: undefined,
  fromTick: undefined,
  untilTick: undefined,
  select: undefined,
};

/** Every frame of the video, or of the stretch that `pass` names. */
export async function* allFrames(
  decoding: Decoding,
  pass: Pass = EVERYTHING,
): AsyncGenerator<DecodedFrame> {
  const { track, outputs, options } = decoding;
  const end = yield* counted(decodePass(track, pass, outputs, options));
  if (end.frames === 0 && end.signal !== null) throw crashError(options.program.path, end.signal);
  const isWhole = pass.fromTick === undefined;
  if (end.frames === 0 && (isWhole || end.code !== 0)) throw decodeFailed(track.path, end);
}

/**
 * The frames of a span, or those among them that `select` lets pass. A seek that goes astray is undone by decoding from
 * the beginning.
 */
export async function* framesInSpan(
  decoding: Decoding,
  planned: PlannedTrack,
  span: Span,
  select?: string,
): AsyncGenerator<DecodedFrame> {
  const { clock } = planned;
  const bounds = {
    fromTick: firstTickAt(clock, span.startMs),
    untilTick: firstTickAt(clock, span.endMs),
    select,
  };
  const plan = planSpan(planned, bounds);
  if (plan.ticks.length === 0) return;
  if (plan.entryTick !== undefined && (yield* framesAfterEntry(decoding, plan))) return;
  yield* allFrames(decoding, { ...bounds, seekMicroseconds: undefined });
}

/** The frames on screen at given times, decoding no more than needed. */
export async function* framesAtTimes(
  decoding: Decoding,
  planned: PlannedTrack,
  timesMs: readonly number[],
  span: Span | undefined,
): AsyncGenerator<DecodedFrame> {
  let last: number | undefined;
  for (const plan of planPasses(planned, framesOnScreen(planned, timesMs, span))) {
    let done = 0;
    for await (const frame of framesAfterEntry(decoding, plan)) {
      if (frame.ticks !== plan.ticks[done]) break;
      last = frame.ticks;
      yield frame;
      done += 1;
      if (done === plan.ticks.length) break;
    }
    const missed = plan.ticks[done];
    if (missed === undefined) continue;
    const left = timesMs.filter((timeMs) => timeMs >= ticksToMs(planned.clock, missed));
    if (done === 0 && plan.entryTick !== undefined) {
      yield* framesAtTimes(decoding, { ...planned, maySeek: false }, left, span);
    } else {
      // The packet decodes to nothing: what is on screen then can only be found by looking at all frames.
      yield* searchFrames(allFrames(decoding), planned.clock, left, { after: last, span });
    }
    return;
  }
}

/**
 * The frames of a pass from its entry on; none where the seek went astray.
 *
 * @returns whether the pass came through its entry.
 */
async function* framesAfterEntry(
  { track, outputs, options }: Decoding,
  { pass, entryTick, ticks }: PlannedPass,
): AsyncGenerator<DecodedFrame, boolean> {
  let isIn = entryTick === undefined;
  for await (const frame of decodePass(track, pass, outputs, options)) {
    if (!isIn) {
      if (frame.ticks !== entryTick) return false;
      isIn = true;
      if (entryTick !== ticks[0]) continue;
    }
    yield frame;
  }
  return isIn;
}

async function* counted(
  frames: AsyncGenerator<DecodedFrame, PassEnd>,
): AsyncGenerator<DecodedFrame, PassEnd & { frames: number }> {
  let count = 0;
  try {
    for (;;) {
      const next = await frames.next();
      if (next.done === true) return { ...next.value, frames: count };
      count += 1;
      yield next.value;
    }
  } finally {
    await frames.return({ code: null, signal: null, stderr: '' });
  }
}

function decodeFailed(path: string, end: PassEnd): ToolkitError {
  const message = `No frame of ${path} could be decoded: ${tellingLine(end.stderr)}`;
  return new ToolkitError('decode-failed', message, { details: { code: end.code } });
}
