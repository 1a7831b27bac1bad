/** A function or class that a pickle names. What a name may be is decided by `globals`; nothing of it is ever run. */
export type PickleGlobal = {
  readonly name: string;
  /** What calling it with these arguments makes. @throws Error to refuse. */
  readonly call: (args: readonly unknown[]) => unknown;
};

/** What may stand in a pickle besides plain values. */
export type UnpickleOptions = {
  /** What `module.name` stands for. Those that it does not know are refused. */
  readonly globals: (name: string) => PickleGlobal | undefined;
  /** What a persistent id stands for. */
  readonly persistent: (id: unknown) => unknown;
};

/** A pickled dictionary. Keys of other kinds than these are refused. */
export type PickleMap = Map<string | number | boolean | null, unknown>;

/** A pickle that says more than a checkpoint needs, or breaks off. */
export class PickleError extends Error {
  override name = 'PickleError';
}

const NEWEST_PROTOCOL = 5;

/**
 * Reads a pickle that holds plain values: numbers, words, lists, tuples, dictionaries, and what `options` allows.
 *
 * This is not Python's machine: it knows only the opcodes that PyTorch writes for tensors and containers, runs nothing, and
 * refuses every other opcode, global and persistent id. Memory stays a small multiple of the bytes read.
 *
 * @returns the value and how many bytes it took.
 * @throws PickleError saying what was refused, and at which byte.
 */
export function unpickle(
  bytes: Uint8Array,
  options: UnpickleOptions,
): { readonly value: unknown; readonly length: number } {
  const machine = new Machine(bytes, options);
  return { value: machine.run(), length: machine.position };
}

const MARK = Symbol('mark');

/** The stack machine of a pickle: state that forty short opcodes share. */
class Machine {
  position = 0;
  readonly #view: DataView;
  readonly #stack: unknown[] = [];
  readonly #memo = new Map<number, unknown>();
  readonly #text = new TextDecoder('utf-8', { fatal: true });

  constructor(
    readonly bytes: Uint8Array,
    readonly options: UnpickleOptions,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): unknown {
    for (;;) {
      const at = this.position;
      const opcode = this.#byte();
      if (opcode === 0x2e) return this.#pop();
      const act = opcodes[opcode];
      if (act === undefined) {
        throw new PickleError(`the opcode 0x${opcode.toString(16)} at byte ${at} is not allowed`);
      }
      act(this);
    }
  }

