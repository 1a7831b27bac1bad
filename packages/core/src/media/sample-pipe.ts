import type { Readable } from 'node:stream';

import { stallError } from './child-process.js';

/** How a pipe is cut. */
export type SamplePipeOptions = {
  /** Bytes that stay together: one sample of all channels. */
  readonly sampleBytes: number;
  /** The longest silence of the program at the other end while bytes are awaited. */
  readonly stallMs: number;
  /** The program, for the error. */
  readonly path: string;
  /** Ends the program when it stalls. */
  readonly stop: () => Promise<void>;
};

/**
 * The bytes of a pipe in whole samples, in buffers of their own. Reads on only when asked for more.
 *
 * @throws ToolkitError `timeout` when nothing comes for `stallMs`.
 */
export async function* wholeSamples(
  stream: Readable,
  { sampleBytes, stallMs, path, stop }: SamplePipeOptions,
): AsyncGenerator<ArrayBuffer> {
  const chunks = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let rest = Buffer.alloc(0);
  for (;;) {
    const next = await beforeStall(() => chunks.next(), { stallMs, path, stop });
    if (next.done === true) return;
    const bytes = rest.length === 0 ? next.value : Buffer.concat([rest, next.value]);
    const whole = bytes.length - (bytes.length % sampleBytes);
    rest = Buffer.from(bytes.subarray(whole));
    // A copy: typed arrays over a pooled buffer would start at odd places.
    if (whole > 0) yield new Uint8Array(bytes.subarray(0, whole)).buffer;
  }
}

async function beforeStall<Value>(
  wait: () => Promise<Value>,
  { stallMs, path, stop }: Pick<SamplePipeOptions, 'stallMs' | 'path' | 'stop'>,
): Promise<Value> {
  const stalled = { is: false };
  const timer = setTimeout(() => {
    stalled.is = true;
    void stop();
  }, stallMs);
  try {
    const value = await wait();
    if (stalled.is) throw stallError(path, stallMs);
    return value;
  } catch (error) {
    throw stalled.is ? stallError(path, stallMs) : error;
  } finally {
    clearTimeout(timer);
  }
}
