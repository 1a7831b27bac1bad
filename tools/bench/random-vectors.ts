import { createCipheriv } from 'node:crypto';

/** Numbers of each vector of the search bench. */
export const DIMENSION = 512;

/** Random vectors, the same for the same name; each is valid until the next is asked for. */
export function* vectorsOf(name: string, count: number): Generator<Float32Array> {
  const cipher = createCipheriv('aes-128-ctr', name.padEnd(16, '-'), Buffer.alloc(16));
  const zeros = Buffer.alloc(DIMENSION * 1024);
  for (let row = 0; row < count;) {
    const bytes = cipher.update(zeros);
    for (let at = 0; at < bytes.length && row < count; at += DIMENSION, row++) {
      yield Float32Array.from(new Int8Array(bytes.buffer, bytes.byteOffset + at, DIMENSION));
    }
  }
}
