import { ToolkitError } from '../errors.js';
import type { Span } from '../span.js';
import { tellingLine } from './child-process.js';
import type { DecodedTrack, Pass } from './decode-arguments.js';
import { decodePass, type DecodedFrame, type DecodeOptions, type PassEnd } from './decode-pass.js';
import { framesOnScreen, planPasses, planSpan, type PlannedTrack } from './frame-plan.js';
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
export async function* allFrames(decoding: Decoding, pass: Pass = EVERYTHING): AsyncGenerator<DecodedFrame> {
  const { track, outputs, options } = decoding;
  const end = yield* counted(decodePass(track, pass, outputs, options));
  const isWhole = pass.fromTick === undefined;
  if (end.frames === 0 && (isWhole || end.code !== 0)) throw decodeFailed(track.path, end);
}

/** The frames of a span. A seek that misses its first frame is undone by decoding from the beginning. */
export async function* framesInSpan(
  decoding: Decoding,
  planned: PlannedTrack,
  span: Span,
  select?: string,
): AsyncGenerator<DecodedFrame> {
  const { clock } = planned;
  const plan = planSpan(planned, firstTickAt(clock, span.startMs), firstTickAt(clock, span.endMs));
  if (plan.ticks.length === 0) return;
  const pass = { ...plan.pass, select };
  if (pass.seekMicroseconds !== undefined) {
    let isRight = false;
    for await (const frame of allFrames(decoding, pass)) {
      isRight ||= frame.ticks === plan.ticks[0];
      if (!isRight) break;
      yield frame;
    }
    if (isRight) return;
  }
  yield* allFrames(decoding, { ...pass, seekMicroseconds: undefined });
}

/** The frames on screen at given times, decoding no more than needed. */
export async function* framesAtTimes(
  decoding: Decoding,
  planned: PlannedTrack,
  timesMs: readonly number[],
  span: Span | undefined,
): AsyncGenerator<DecodedFrame> {
  const { track, outputs, options } = decoding;
  const { clock } = planned;
  let last: number | undefined;
  for (const { pass, ticks } of planPasses(planned, framesOnScreen(planned, timesMs, span))) {
    let done = 0;
    for await (const frame of decodePass(track, pass, outputs, options)) {
      if (frame.ticks !== ticks[done]) break;
      last = frame.ticks;
      yield frame;
      done += 1;
      if (done === ticks.length) break;
    }
    const missed = ticks[done];
    if (missed === undefined) continue;
    // A packet that decodes to nothing, or a seek that went wrong: look at all frames from the beginning.
    const left = timesMs.filter((timeMs) => timeMs >= ticksToMs(clock, missed));
    yield* searchFrames(allFrames(decoding), clock, left, { after: last, span });
    return;
  }
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
