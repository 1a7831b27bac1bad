import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for one test, removed by the test. */
export async function workplace(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'viclip "weights" 🎬 '));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Writes a file into a folder and says where. */
export async function put(
  { path }: { readonly path: string },
  name: string,
  body: Uint8Array | string,
): Promise<string> {
  const file = join(path, name);
  await writeFile(file, body);
  return file;
}

/** A safetensors file from a header as it is, lies included. */
export function safetensors(header: unknown, body: Uint8Array = new Uint8Array()): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, body]);
}

/** Opcodes of a pickle with their arguments, for pickles that Python would write, or an attacker. */
export const op = {
  proto: Buffer.from([0x80, 2]) as Buffer,
  mark: Buffer.from('(') as Buffer,
  stop: Buffer.from('.') as Buffer,
  reduce: Buffer.from('R') as Buffer,
  tuple: Buffer.from('t') as Buffer,
  emptyTuple: Buffer.from(')') as Buffer,
  emptyDict: Buffer.from('}') as Buffer,
  setItem: Buffer.from('s') as Buffer,
  persistent: Buffer.from('Q') as Buffer,
  global: (module: string, name: string): Buffer => Buffer.from(`c${module}\n${name}\n`),
  text: (value: string): Buffer => {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([Buffer.from('X'), length, bytes]);
  },
  int: (value: number): Buffer => {
    const bytes = Buffer.alloc(5);
    bytes[0] = 0x4a;
    bytes.writeInt32LE(value, 1);
    return bytes;
  },
  long: (value: bigint): Buffer => {
    const bytes = Buffer.alloc(10);
    bytes.set([0x8a, 8]);
    bytes.writeBigInt64LE(value, 2);
    return bytes;
  },
  no: Buffer.from([0x89]) as Buffer,
};

/** What a drawn tensor says of itself. */
export type DrawnTensor = {
  readonly shape: readonly (number | bigint)[];
  readonly strides: readonly (number | bigint)[];
  readonly storageElements: number | bigint;
  readonly offset?: number | bigint;
};

/** A pickled state dict with one tensor `weight`. */
export function pickledTensor({
  shape,
  strides,
  storageElements,
  offset = 0,
}: DrawnTensor): Buffer {
  const number = (value: number | bigint): Buffer =>
    typeof value === 'bigint' ? op.long(value) : op.int(value);
  const tuple = (values: readonly (number | bigint)[]): readonly Buffer[] => [
    op.mark,
    ...values.map(number),
    op.tuple,
  ];
  const storage = [
    op.mark,
    op.text('storage'),
    op.global('torch', 'FloatStorage'),
    op.text('0'),
    op.text('cpu'),
    number(storageElements),
    op.tuple,
    op.persistent,
  ];
  return Buffer.concat([
    op.proto,
    op.emptyDict,
    op.text('weight'),
    op.global('torch._utils', '_rebuild_tensor_v2'),
    op.mark,
    ...storage,
    number(offset),
    ...tuple(shape),
    ...tuple(strides),
    op.no,
    op.global('collections', 'OrderedDict'),
    op.emptyTuple,
    op.reduce,
    op.tuple,
    op.reduce,
    op.setItem,
    op.stop,
  ]);
}

/** A zip archive of stored files; `method` 8 says that they are compressed. */
export function zip(files: Readonly<Record<string, Uint8Array>>, method = 0): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, body] of Object.entries(files)) {
    const title = Buffer.from(name);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(method, 4);
    fields.writeUInt32LE(body.length, 14);
    fields.writeUInt32LE(body.length, 18);
    fields.writeUInt16LE(title.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, title, body]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x00\x00'), fields, place, title]));
    parts.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(18);
  const listed = Buffer.concat(directory);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, listed, Buffer.from('PK\x05\x06'), end]);
}
