import { open, type FileHandle } from 'node:fs/promises';

import { ToolkitError } from '@internvid/core';

/** A file in a tar, and where its bytes lie. */
export type TarPlace = { readonly name: string; readonly offset: number; readonly bytes: number };

const BLOCK = 512;
/** Longer names and extended headers than this are not read into memory. */
const MAX_HEADER_BYTES = 1 << 20;
/** ustar's types of a plain file. */
const FILE_TYPES: ReadonlySet<string> = new Set(['0', '\0', '7']);

/**
 * Lists the files of a tar (ustar, pax, GNU) by its headers alone: of a shard of a gigabyte some hundred kilobytes are read.
 *
 * @throws ToolkitError `not-found`, `unreadable`, `corrupt` for what is no tar or ends within an entry.
 */
export async function tarIndex(path: string, signal?: AbortSignal): Promise<readonly TarPlace[]> {
  await using handle = await opened(path);
  const { size } = await handle.stat();
  const places: TarPlace[] = [];
  let [offset, renamed, resized]: [number, string?, number?] = [0];
  while (offset + BLOCK <= size) {
    signal?.throwIfAborted();
    const header = await readAt(handle, offset, BLOCK);
    if (header.every((byte) => byte === 0)) return places;
    checkSum(path, header, offset);
    const type = String.fromCharCode(header[156] ?? 0);
    const bytes = resized ?? numberAt(header, 124, 12);
    const start = offset + BLOCK;
    if (!Number.isSafeInteger(bytes) || bytes < 0 || start + bytes > size) {
      throw damaged(path, `the entry at byte ${offset} does not end in the file`);
    }
    offset = start + Math.ceil(bytes / BLOCK) * BLOCK;
    if (type === 'x' || type === 'L') {
      if (bytes > MAX_HEADER_BYTES) throw damaged(path, `its header at byte ${start} is too long`);
      const words = await readAt(handle, start, bytes);
      if (type === 'L') renamed = textAt(words, 0, words.length);
      else ({ path: renamed = renamed, size: resized = resized } = paxWords(words));
      continue;
    }
    if (FILE_TYPES.has(type))
      places.push({ name: renamed ?? nameOf(header), offset: start, bytes });
    [renamed, resized] = [undefined, undefined];
  }
  if (places.length === 0) throw damaged(path, 'it has no entry');
  return places;
}

/** Reads the bytes of a file in a tar. @throws ToolkitError as `tarIndex`. */
export async function readTarPlace(path: string, place: TarPlace): Promise<Uint8Array> {
  await using handle = await opened(path);
  const bytes = await readAt(handle, place.offset, place.bytes);
  if (bytes.length !== place.bytes) throw damaged(path, `${place.name} is cut off`);
  return bytes;
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const message = isMissing ? `There is no file ${path}.` : `${path} cannot be read.`;
    throw new ToolkitError(isMissing ? 'not-found' : 'unreadable', message, { cause });
  }
}

async function readAt(handle: FileHandle, offset: number, bytes: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(bytes);
  let filled = 0;
  while (filled < bytes) {
    const { bytesRead } = await handle.read(buffer, filled, bytes - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

function nameOf(header: Uint8Array): string {
  const [name, prefix] = [textAt(header, 0, 100), textAt(header, 345, 155)];
  const isUstar = textAt(header, 257, 5) === 'ustar';
  return isUstar && prefix !== '' ? `${prefix}/${name}` : name;
}

function textAt(bytes: Uint8Array, start: number, length: number): string {
  const field = Buffer.from(bytes.subarray(start, start + length));
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? field.length : end);
}

/** Octal digits, or, where the first bit is set, a big-endian number. */
function numberAt(bytes: Uint8Array, start: number, length: number): number {
  if ((bytes[start] ?? 0) < 0x80) return Number.parseInt(textAt(bytes, start, length).trim(), 8);
  let value = 0;
  for (let at = start + 1; at < start + length; at++) value = value * 256 + (bytes[at] ?? 0);
  return value;
}

function checkSum(path: string, header: Uint8Array, offset: number): void {
  const blank = (at: number): boolean => at >= 148 && at < 156;
  const sum = header.reduce((total, byte, at) => total + (blank(at) ? 0x20 : byte), 0);
  if (sum !== numberAt(header, 148, 8)) {
    throw damaged(path, `there is no header of an entry at byte ${offset}`);
  }
}

function paxWords(bytes: Uint8Array): { readonly path?: string; readonly size?: number } {
  const words = Buffer.from(bytes).toString('utf8');
  const path = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(words)?.[1];
  const size = /(?:^|\n)\d+ size=(\d+)\n/.exec(words)?.[1];
  return {
    ...(path === undefined ? {} : { path }),
    ...(size === undefined ? {} : { size: Number(size) }),
  };
}

function damaged(path: string, why: string): ToolkitError {
  return new ToolkitError('corrupt', `${path} is no whole tar: ${why}.`);
}
