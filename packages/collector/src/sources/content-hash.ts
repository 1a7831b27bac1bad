import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

const SAMPLE_BYTES = 65_536;

/** Size of a file in bytes, and a hash that stands for its content. */
export type FileContent = { readonly bytes: number; readonly sha256: string };

/**
 * Hashes a file's size and its first, middle and last 64 KiB (all of it up to 192 KiB): a few milliseconds for a file of any size,
 * and different for any two videos that are not made to deceive, as their samples and their index differ.
 *
 * @returns the SHA-256 as lower-case hex. It is not the hash of the whole file.
 */
export async function fileContent(path: string): Promise<FileContent> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const hash = createHash('sha256').update(`${size}\n`);
    for (const [position, length] of samples(size)) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
      hash.update(buffer.subarray(0, bytesRead));
    }
    return { bytes: size, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

function samples(size: number): readonly (readonly [position: number, length: number])[] {
  if (size <= 3 * SAMPLE_BYTES) return [[0, size]];
  const middle = Math.floor((size - SAMPLE_BYTES) / 2);
  return [0, middle, size - SAMPLE_BYTES].map((position) => [position, SAMPLE_BYTES]);
}
