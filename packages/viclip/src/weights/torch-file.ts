import { dataTypeBytes, toFloat32 } from './data-types.js';
import { corrupt, openPositioned, type PositionedFile, type TensorFile } from './tensor-file.js';
import {
  gatherStrided,
  isContiguous,
  isTorchTensor,
  storageBytes,
  unpickleTorch,
  type TorchStorage,
  type TorchTensor,
} from './torch-pickle.js';
import { PickleError } from './unpickle.js';
import { entryOffset, zipEntries } from './zip-entries.js';

/** A pickle of the largest ViCLIP with its optimizer has some 300 kB. */
const MAX_PICKLE_BYTES = 32 * 1024 * 1024;
/** Where training programs keep the weights: the published code, DeepSpeed, others. */
const MODEL_KEYS = ['model', 'module', 'state_dict'];
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
const LEGACY_PROTOCOL = 1001;

/** What the two forms of the format give: the pickled value, and where storages lie. */
type Archive = {
  readonly format: 'pytorch-zip' | 'pytorch-legacy';
  readonly value: unknown;
  /** Byte at which the elements of a storage begin. */
  locate(storage: TorchStorage): Promise<number>;
};

/**
 * Opens a PyTorch checkpoint: the zip form of today or the one before it. The state dict may be the whole file or lie under
 * `model`, `module` or `state_dict`.
 *
 * Nothing in the file is run. The pickle may hold plain values, tensors and a few containers; any other class or function that it
 * names is refused.
 *
 * @throws ToolkitError `corrupt` saying what is wrong or refused, `not-found`, `unreadable`.
 */
