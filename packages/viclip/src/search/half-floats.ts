const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** Writes numbers as 16-bit floats (IEEE 754 binary16), rounded to the nearest, ties to even. Larger than 65504 is infinite. */
export function toHalfFloats(values: Float32Array, into: Uint16Array): void {
  for (const [index, value] of values.entries()) into[index] = toHalf(value);
}

function toHalf(value: number): number {
  float[0] = value;
  const single = bits[0] ?? 0;
  const sign = (single >>> 16) & 0x8000;
  const rest = single & 0x7fffffff;
  if (rest > 0x7f800000) return sign | 0x7e00;
  if (rest >= 0x47800000) return sign | 0x7c00;
  // Below the smallest normal number the step is fixed: adding it makes the processor round to it.
  if (rest < 0x38800000) {
    float[0] = Math.abs(value) + 0.5;
    return sign | ((bits[0] ?? 0) - 0x3f000000);
  }
  return sign | ((rest - 0x38000000 + 0xfff + ((rest >>> 13) & 1)) >>> 13);
}

/** The numbers that 16-bit floats stand for. */
export function fromHalfFloats(halves: Uint16Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(halves, (half) => {
    const sign = (half & 0x8000) === 0 ? 1 : -1;
    const exponent = (half >>> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
    return sign * (1024 + fraction) * 2 ** (exponent - 25);
  });
}
