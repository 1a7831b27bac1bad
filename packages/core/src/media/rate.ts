import type { Span } from '../span.js';
import type { DecodedFrame } from './decode-pass.js';
import type { PlannedTrack } from './frame-plan.js';
import { allFrames, framesInSpan, type Decoding } from './frames.js';
import { ticksToMs, type Clock } from './ticks.js';

/**
 * The first frame in each slot of `1 / fps` seconds, counted from the container's start on exact times. In a span, the
 * ones of the whole video that lie inside.
 */
export async function* framesAtRate(
  decoding: Decoding,
  fps: number,
  inside?: { readonly span: Span; readonly planned: PlannedTrack },
): AsyncGenerator<DecodedFrame> {
  const { clock } = decoding.track;
  const select = slotChanges(clock, fps);
  if (inside === undefined) {
    yield* oneForEachSlot(allFrames(decoding, { ...ALL, select }), clock, fps);
    return;
  }
  const { span, planned } = inside;
  // The slot that the span begins in may have had its frame before: start where that slot does.
  const slotStartMs = Math.floor((Math.floor((span.startMs * fps) / 1000) * 1000) / fps);
  const widened = { startMs: Math.min(span.startMs, slotStartMs), endMs: span.endMs };
  const frames = framesInSpan(decoding, planned, widened, select);
  for await (const frame of oneForEachSlot(frames, clock, fps)) {
    if (ticksToMs(clock, frame.ticks) >= span.startMs) yield frame;
  }
}

const ALL = { seekMicroseconds: undefined, fromTick: undefined, untilTick: undefined };

/** ffmpeg rebuilds its filters, and forgets what it selected, when the picture size changes in mid-stream. */
async function* oneForEachSlot(
  frames: AsyncIterable<DecodedFrame>,
  clock: Clock,
  fps: number,
): AsyncGenerator<DecodedFrame> {
  let last = -Infinity;
  for await (const frame of frames) {
    const slot = Math.floor(
      ((frame.ticks - clock.startTicks) * clock.timeBase.num * fps) / clock.timeBase.den,
    );
    if (slot > last) yield frame;
    last = slot;
  }
}

/** The same arithmetic in the same order as above, so that both round alike. */
function slotChanges({ timeBase, startTicks }: Clock, fps: number): string {
  const slot = (tick: string): string =>
    `floor((${tick}-(${startTicks}))*${timeBase.num}*${fps}/${timeBase.den})`;
  return `isnan(prev_selected_pts)+gt(${slot('pts')},${slot('prev_selected_pts')})`;
}
