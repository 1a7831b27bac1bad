import { createHash } from 'node:crypto';

/**
 * Numbers from 0 to 1 that are the same for the same seed on every run: the first four bytes of the hash of seed and count. It
 * serves for spreading waits, a few numbers at a time.
 */
export function seededRandom(seed: string): () => number {
  let count = 0;
  return () => {
    count += 1;
    const digest = createHash('sha256').update(`${seed}\n${count}`).digest();
    return digest.readUInt32BE(0) / 2 ** 32;
  };
}
