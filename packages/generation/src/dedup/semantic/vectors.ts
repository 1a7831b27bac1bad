import { ToolkitError, type Embedding } from '@internvid/core';

/** Unit vectors of clips, one after the other. */
export type ClipVectors = {
  readonly clips: readonly string[];
  readonly dimension: number;
  vector(number: number): Float32Array;
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
  return {
    clips,
    dimension,
    vector(number) {
      const page = pages[Math.floor(number / VECTORS_IN_PAGE)] as Float32Array;
      const start = (number % VECTORS_IN_PAGE) * dimension;
      return page.subarray(start, start + dimension);
    },
  };
}

/** The cosine of two unit vectors. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number);
  return sum;
}

/** Of length 1; a vector of zeros stays what it is. */
export function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(cosine(vector, vector));
  return length > 0 ? vector.map((value) => value / length) : vector;
}

function refusal(clip: string, what: string): ToolkitError {
  return new ToolkitError('invalid-record', `The clip ${clip} has ${what}. Embed the clips anew.`);
}