  #take(length: number): number {
    const at = this.position;
    if (length < 0 || at + length > this.bytes.length) {
      throw new PickleError(`it breaks off at byte ${at}`);
    }
    this.position += length;
    return at;
  }

  #byte(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint8(): number {
    return this.#byte();
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  uint64(): number {
    return Number(this.#view.getBigUint64(this.#take(8), true));
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  skip(length: number): void {
    this.#take(length);
  }

  /** A number from little-endian bytes in two's complement; one past exact integers stays a bigint. */
  long(length: number): number | bigint {
    const at = this.#take(length);
    let value = 0n;
    for (let index = length - 1; index >= 0; index--) {
      value = (value << 8n) | BigInt(this.bytes[at + index] ?? 0);
    }
    const signed = length === 0 ? 0n : BigInt.asIntN(length * 8, value);
    const plain = Number(signed);
    return Number.isSafeInteger(plain) ? plain : signed;
  }

  words(length: number): string {
    const at = this.#take(length);
    try {
      return this.#text.decode(this.bytes.subarray(at, at + length));
    } catch {
      throw new PickleError(`the text at byte ${at} is not UTF-8`);
    }
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.position);
    const line = this.words((end < 0 ? this.bytes.length : end) - this.position);
    this.skip(1);
    return line;
  }

  push(value: unknown): void {
    this.#stack.push(value);
  }

  #pop(): unknown {
    if (this.#stack.length === 0)
      throw new PickleError(`it takes more than it made, at byte ${this.position}`);
    const value = this.#stack.pop();
    if (value === MARK)
      throw new PickleError(`a mark is where a value should be, at byte ${this.position}`);
    return value;
  }

  pop(): unknown {
    return this.#pop();
  }

  mark(): void {
    this.#stack.push(MARK);
  }

  sinceMark(): unknown[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) throw new PickleError(`there is no mark before byte ${this.position}`);
    const values = this.#stack.splice(mark + 1);
    this.#stack.pop();
    return values;
  }

  popTuple(): readonly unknown[] {
    const value = this.#pop();
    if (!Array.isArray(value))
      throw new PickleError(`arguments before byte ${this.position} are no tuple`);
    return value as unknown[];
  }

  top(): unknown {
    const value = this.#pop();
    this.push(value);
    return value;
  }

  put(place: number): void {
    this.#memo.set(place, this.top());
  }

  memoize(): void {
    this.put(this.#memo.size);
  }

  get(place: number): void {
    if (!this.#memo.has(place)) throw new PickleError(`nothing was kept as ${place}`);
    this.push(this.#memo.get(place));
  }

  global(module: unknown, name: unknown): void {
    const full = `${String(module)}.${String(name)}`;
    const found = this.options.globals(full);
    if (found === undefined) throw new PickleError(`it names ${full}, which is not allowed`);
    this.push(found);
  }

  call(args: readonly unknown[]): void {
    const target = this.#pop() as PickleGlobal | undefined;
    if (typeof target?.call !== 'function') {
      throw new PickleError(
        `it calls something before byte ${this.position} that cannot be called`,
      );
    }
    this.push(target.call(args));
  }

  persistent(): void {
    this.push(this.options.persistent(this.#pop()));
  }

  setItems(pairs: readonly unknown[]): void {
    const target = this.top();
    if (!(target instanceof Map))
      throw new PickleError(`items before byte ${this.position} go into no dictionary`);
    if (pairs.length % 2 !== 0)
      throw new PickleError(`a key before byte ${this.position} has no value`);
    for (let index = 0; index < pairs.length; index += 2) {
      const key = pairs[index];
      if (key !== null && !['string', 'number', 'boolean'].includes(typeof key)) {
        throw new PickleError(`a key before byte ${this.position} is neither word nor number`);
      }
      target.set(key, pairs[index + 1]);
    }
  }

  append(values: readonly unknown[]): void {
    const target = this.top();
    if (!Array.isArray(target))
      throw new PickleError(`values before byte ${this.position} go into no list`);
    for (const value of values) target.push(value);
  }

  /** State is given to plain containers only, as further items; of others it is left away. */
  build(): void {
    const state = this.#pop();
    const target = this.top();
    if (!(target instanceof Map) || !(state instanceof Map)) return;
    for (const [key, value] of state) target.set(key, value);
  }
}

/** What each allowed opcode does, by its number in Python's `pickletools`. */
const opcodes: Readonly<Record<number, (machine: Machine) => void>> = {
  // PROTO, FRAME
  0x80: (m) => {
    const protocol = m.uint8();
    if (protocol > NEWEST_PROTOCOL) throw new PickleError(`its protocol ${protocol} is not known`);
  },
  0x95: (m) => m.skip(8),
  // NONE, NEWTRUE, NEWFALSE
  0x4e: (m) => m.push(null),
  0x88: (m) => m.push(true),
  0x89: (m) => m.push(false),
  // BININT, BININT1, BININT2, LONG1, BINFLOAT
  0x4a: (m) => m.push(m.int32()),
  0x4b: (m) => m.push(m.uint8()),
  0x4d: (m) => m.push(m.uint16()),
  0x8a: (m) => m.push(m.long(m.uint8())),
  0x47: (m) => m.push(m.float64()),
  // SHORT_BINUNICODE, BINUNICODE, BINUNICODE8
  0x8c: (m) => m.push(m.words(m.uint8())),
  0x58: (m) => m.push(m.words(m.uint32())),
  0x8d: (m) => m.push(m.words(m.uint64())),
  // MARK, EMPTY_TUPLE, TUPLE, TUPLE1, TUPLE2, TUPLE3
  0x28: (m) => m.mark(),
  0x29: (m) => m.push([]),
  0x74: (m) => m.push(m.sinceMark()),
  0x85: (m) => m.push([m.pop()]),
  0x86: (m) => m.push([m.pop(), m.pop()].reverse()),
  0x87: (m) => m.push([m.pop(), m.pop(), m.pop()].reverse()),
  // EMPTY_LIST, APPEND, APPENDS
  0x5d: (m) => m.push([]),
  0x61: (m) => m.append([m.pop()]),
  0x65: (m) => m.append(m.sinceMark()),
  // EMPTY_DICT, SETITEM, SETITEMS
  0x7d: (m) => m.push(new Map()),
  0x73: (m) => m.setItems([m.pop(), m.pop()].reverse()),
  0x75: (m) => m.setItems(m.sinceMark()),
  // BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET
  0x71: (m) => m.put(m.uint8()),
  0x72: (m) => m.put(m.uint32()),
  0x94: (m) => m.memoize(),
  0x68: (m) => m.get(m.uint8()),
  0x6a: (m) => m.get(m.uint32()),
  // GLOBAL, STACK_GLOBAL, REDUCE, NEWOBJ, BUILD, BINPERSID
  0x63: (m) => m.global(m.line(), m.line()),
  0x93: (m) => {
    const name = m.pop();
    m.global(m.pop(), name);
  },
  0x52: (m) => m.call(m.popTuple()),
  0x81: (m) => m.call(m.popTuple()),
  0x62: (m) => m.build(),
  0x51: (m) => m.persistent(),
};
