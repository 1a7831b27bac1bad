import { ToolkitError, type Embedding } from '@internvid/core';

/** Unit vectors of clips, one after the other. */
export type ClipVectors = {
  readonly clips: readonly string[];
  readonly dimension: number;
  vector(number: number): Float32Array;
  /** Of two of them. */
  cosine(a: number, b: number): number;
};

const VECTORS_IN_PAGE = 4096;

/**
 * Holds vectors of one kind: 4 bytes a number, so a million of 512 are 2 GB.
 *
 * @throws ToolkitError `invalid-record` for vectors of different lengths, or two of one clip.
 */
export async function holdVectors(embeddings: AsyncIterable<Embedding>): Promise<ClipVectors> {
  const clips: string[] = [];
  const seen = new Set<string>();
  const pages: Float32Array[] = [];
  let dimension = 0;
  for await (const { clip, vector } of embeddings) {
    if (clips.length === 0) dimension = vector.length;
    if (vector.length !== dimension)
      throw refusal(clip, `${vector.length} numbers, not ${dimension}`);
    if (seen.has(clip)) throw refusal(clip, 'a second vector');
    seen.add(clip);
    const place = clips.length % VECTORS_IN_PAGE;
    if (place === 0) pages.push(new Float32Array(VECTORS_IN_PAGE * dimension));
    pages.at(-1)?.set(unit(vector), place * dimension);
    clips.push(clip);
  }
  const page = (number: number): Float32Array =>
    pages[Math.floor(number / VECTORS_IN_PAGE)] as Float32Array;
  const start = (number: number): number => (number % VECTORS_IN_PAGE) * dimension;
  return {
    clips,
    dimension,
    vector: (number) => page(number).subarray(start(number), start(number) + dimension),
    cosine: (a, b) => dot(page(a), start(a), page(b), start(b), dimension),
  };
}

/** The cosine of two unit vectors. */
export function cosine(a: Float32Array, b: Float32Array): number {
  return dot(a, 0, b, 0, a.length);
}

/** The sum of products of two stretches of numbers. Four sums side by side: one alone would wait for itself at every number. */
export function dot(
  a: Float32Array,
  atA: number,
  b: Float32Array,
  atB: number,
  length: number,
): number {
  let [x, y, z, w] = [0, 0, 0, 0];
  const whole = length - (length % 4);
  for (let at = 0; at < whole; at += 4) {
    x += (a[atA + at] as number) * (b[atB + at] as number);
    y += (a[atA + at + 1] as number) * (b[atB + at + 1] as number);
    z += (a[atA + at + 2] as number) * (b[atB + at + 2] as number);
    w += (a[atA + at + 3] as number) * (b[atB + at + 3] as number);
  }
  for (let at = whole; at < length; at++) x += (a[atA + at] as number) * (b[atB + at] as number);
  return x + y + z + w;
}

/** Of length 1; a vector of zeros stays what it is. */
export function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(cosine(vector, vector));
  return length > 0 ? vector.map((value) => value / length) : vector;
}

function refusal(clip: string, what: string): ToolkitError {
  return new ToolkitError('invalid-record', `The clip ${clip} has ${what}. Embed the clips anew.`);
}
