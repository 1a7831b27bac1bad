import { corrupt, type PositionedFile } from './tensor-file.js';

/** A file in a zip archive, stored as it is. */
export type ZipEntry = {
  readonly name: string;
  /** Bytes of the file. */
  readonly bytes: number;
  /** Where its own header lies; the bytes follow it. */
  readonly headerOffset: number;
};

const END = 0x06054b50;
const END_LENGTH = 22;
const MAX_COMMENT = 0xffff;
const END_64_LOCATOR = 0x07064b50;
const END_64_LOCATOR_LENGTH = 20;
const END_64 = 0x06064b50;
const END_64_LENGTH = 56;
const ENTRY = 0x02014b50;
const ENTRY_LENGTH = 46;
const LOCAL = 0x04034b50;
const LOCAL_LENGTH = 30;
const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024;
const IN_64 = 0xffffffff;

/**
 * The table of contents of a zip archive, with its 64-bit form, as PyTorch writes it: nothing is compressed or encrypted.
 *
 * @throws ToolkitError `corrupt` for compressed or encrypted entries, doubled names and places outside the file.
 */
export async function zipEntries(file: PositionedFile): Promise<ReadonlyMap<string, ZipEntry>> {
  const { offset, length } = await findDirectory(file);
  if (length > MAX_DIRECTORY_BYTES)
    throw corrupt(file.path, `its zip directory is ${length} bytes long`);
  const bytes = await file.read(offset, length);
  const view = new DataView(bytes.buffer);
  const entries = new Map<string, ZipEntry>();
  for (let at = 0; at + ENTRY_LENGTH <= length && view.getUint32(at, true) === ENTRY;) {
    const { entry, next } = readEntry(file, bytes, view, at);
    if (entries.has(entry.name)) throw corrupt(file.path, `it has two entries ${entry.name}`);
    entries.set(entry.name, entry);
    at = next;
  }
  return entries;
}

/** Where the bytes of an entry begin: after its own header, whose length the directory does not tell. */
export async function entryOffset(file: PositionedFile, entry: ZipEntry): Promise<number> {
  const bytes = await file.read(entry.headerOffset, LOCAL_LENGTH);
  const view = new DataView(bytes.buffer);
  if (view.getUint32(0, true) !== LOCAL)
    throw corrupt(file.path, `its entry ${entry.name} has no header`);
  const offset =
    entry.headerOffset + LOCAL_LENGTH + view.getUint16(26, true) + view.getUint16(28, true);
  if (offset + entry.bytes > file.bytes)
    throw corrupt(file.path, `its entry ${entry.name} ends outside the file`);
  return offset;
}

async function findDirectory(
  file: PositionedFile,
): Promise<{ readonly offset: number; readonly length: number }> {
  const tailLength = Math.min(file.bytes, END_LENGTH + MAX_COMMENT);
  const tailOffset = file.bytes - tailLength;
  const tail = await file.read(tailOffset, tailLength);
  const view = new DataView(tail.buffer);
  let at = tailLength - END_LENGTH;
  while (at >= 0 && view.getUint32(at, true) !== END) at--;
  if (at < 0) throw corrupt(file.path, 'it has no zip directory: it was cut off');
  const [length, offset] = [view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
  const locator = at - END_64_LOCATOR_LENGTH;
  if (locator < 0 || view.getUint32(locator, true) !== END_64_LOCATOR) return { offset, length };
  const end = await file.read(exact(file, view, locator + 8), END_64_LENGTH);
  const endView = new DataView(end.buffer);
  if (endView.getUint32(0, true) !== END_64)
    throw corrupt(file.path, 'its zip directory is damaged');
  return { length: exact(file, endView, 40), offset: exact(file, endView, 48) };
}

function readEntry(
  file: PositionedFile,
  bytes: Uint8Array,
  view: DataView,
  at: number,
): { readonly entry: ZipEntry; readonly next: number } {
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) =>
    view.getUint16(at + field, true),
  );
  const nameAt = at + ENTRY_LENGTH;
  const extraAt = nameAt + (nameLength ?? 0);
  const next = extraAt + (extraLength ?? 0) + (commentLength ?? 0);
  if (next > bytes.length) throw corrupt(file.path, 'its zip directory is damaged');
  const name = new TextDecoder().decode(bytes.subarray(nameAt, extraAt));
  const encrypted = (view.getUint16(at + 8, true) & 1) === 1;
  if (view.getUint16(at + 10, true) !== 0 || encrypted) {
    throw corrupt(
      file.path,
      `its entry ${name} is compressed or encrypted, which PyTorch never writes`,
    );
  }
  const sizes = [
    view.getUint32(at + 24, true),
    view.getUint32(at + 20, true),
    view.getUint32(at + 42, true),
  ];
  const extra = new DataView(bytes.buffer, bytes.byteOffset + extraAt, extraLength ?? 0);
  const [size = 0, stored = 0, headerOffset = 0] = widen(file, sizes, extra);
  if (size !== stored) throw corrupt(file.path, `its entry ${name} has two lengths`);
  return { entry: { name, bytes: size, headerOffset }, next };
}

/** Sizes past 32 bits stand in an extra field, in this order, each only where its short form is full. */
function widen(file: PositionedFile, sizes: readonly number[], extra: DataView): readonly number[] {
  if (!sizes.includes(IN_64)) return sizes;
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    if (extra.getUint16(at, true) !== 1) continue;
    let field = at + 4;
    return sizes.map((size) => {
      if (size !== IN_64) return size;
      if (field + 8 > extra.byteLength) throw corrupt(file.path, 'its zip directory is damaged');
      field += 8;
      return exact(file, extra, field - 8);
    });
  }
  throw corrupt(file.path, 'its zip directory is damaged');
}

function exact(file: PositionedFile, view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  if (value > file.bytes) throw corrupt(file.path, 'its zip directory points outside the file');
  return value;
}