export async function openTorchFile(path: string): Promise<TensorFile> {
  const file = await openPositioned(path);
  try {
    const archive = await openArchive(file);
    const { tensors, beside } = stateDict(path, archive.value);
    return {
      path,
      format: archive.format,
      bytes: file.bytes,
      tensors: new Map(
        [...tensors].map(([name, { shape, storage }]) => [name, { shape, type: storage.type }]),
      ),
      metadata: {},
      beside,
      async read(name, signal) {
        const tensor = tensors.get(name);
        if (tensor === undefined) throw new RangeError(`${path} has no tensor ${name}.`);
        return readTensor(file, archive, tensor, signal);
      },
      [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
    };
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error instanceof PickleError ? refused(path, error) : error;
  }
}

async function openArchive(file: PositionedFile): Promise<Archive> {
  const head = await file.read(0, Math.min(file.bytes, 4));
  return String(head) === '80,75,3,4' ? zipArchive(file) : legacyArchive(file);
}

async function zipArchive(file: PositionedFile): Promise<Archive> {
  const entries = await zipEntries(file);
  const pickle = [...entries.values()].find(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickle === undefined)
    throw corrupt(file.path, 'it is a zip archive without data.pkl: not a PyTorch checkpoint');
  if (pickle.bytes > MAX_PICKLE_BYTES)
    throw corrupt(file.path, `its pickle is ${pickle.bytes} bytes long`);
  const folder = pickle.name.slice(0, -'data.pkl'.length);
  const order = entries.get(`${folder}byteorder`);
  if (order !== undefined && order.bytes < 16) {
    const word = new TextDecoder().decode(
      await file.read(await entryOffset(file, order), order.bytes),
    );
    if (word !== 'little') throw corrupt(file.path, `its numbers are written ${word}-endian`);
  }
  const bytes = await file.read(await entryOffset(file, pickle), pickle.bytes);
  return {
    format: 'pytorch-zip',
    value: unpickleTorch(bytes).value,
    async locate(storage) {
      const entry = entries.get(`${folder}data/${storage.key}`);
      if (entry === undefined || entry.bytes < storageBytes(storage)) {
        throw corrupt(file.path, `its storage ${storage.key} is missing or too short`);
      }
      return entryOffset(file, entry);
    },
  };
}

/** Five pickles (magic number, protocol, system, the value, the keys of the storages), then each storage after its length. */
async function legacyArchive(file: PositionedFile): Promise<Archive> {
  const head = await file.read(0, Math.min(file.bytes, MAX_PICKLE_BYTES));
  let position = 0;
  const next = (): unknown => {
    const { value, length } = unpickleTorch(head.subarray(position));
    position += length;
    return value;
  };
  if (head[0] !== 0x80 || next() !== LEGACY_MAGIC) {
    throw corrupt(file.path, 'it is neither safetensors nor a PyTorch checkpoint');
  }
  if (next() !== LEGACY_PROTOCOL) throw corrupt(file.path, 'its protocol is not known');
  const system = next();
  if (system instanceof Map && system.get('little_endian') !== true) {
    throw corrupt(file.path, 'its numbers are written big-endian');
  }
  const value = next();
  const keys = next();
  const storages = new Map<string, TorchStorage>();
  for (const { storage } of tensorsWithin(value)) storages.set(storage.key, storage);
  const places = await legacyPlaces(file, keys, storages, position);
  return {
    format: 'pytorch-legacy',
    value,
    locate: async ({ key }) => places.get(key) ?? 0,
  };
}

async function legacyPlaces(
  file: PositionedFile,
  keys: unknown,
  storages: ReadonlyMap<string, TorchStorage>,
  start: number,
): Promise<ReadonlyMap<string, number>> {
  const places = new Map<string, number>();
  let position = start;
  for (const key of Array.isArray(keys) ? (keys as unknown[]) : []) {
    const storage = storages.get(String(key));
    if (storage === undefined)
      throw corrupt(file.path, `its storage ${String(key)} belongs to no tensor`);
    const length = await file.read(position, 8);
    if (new DataView(length.buffer).getBigUint64(0, true) !== BigInt(storage.elements)) {
      throw corrupt(file.path, `its storage ${storage.key} has two lengths`);
    }
    places.set(storage.key, position + 8);
    position += 8 + storageBytes(storage);
  }
  const missing = [...storages.keys()].find((key) => !places.has(key));
  if (missing !== undefined) throw corrupt(file.path, `its storage ${missing} is missing`);
  if (position > file.bytes) throw corrupt(file.path, 'it was cut off');
  return places;
}

/** All tensors of a value, each container visited once however often it is named. */
function* tensorsWithin(value: unknown, seen = new Set<unknown>()): Generator<TorchTensor> {
  const waiting = [value];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    if (isTorchTensor(next)) yield next;
    else if (next instanceof Map) waiting.push(...next.values());
    else if (Array.isArray(next)) waiting.push(...(next as unknown[]));
  }
}

function stateDict(
  path: string,
  value: unknown,
): { readonly tensors: ReadonlyMap<string, TorchTensor>; readonly beside: readonly string[] } {
  if (!(value instanceof Map)) throw corrupt(path, 'it holds no state dict');
  const root = value as Map<unknown, unknown>;
  const key = MODEL_KEYS.find((name) => root.get(name) instanceof Map);
  const model = key === undefined ? root : (root.get(key) as Map<unknown, unknown>);
  const tensors = new Map<string, TorchTensor>();
  for (const [name, tensor] of model) {
    if (typeof name === 'string' && isTorchTensor(tensor)) tensors.set(name, tensor);
  }
  if (tensors.size === 0) throw corrupt(path, 'its state dict holds no tensor');
  const beside =
    key === undefined ? [] : [...root.keys()].filter((name) => name !== key).map(String);
  return { tensors, beside };
}

async function readTensor(
  file: PositionedFile,
  archive: Archive,
  tensor: TorchTensor,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const { storage, offset, shape } = tensor;
  const size = dataTypeBytes[storage.type];
  const start = (await archive.locate(storage)) + offset * size;
  const contiguous = isContiguous(tensor);
  const elements = contiguous
    ? shape.reduce((product, length) => product * length, 1)
    : storage.elements - offset;
  const values = toFloat32(await file.read(start, elements * size, signal), storage.type);
  return contiguous ? values : gatherStrided(tensor, values);
}

function refused(path: string, error: PickleError): Error {
  return corrupt(path, `${error.message}. A checkpoint needs only tensors and plain values`, error);
}
