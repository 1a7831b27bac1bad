/** 32-bit words in the hash of one picture: 256 bits. */
export const HASH_WORDS = 8;

/** Side of the picture that is hashed, in pixels. */
export const HASHED_SIDE = 32;

const FREQUENCIES = 16;

/** A part of a picture in pixels: edges from the top left corner, the right and lower ones outside. They need not be whole. */
export type Region = {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
};

/**
 * Hashes a grey picture: the signs of the 16 x 16 lowest terms of the cosine transform of its 32 x 32 reduction, without the
 * constant one. Signs do not change with brightness and contrast, and hardly with encoding and scale.
 *
 * @param small 32 x 32 grey values, row-major.
 * @param hash takes eight words; bit 16 * v + u is the term of `u` horizontal and `v` vertical half waves.
 * @returns the root mean square of the 255 terms, per pixel of the 0 to 255 scale: how much there is to see.
 */
export function hashPicture(small: Float64Array, hash: Uint32Array): number {
  const rows = new Float64Array(FREQUENCIES * HASHED_SIDE);
  for (let y = 0; y < HASHED_SIDE; y++) {
    for (let u = 0; u < FREQUENCIES; u++) {
      let sum = 0;
      for (let x = 0; x < HASHED_SIDE; x++)
        sum += (small[y * HASHED_SIDE + x] as number) * (COSINES[u * HASHED_SIDE + x] as number);
      rows[y * FREQUENCIES + u] = sum;
    }
  }
  hash.fill(0);
  let energy = 0;
  for (let v = 0; v < FREQUENCIES; v++) {
    for (let u = 0; u < FREQUENCIES; u++) {
      if (u + v === 0) continue;
      let sum = 0;
      for (let y = 0; y < HASHED_SIDE; y++)
        sum += (rows[y * FREQUENCIES + u] as number) * (COSINES[v * HASHED_SIDE + y] as number);
      energy += sum * sum;
      const bit = v * FREQUENCIES + u;
      if (sum > 0) hash[bit >>> 5] = (hash[bit >>> 5] as number) | (1 << (bit & 31));
    }
  }
  return Math.sqrt(energy) / HASHED_SIDE;
}

/** Averages a region of a grey picture down to 32 x 32, each pixel by the area that it covers. */
export function reduceRegion(
  data: Uint8Array,
  width: number,
  { left, top, right, bottom }: Region,
  small: Float64Array,
): void {
  const stepX = (right - left) / HASHED_SIDE;
  const stepY = (bottom - top) / HASHED_SIDE;
  for (let row = 0; row < HASHED_SIDE; row++) {
    const fromY = top + row * stepY;
    const toY = fromY + stepY;
    for (let column = 0; column < HASHED_SIDE; column++) {
      const fromX = left + column * stepX;
      const toX = fromX + stepX;
      let sum = 0;
      for (let y = Math.floor(fromY); y < toY; y++) {
        const high = Math.min(toY, y + 1) - Math.max(fromY, y);
        for (let x = Math.floor(fromX); x < toX; x++) {
          const wide = Math.min(toX, x + 1) - Math.max(fromX, x);
          sum += (data[y * width + x] ?? 0) * wide * high;
        }
      }
      small[row * HASHED_SIDE + column] = sum / (stepX * stepY);
    }
  }
}

/** Bits in which two hashes differ, 0 to 255. */
export function hashDistance(a: Uint32Array, atA: number, b: Uint32Array, atB: number): number {
  let bits = 0;
  for (let word = 0; word < HASH_WORDS; word++) {
    let x = ((a[atA + word] as number) ^ (b[atB + word] as number)) >>> 0;
    x -= (x >>> 1) & 0x55555555;
    x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
    x = (x + (x >>> 4)) & 0x0f0f0f0f;
    bits += Math.imul(x, 0x01010101) >>> 24;
  }
  return bits;
}

/** Orthonormal cosines: row `u`, 32 columns. */
const COSINES = Float64Array.from({ length: FREQUENCIES * HASHED_SIDE }, (_, at) => {
  const [u, x] = [Math.floor(at / HASHED_SIDE), at % HASHED_SIDE];
  const scale = Math.sqrt((u === 0 ? 1 : 2) / HASHED_SIDE);
  return scale * Math.cos((Math.PI * (2 * x + 1) * u) / (2 * HASHED_SIDE));
});
