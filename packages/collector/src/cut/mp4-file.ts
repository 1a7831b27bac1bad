import { open, type FileHandle } from 'node:fs/promises';
import { ToolkitError } from '@internvid/core';

import { readBoxHeader, type Box } from './mp4-boxes.js';

/** Hands an open file to `use` and closes it afterwards. */
export async function withFile<T>(
  path: string,
  use: (file: FileHandle) => Promise<T>,
  flags = 'r',
): Promise<T> {
  const file = await open(path, flags);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

/** The boxes that a file is made of, from their headers alone. */
export async function topBoxes(file: FileHandle): Promise<readonly Box[]> {
  const { size } = await file.stat();
  const boxes: Box[] = [];
  for (let at = 0; at + 8 <= size;) {
    const box = readBoxHeader(await readAt(file, at, Math.min(at + 16, size)), at, size);
    boxes.push(box);
    at = box.end;
  }
  return boxes;
}

/**
 * Bytes `start` to `end` of a file.
 *
 * @throws ToolkitError `process-failed` where the file ends before.
 */
export async function readAt(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.alloc(end - start);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
  if (bytesRead === bytes.length) return bytes;
  throw new ToolkitError('process-failed', `The file ends at ${start + bytesRead}, before ${end}.`);
}
