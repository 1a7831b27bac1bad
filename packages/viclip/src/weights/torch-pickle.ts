import { dataTypeBytes, type DataType } from './data-types.js';
import { checkedElements } from './tensor-file.js';
import { PickleError, unpickle, type PickleGlobal } from './unpickle.js';

/** A run of numbers that tensors are views of. */
export type TorchStorage = {
  readonly key: string;
  readonly type: DataType;
  readonly elements: number;
};

/** A tensor of a pickle: a view of a storage, counted in elements. */
export type TorchTensor = {
  readonly storage: TorchStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
};

const STORAGES: Readonly<Record<string, DataType>> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
};

const tensors = new WeakSet<object>();

/** Whether a value of a pickle is a tensor. */
export function isTorchTensor(value: unknown): value is TorchTensor {
  return typeof value === 'object' && value !== null && tensors.has(value);
}

/**
 * Reads a pickle that PyTorch wrote. Of classes it knows tensors, storages, ordered dictionaries and the holders of settings
 * that training saves have, which become dictionaries.
 *
 * @throws PickleError for everything else.
 */
export function unpickleTorch(bytes: Uint8Array): {
  readonly value: unknown;
  readonly length: number;
} {
  return unpickle(bytes, { globals: globalOf, persistent: storageOf });
}

type StorageClass = PickleGlobal & { readonly storage: DataType };

function globalOf(name: string): PickleGlobal | undefined {
  const storage = name.startsWith('torch.') ? name.slice('torch.'.length) : '';
  if (Object.hasOwn(STORAGES, storage)) {
    const of: StorageClass = { name, storage: STORAGES[storage] ?? 'F32', call: refuse(name) };
    return of;
  }
  return GLOBALS.get(name);
}

const GLOBALS: ReadonlyMap<string, PickleGlobal> = new Map(
  [
    { name: 'torch._utils._rebuild_tensor_v2', call: rebuildTensor },
    { name: 'torch._utils._rebuild_parameter', call: ([tensor]: readonly unknown[]) => tensor },
    { name: 'torch.Size', call: ([sizes]: readonly unknown[]) => sizes },
    { name: 'collections.OrderedDict', call: dictionary },
    { name: 'easydict.EasyDict', call: dictionary },
    { name: 'argparse.Namespace', call: dictionary },
  ].map((entry) => [entry.name, entry]),
);

/** Python gives the items later; older forms give a list of pairs. */
function dictionary(args: readonly unknown[]): Map<unknown, unknown> {
  const [items] = args;
  if (items === undefined) return new Map();
  if (items instanceof Map) return new Map(items);
  if (!Array.isArray(items) || !items.every((pair) => Array.isArray(pair) && pair.length === 2)) {
    throw new PickleError('a dictionary is made of something that is no list of pairs');
  }
  return new Map(items as [unknown, unknown][]);
}

function refuse(name: string): () => never {
  return () => {
    throw new PickleError(`it makes a ${name} of its own`);
  };
}

/** `('storage', class, key, device, elements)`, as both forms of PyTorch's files write it. */
function storageOf(id: unknown): TorchStorage {
  const [word, of, key, , elements, view] = Array.isArray(id) ? (id as unknown[]) : [];
  const type = (of as StorageClass | undefined)?.storage;
  const known =
    word === 'storage' &&
    type !== undefined &&
    typeof key === 'string' &&
    checkedElements([elements]) !== undefined &&
    (view === undefined || view === null);
  if (!known) throw new PickleError('it refers to something that is no storage');
  return { key, type, elements: elements as number };
}

/** `(storage, offset, size, stride, requires_grad, hooks)`. */
function rebuildTensor(args: readonly unknown[]): TorchTensor {
  const [storage, offset, shape, strides] = args;
  const elements = Array.isArray(shape) ? checkedElements(shape) : undefined;
  const wellFormed =
    isStorage(storage) &&
    elements !== undefined &&
    checkedElements([offset]) !== undefined &&
    Array.isArray(strides) &&
    checkedElements(strides.map((stride) => Number(stride))) !== undefined &&
    strides.length === (shape as unknown[]).length;
  if (!wellFormed) throw new PickleError('a tensor in it is not well formed');
  const tensor: TorchTensor = {
    storage,
    offset: offset as number,
    shape: shape as number[],
    strides: strides as number[],
  };
  // A view may repeat elements: a few bytes would then stand for any amount of memory.
  if (elements > storage.elements || lastElement(tensor) >= storage.elements) {
    throw new PickleError(
      `a tensor [${String(tensor.shape)}] in it is larger than its storage of ${storage.elements} elements`,
    );
  }
  tensors.add(tensor);
  return tensor;
}

function isStorage(value: unknown): value is TorchStorage {
  return typeof value === 'object' && value !== null && 'elements' in value && 'key' in value;
}

function lastElement({ shape, strides, offset }: TorchTensor): number {
  if (shape.includes(0)) return -1;
  return shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), offset);
}

/** Bytes of a storage. */
export function storageBytes(storage: TorchStorage): number {
  return storage.elements * dataTypeBytes[storage.type];
}

/** Whether the elements of a tensor lie in its storage row-major and without gaps. */
export function isContiguous({ shape, strides }: TorchTensor): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 0;
    if (size !== 1 && strides[axis] !== expected) return false;
    expected *= size;
  }
  return true;
}

/** The elements of a tensor row-major, from the elements of its storage that begin at the tensor's offset. */
export function gatherStrided(tensor: TorchTensor, storage: Float32Array): Float32Array {
  const { shape, strides } = tensor;
  const result = new Float32Array(shape.reduce((product, size) => product * size, 1));
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = storage[from] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      from += strides[axis] ?? 0;
      if (next < (shape[axis] ?? 0)) {
        index[axis] = next;
        break;
      }
      from -= next * (strides[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return result;
}
