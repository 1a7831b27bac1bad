// Bound once: inside Jest, where most films are drawn, each look-up of a global costs a call.
const { floor, imul, max, min } = Math;

/** Pixels after which the texture repeats; a power of two. */
const TILE = 512;

/** Grid of each octave in pixels, and how much it counts. */
const OCTAVES = [
  { cell: 128, weight: 0.3 },
  { cell: 64, weight: 0.3 },
  { cell: 32, weight: 0.25 },
  { cell: 8, weight: 0.15 },
];

/** Clouds: value noise in four octaves, 0 to 1, 512 by 512, row-major, seamless; always the same. */
export function texture(): Float32Array {
  const values = new Float32Array(TILE * TILE);
  for (const { cell, weight } of OCTAVES) addNoise(values, cell, weight);
  // Noise of several octaves crowds around the middle: spread it, or camera moves would be hard to see.
  return values.map((value) => min(1, max(0, (value - 0.5) * 2.2 + 0.5)));
}

/** The texture at a point between its pixels, repeated without end. */
export function sampleTexture(values: Float32Array, x: number, y: number): number {
  const left = floor(x);
  const top = floor(y);
  const upper = (top & (TILE - 1)) * TILE;
  const lower = ((top + 1) & (TILE - 1)) * TILE;
  const first = left & (TILE - 1);
  const second = (left + 1) & (TILE - 1);
  return joined(
    values[upper + first] ?? 0,
    values[upper + second] ?? 0,
    values[lower + first] ?? 0,
    values[lower + second] ?? 0,
    x - left,
    y - top,
  );
}

/** Adds random values on a grid of `cell` pixels, smoothly joined. */
function addNoise(values: Float32Array, cell: number, weight: number): void {
  const cells = TILE / cell;
  const grid = Float32Array.from({ length: cells * cells }, (_, at) => hash(at, cell));
  const value = (column: number, row: number): number =>
    grid[(column % cells) + (row % cells) * cells] ?? 0;
  for (let at = 0; at < values.length; at++) {
    const x = (at % TILE) / cell;
    const y = floor(at / TILE) / cell;
    const column = floor(x);
    const row = floor(y);
    const noise = joined(
      value(column, row),
      value(column + 1, row),
      value(column, row + 1),
      value(column + 1, row + 1),
      ease(x - column),
      ease(y - row),
    );
    values[at] = (values[at] ?? 0) + weight * noise;
  }
}

/** Bilinear: four corners, then how far right and down between them. */
function joined(
  topLeft: number,
  topRight: number,
  bottomLeft: number,
  bottomRight: number,
  right: number,
  down: number,
): number {
  const top = topLeft + (topRight - topLeft) * right;
  const bottom = bottomLeft + (bottomRight - bottomLeft) * right;
  return top + (bottom - top) * down;
}

function ease(share: number): number {
  return share * share * (3 - 2 * share);
}

/** A fixed random number 0 to 1 for a whole number: the finaliser of MurmurHash3. */
function hash(value: number, seed: number): number {
  let bits = imul(value + 1, 0x9e3779b1) ^ imul(seed, 0x85ebca6b);
  bits = imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 0xffffffff;
}
