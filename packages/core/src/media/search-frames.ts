import { contains, type Span } from '../span.js';
import type { DecodedFrame } from './decode-pass.js';
import { ticksToMs, type Clock } from './ticks.js';

/**
 * Finds the frames on screen at given times among all frames, in the order of presentation: what is there counts, not
 * what the container announces. The answer's buffers are its own, used again for the next answer.
 */
export async function* searchFrames(
  frames: AsyncIterable<DecodedFrame>,
  clock: Clock,
  timesMs: readonly number[],
  limits: { readonly after: number | undefined; readonly span: Span | undefined },
): AsyncGenerator<DecodedFrame> {
  let next = 0;
  let given = limits.after;
  let held: DecodedFrame | undefined;
  const answers = function* (beforeMs: number): Generator<DecodedFrame> {
    const from = next;
    while ((timesMs[next] ?? Infinity) < beforeMs) next += 1;
    if (next === from || held === undefined || held.ticks <= (given ?? -Infinity)) return;
    if (limits.span !== undefined && !contains(limits.span, ticksToMs(clock, held.ticks))) return;
    given = held.ticks;
    yield held;
  };
  for await (const frame of frames) {
    yield* answers(ticksToMs(clock, frame.ticks));
    if (next === timesMs.length) return;
    held = copyInto(held, frame);
  }
  yield* answers(Infinity);
}

function copyInto(held: DecodedFrame | undefined, { ticks, pictures }: DecodedFrame): DecodedFrame {
  if (held === undefined) return { ticks, pictures: pictures.map((picture) => picture.slice()) };
  pictures.forEach((picture, index) => held.pictures[index]?.set(picture));
  return { ticks, pictures: held.pictures };
}
