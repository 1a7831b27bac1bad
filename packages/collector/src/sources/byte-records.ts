import { open, type FileHandle } from 'node:fs/promises';

/** A stretch of a text file: bytes from `start` up to `end`, the first of which stands on line `line`, counted from 1. */
export type Stretch = { readonly start: number; readonly end: number; readonly line: number };

/** A record of a text file: its place, and its bytes with the end of line, or why it is none. */
export type ByteRecord = Stretch & ({ readonly bytes: Buffer } | { readonly problem: string });

/** How a file falls into records. */
export type RecordRules = {
  /** Field separator of a quoted format: a quote that opens a field hides ends of lines. Default: every line is a record. */
  readonly delimiter?: string;
  /** A longer record is a problem. Default 16 MiB for lines; 1 MiB for quoted formats, where it ends a quote that nothing closes. */
  readonly maxRecordBytes?: number;
};

const READ_BYTES = 262_144;
const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Reads the records of a file, or of a stretch of it, with their byte offsets and line numbers, one block of 256 KiB and one record
 * in memory at a time. Lines end in LF, CRLF or CR. After a quote that is never closed, reading goes on at the next line: one bad row
 * costs one row.
 *
 * @param stretch must begin and end at ends of records. Default: the whole file.
 */
export async function* byteRecords(
  path: string,
  rules: RecordRules,
  stretch: Stretch | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<ByteRecord> {
  const file = await open(path);
  try {
    const end = Math.min(stretch?.end ?? Infinity, (await file.stat()).size);
    yield* recordsOf(
      file,
      rules,
      { start: stretch?.start ?? 0, end, line: stretch?.line ?? 1 },
      signal,
    );
  } finally {
    await file.close();
  }
}

async function* recordsOf(
  file: FileHandle,
  rules: RecordRules,
  whole: Stretch,
  signal: AbortSignal | undefined,
): AsyncGenerator<ByteRecord> {
  const delimiter = rules.delimiter?.charCodeAt(0);
  const limit = rules.maxRecordBytes ?? (delimiter === undefined ? 2 ** 24 : 2 ** 20);
  let { start, line } = whole;
  let buffer: Buffer = Buffer.alloc(0);
  let read = start;
  /** Bytes of a bad line that have been passed over. */
  let passed = 0;
  while (start < whole.end) {
    const isLast = read >= whole.end;
    const found = passed > 0 ? undefined : endOfRecord(buffer, delimiter, isLast);
    const isGood = found !== undefined && found <= limit;
    const isBad = passed > 0 || found !== undefined || isLast || buffer.length > limit;
    const length = isGood ? found : isBad ? endOfLine(buffer, 0, isLast) : 0;
    if (length > 0) {
      const bytes = buffer.subarray(0, length);
      const place = { start, end: start + passed + length, line };
      yield isGood ? { ...place, bytes } : { ...place, problem: problemOf(delimiter, limit) };
      start = place.end;
      line += countLines(bytes);
      passed = 0;
      buffer = buffer.subarray(length);
      continue;
    }
    if (isBad) {
      passed += buffer.length;
      buffer = Buffer.alloc(0);
    }
    signal?.throwIfAborted();
    const block = await readBlock(file, read, Math.min(READ_BYTES, whole.end - read));
    // A file that was cut short since its size was read ends here.
    if (block.length === 0) return;
    buffer = Buffer.concat([buffer, block]);
    read += block.length;
  }
}

function problemOf(delimiter: number | undefined, limit: number): string {
  return delimiter === undefined
    ? `the line is longer than ${limit} bytes`
    : `a quote is opened and not closed within ${limit} bytes`;
}

/** Length of the first record with its end of line; undefined where the buffer may end before it does, or a quote stays open. */
function endOfRecord(
  buffer: Buffer,
  delimiter: number | undefined,
  isLast: boolean,
): number | undefined {
  if (delimiter === undefined) {
    const end = endOfLine(buffer, 0, isLast);
    return end === 0 ? undefined : end;
  }
  let isQuoted = false;
  let isFieldStart = true;
  for (let at = 0; at < buffer.length; at += 1) {
    const byte = buffer[at];
    if (isQuoted) {
      if (byte !== QUOTE) continue;
      if (at + 1 >= buffer.length && !isLast) return undefined;
      const next = buffer[at + 1];
      if (next === QUOTE) at += 1;
      // Any other quote stands for itself: the field goes on.
      else if (closesField(next, delimiter)) isQuoted = false;
    } else if (byte === LINE_FEED || byte === CARRIAGE_RETURN) {
      const end = endOfLine(buffer, at, isLast);
      return end === 0 ? undefined : end;
    } else if (byte === delimiter) isFieldStart = true;
    else {
      isQuoted = byte === QUOTE && isFieldStart;
      isFieldStart = false;
    }
  }
  return isLast && !isQuoted ? buffer.length : undefined;
}

function closesField(next: number | undefined, delimiter: number): boolean {
  return next === undefined || next === delimiter || next === LINE_FEED || next === CARRIAGE_RETURN;
}

/** Where the line at `from` ends, its end of line included; 0 where the buffer may end before it does. */
function endOfLine(buffer: Buffer, from: number, isLast: boolean): number {
  for (let at = from; at < buffer.length; at += 1) {
    if (buffer[at] === LINE_FEED) return at + 1;
    if (buffer[at] !== CARRIAGE_RETURN) continue;
    if (at + 1 >= buffer.length && !isLast) return 0;
    return buffer[at + 1] === LINE_FEED ? at + 2 : at + 1;
  }
  return isLast ? buffer.length : 0;
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === LINE_FEED) lines += 1;
    else if (bytes[at] === CARRIAGE_RETURN && bytes[at + 1] !== LINE_FEED) lines += 1;
  }
  return lines;
}

async function readBlock(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
