import { ToolkitError } from '@internvid/core';

/** A box of an MP4 file (ISO/IEC 14496-12, 4.2): where it lies in its buffer or file. */
export type Box = {
  readonly type: string;
  readonly start: number;
  /** First byte after the header. */
  readonly body: number;
  readonly end: number;
};

/** The boxes that lie side by side in a stretch of a buffer. */
export function boxesIn(data: Buffer, start = 0, end: number = data.length): readonly Box[] {
  const boxes: Box[] = [];
  let at = start;
  while (at + 8 <= end) {
    const box = readBoxHeader(data.subarray(at, Math.min(at + 16, end)), at, end);
    boxes.push(box);
    at = box.end;
  }
  return boxes;
}

/**
 * Reads the header of a box from its first 8 or 16 bytes.
 *
 * @param at where the box begins, `limit` where what holds it ends.
 */
export function readBoxHeader(header: Buffer, at: number, limit: number): Box {
  const short = header.readUInt32BE(0);
  const isLong = short === 1 && header.length >= 16;
  const size = isLong ? Number(header.readBigUInt64BE(8)) : short === 0 ? limit - at : short;
  const body = at + (isLong ? 16 : 8);
  if (at + size < body || at + size > limit) {
    throw new ToolkitError('process-failed', `An MP4 box at ${at} does not fit where it lies.`);
  }
  return { type: header.toString('latin1', 4, 8), start: at, body, end: at + size };
}

/**
 * The box at a path of types.
 *
 * @throws ToolkitError `process-failed` when it is not there.
 */
export function boxAt(data: Buffer, path: readonly string[]): Box {
  let found: Box | undefined;
  for (const type of path) {
    const inside = boxesIn(data, found?.body ?? 0, found?.end ?? data.length);
    found = inside.find((box) => box.type === type);
    if (found === undefined) break;
  }
  if (found !== undefined) return found;
  throw new ToolkitError(
    'process-failed',
    `There is no box ${path.join('/')} in a piece of a clip.`,
  );
}

/** A box with a body made of parts. */
export function makeBox(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + parts.reduce((sum, part) => sum + part.length, 0));
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, ...parts]);
}

/** A box whose body is 32-bit numbers, the first of them its version and flags. */
export function makeTable(type: string, ...numbers: readonly number[]): Buffer {
  const body = Buffer.alloc(numbers.length * 4);
  numbers.forEach((number, index) => body.writeUInt32BE(number, index * 4));
  return makeBox(type, body);
}

/** Whether an error says that a file's boxes lead out of it or are not there: what reads them runs into the end of a buffer. */
export function isDamage(error: unknown): boolean {
  if (ToolkitError.is(error)) return error.code === 'process-failed';
  return (
    typeof error === 'object' && error !== null && 'name' in error && error.name === 'RangeError'
  );
}
