import { dataTypeBytes, isDataType, toFloat32, type DataType } from './data-types.js';
import {
  checkedElements,
  corrupt,
  openPositioned,
  type PositionedFile,
  type StoredTensor,
  type TensorFile,
} from './tensor-file.js';

/** A place in a safetensors file, in bytes from its start. */
export type TensorPlace = StoredTensor & { readonly offset: number; readonly bytes: number };

/** A safetensors file, which tells where its tensors lie. */
export interface SafetensorsFile extends TensorFile {
  readonly format: 'safetensors';
  readonly tensors: ReadonlyMap<string, TensorPlace>;
}

/** The format allows 100 MB; the largest ViCLIP has 60 kB, and a header is held in memory as a whole. */
const MAX_HEADER_BYTES = 16 * 1024 * 1024;
const PREFIX = 8;
const MAX_DIMENSIONS = 16;

/**
 * Opens a safetensors file: 8 bytes with the length of a JSON header, the header, then the tensors.
 *
 * Its header is not believed: lengths, types, shapes and places are checked against each other and the file before any
 * memory is asked for.
 *
 * @throws ToolkitError `corrupt` naming the tensor and what is wrong with it, `not-found`, `unreadable`.
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const file = await openPositioned(path);
  try {
    const { header, start } = await readHeader(file);
    const { tensors, metadata } = checkHeader(file, header, start);
    return {
      path,
      format: 'safetensors',
      bytes: file.bytes,
      tensors,
      metadata,
      beside: [],
      async read(name, signal) {
        const place = tensors.get(name);
        if (place === undefined) throw new RangeError(`${path} has no tensor ${name}.`);
        return toFloat32(await file.read(place.offset, place.bytes, signal), place.type);
      },
      [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
    };
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
}

async function readHeader(
  file: PositionedFile,
): Promise<{ readonly header: Record<string, unknown>; readonly start: number }> {
  const prefix = await file.read(0, PREFIX);
  const length = Number(new DataView(prefix.buffer).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES || length > file.bytes - PREFIX) {
    throw corrupt(
      file.path,
      `its header says it is ${length} bytes long, the file has ${file.bytes} and ${MAX_HEADER_BYTES} are allowed`,
    );
  }
  const bytes = await file.read(PREFIX, length);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw corrupt(file.path, 'its header is not JSON', cause);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw corrupt(file.path, 'its header is not a JSON object');
  }
  return { header: header as Record<string, unknown>, start: PREFIX + length };
}

function checkHeader(
  file: PositionedFile,
  header: Record<string, unknown>,
  start: number,
): { readonly tensors: Map<string, TensorPlace>; readonly metadata: Record<string, string> } {
  const { __metadata__: said = {}, ...entries } = header;
  const tensors = new Map<string, TensorPlace>();
  for (const [name, entry] of Object.entries(entries)) {
    tensors.set(name, checkEntry(file.path, name, entry, start));
  }
  checkCover(file, tensors, start);
  const words = Object.entries(Object(said) as Record<string, unknown>).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  );
  return { tensors, metadata: Object.fromEntries(words) };
}

function checkEntry(path: string, name: string, entry: unknown, start: number): TensorPlace {
  const { dtype, shape, data_offsets: offsets } = Object(entry) as Record<string, unknown>;
  const wrong = (why: string): Error => corrupt(path, `its tensor "${name}" ${why}`);
  if (!isDataType(dtype))
    throw wrong(`has the type ${JSON.stringify(dtype)}, which is not read here`);
  const elements =
    Array.isArray(shape) && shape.length <= MAX_DIMENSIONS ? checkedElements(shape) : undefined;
  if (elements === undefined) throw wrong(`has the shape ${JSON.stringify(shape)}`);
  const [from, to, ...more] = Array.isArray(offsets) ? (offsets as unknown[]) : [];
  if (!isOffset(from) || !isOffset(to) || from > to || more.length > 0) {
    throw wrong(`lies at ${JSON.stringify(offsets)}`);
  }
  const bytes = elements * dataTypeBytes[dtype];
  if (to - from !== bytes) {
    throw wrong(`needs ${bytes} bytes for ${dtype} [${String(shape)}] and has ${to - from}`);
  }
  return { type: dtype, shape: shape as number[], offset: start + from, bytes };
}

function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** The format wants every byte after the header to belong to one tensor: no gap, no overlap, no rest. */
function checkCover(
  file: PositionedFile,
  tensors: ReadonlyMap<string, TensorPlace>,
  start: number,
): void {
  let end = start;
  const byPlace = [...tensors].sort(([, a], [, b]) => a.offset - b.offset || a.bytes - b.bytes);
  for (const [name, { offset, bytes }] of byPlace) {
    if (offset !== end) {
      const how = offset < end ? 'overlaps the tensor before it' : 'leaves a gap before it';
      throw corrupt(file.path, `its tensor "${name}" ${how}`);
    }
    end = offset + bytes;
  }
  if (end !== file.bytes) {
    throw corrupt(file.path, `its tensors end at byte ${end} and the file at ${file.bytes}`);
  }
}

/** What a header entry of a tensor says: its type, shape and length. */
export type HeaderEntry = {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly number[];
};

/** The first bytes of a safetensors file, for tensors that follow without gaps in the order given. */
export function safetensorsHeader(
  entries: readonly HeaderEntry[],
  metadata: Readonly<Record<string, string>>,
): { readonly bytes: Uint8Array; readonly places: ReadonlyMap<string, TensorPlace> } {
  const places = new Map<string, TensorPlace>();
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const { name, type, shape } of entries) {
    const bytes = shape.reduce((product, size) => product * size, dataTypeBytes[type]);
    places.set(name, { type, shape, offset, bytes });
    header[name] = { dtype: type, shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  // Readers want tensors to begin on a multiple of 8; spaces may end the header.
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(json.length / 8) * 8;
  const result = new Uint8Array(PREFIX + length).fill(0x20);
  new DataView(result.buffer).setBigUint64(0, BigInt(length), true);
  result.set(json, PREFIX);
  for (const [name, place] of places) {
    places.set(name, { ...place, offset: place.offset + result.length });
  }
  return { bytes: result, places };
}
