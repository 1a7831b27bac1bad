import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';

/** What may wait to be taken before the stream is held back. */
const MAX_WAITING_BYTES = 1_048_576;

/**
 * Hands over every chunk that a stream brings, one after the other, also those that came before it broke: iteration would forget
 * them, and with them what a resumed transfer could go on from.
 *
 * @throws what `take` throws, or the stream, once all that came has been taken.
 */
export async function forEachChunk(
  stream: Readable,
  take: (chunk: Buffer) => Promise<void>,
): Promise<void> {
  let waiting = 0;
  let taken = Promise.resolve();
  stream.on('data', (chunk: Buffer) => {
    waiting += chunk.length;
    if (waiting > MAX_WAITING_BYTES) stream.pause();
    taken = taken.then(async () => {
      await take(chunk);
      waiting -= chunk.length;
      if (waiting <= MAX_WAITING_BYTES) stream.resume();
    });
    taken.catch((error: unknown) => stream.destroy(error as Error));
  });
  try {
    await finished(stream);
  } finally {
    await taken;
  }
}
