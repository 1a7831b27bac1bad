import { ToolkitError, type Embedding } from '@internvid/core';

/** Unit vectors of clips, one after the other. */
export type ClipVectors = {
  readonly clips: readonly string[];
  readonly dimension: number;
  vector(number: number): Float32Array;
  /** Of two of them; anything below `least` where it is less. */
  cosine(a: number, b: number, least?: number): number;
};

const VECTORS_IN_PAGE = 4096;
/** Into so many parts are vectors divided: after each it may be plain that the cosine is too low. */
const PARTS = 4;
/** More than sums of float32 err by. */
const SLACK = 1e-5;

/**
 * Holds vectors of one kind: 4 bytes a number, so a million of 512 are 2 GB. With each are the lengths of what follows its first, second
 * and third quarter: by Cauchy and Schwarz the rest of a cosine is at most the product of the two lengths, so that most cosines of unlike
 * vectors need not be computed to their end.
 *
 * @throws ToolkitError `invalid-record` for vectors of different lengths, or two of one clip.
 */
export async function holdVectors(embeddings: AsyncIterable<Embedding>): Promise<ClipVectors> {
  const clips: string[] = [];
  const seen = new Set<string>();
  const pages: Page[] = [];
  let dimension = 0;
  for await (const { clip, vector } of embeddings) {
    if (clips.length === 0) dimension = vector.length;
    if (vector.length !== dimension)
      throw refusal(clip, `${vector.length} numbers, not ${dimension}`);
    if (seen.has(clip)) throw refusal(clip, 'a second vector');
    seen.add(clip);
    const place = clips.length % VECTORS_IN_PAGE;
    if (place === 0) pages.push(emptyPage(dimension));
    const page = pages.at(-1) as Page;
    const whole = unit(vector);
    page.values.set(whole, place * dimension);
    for (let part = 1; part < PARTS; part++) {
      const rest = whole.subarray(startOf(part, dimension));
      page.rests[place * PARTS + part] = Math.sqrt(cosine(rest, rest));
    }
    clips.push(clip);
  }
  const page = (number: number): Page => pages[Math.floor(number / VECTORS_IN_PAGE)] as Page;
  return {
    clips,
    dimension,
    vector(number) {
      const start = (number % VECTORS_IN_PAGE) * dimension;
      return page(number).values.subarray(start, start + dimension);
    },
    cosine(a, b, least = -Infinity) {
      const [one, other] = [page(a), page(b)];
      const [atA, atB] = [a % VECTORS_IN_PAGE, b % VECTORS_IN_PAGE];
      let sum = 0;
      for (let part = 0; part < PARTS; part++) {
        const restA = one.rests[atA * PARTS + part] as number;
        const most = sum + restA * (other.rests[atB * PARTS + part] as number);
        if (most + SLACK < least) return most;
        const [from, to] = [startOf(part, dimension), startOf(part + 1, dimension)];
        const [startA, startB] = [atA * dimension + from, atB * dimension + from];
        sum += dot(one.values, startA, other.values, startB, to - from);
      }
      return sum;
    },
  };
}

/** Vectors one behind the other, and of each, for each of its parts, the length of what has not been looked at before it. */
type Page = { readonly values: Float32Array; readonly rests: Float32Array };

function emptyPage(dimension: number): Page {
  return {
    values: new Float32Array(VECTORS_IN_PAGE * dimension),
    rests: new Float32Array(VECTORS_IN_PAGE * PARTS).fill(1),
  };
}

/** Where a part of a vector begins. */
function startOf(part: number, dimension: number): number {
  return Math.floor((part * dimension) / PARTS);
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
