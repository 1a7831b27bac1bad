/** Element types that checkpoints are stored in, as safetensors names them. */
export type DataType =
  'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I16' | 'I8' | 'U8' | 'BOOL';

/** Element types that weights are written in. */
export type RealType = 'F32' | 'F16' | 'BF16';

/** Bytes of an element. */
export const dataTypeBytes: Readonly<Record<DataType, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** Whether a word names an element type that is read here. */
export function isDataType(name: unknown): name is DataType {
  return typeof name === 'string' && Object.hasOwn(dataTypeBytes, name);
}

/**
 * Little-endian elements as float32, rounded to nearest where they hold more. F32 that lies on a multiple of four bytes is not
 * copied.
 */
export function toFloat32(bytes: Uint8Array<ArrayBuffer>, type: DataType): Float32Array {
  const count = bytes.byteLength / dataTypeBytes[type];
  if (type === 'F32' && bytes.byteOffset % 4 === 0) {
    return new Float32Array(bytes.buffer, bytes.byteOffset, count);
  }
  const result = new Float32Array(count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = readers[type];
  for (let index = 0; index < count; index++) result[index] = read(view, index);
  return result;
}

const readers: Readonly<Record<DataType, (view: DataView, index: number) => number>> = {
  F64: (view, index) => view.getFloat64(index * 8, true),
  F32: (view, index) => view.getFloat32(index * 4, true),
  F16: (view, index) => fromFloat16(view.getUint16(index * 2, true)),
  BF16: (view, index) => fromBits(view.getUint16(index * 2, true) << 16),
  I64: (view, index) => Number(view.getBigInt64(index * 8, true)),
  I32: (view, index) => view.getInt32(index * 4, true),
  I16: (view, index) => view.getInt16(index * 2, true),
  I8: (view, index) => view.getInt8(index),
  U8: (view, index) => view.getUint8(index),
  BOOL: (view, index) => view.getUint8(index),
};

/**
 * Float32 numbers as little-endian bytes, rounded to nearest, ties to even. What is above the largest half-precision number
 * becomes infinite there.
 */
export function fromFloat32(values: Float32Array, type: RealType): Uint8Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  if (type === 'F32')
    return Uint8Array.from(new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength));
  const round = type === 'F16' ? toFloat16 : toBfloat16;
  const result = new Uint16Array(values.length);
  for (let index = 0; index < values.length; index++) result[index] = round(bits[index] ?? 0);
  return new Uint8Array(result.buffer);
}

const scratch = new DataView(new ArrayBuffer(4));

function fromBits(bits: number): number {
  scratch.setInt32(0, bits);
  return scratch.getFloat32(0);
}

/** IEEE 754 half precision: one sign bit, five exponent bits with bias 15, ten fraction bits. */
function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function toFloat16(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 127 + 15;
  const fraction = bits & 0x7fffff;
  if (exponent >= 31) return sign | 0x7c00 | (exponent === 143 && fraction !== 0 ? 0x200 : 0);
  if (exponent < -10) return sign;
  // Below the smallest normal number the leading one is written out and the fraction moves right.
  const shift = exponent <= 0 ? 14 - exponent : 13;
  const whole = exponent <= 0 ? fraction | 0x800000 : (exponent << 23) | fraction;
  const kept = whole >>> shift;
  const rest = whole & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  const up = rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0;
  // A carry out of the fraction raises the exponent, up to infinity, as it should.
  return sign | (kept + up);
}

function toBfloat16(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}
