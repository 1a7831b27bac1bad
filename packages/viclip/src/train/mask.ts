import { uniformValues } from './random-values.js';

/** Patch tokens of a clip that are left by a masking ratio: floor(ratio x tokens) are dropped, as published. */
export function keptCount(tokens: number, ratio: number): number {
  if (!(ratio >= 0 && ratio < 1)) {
    throw new RangeError(`The masking ratio must be from 0 to below 1, got ${ratio}.`);
  }
  return tokens - Math.floor(ratio * tokens);
}

/**
 * Places of the patch tokens that a clip keeps, drawn evenly from all of them, rising. The same name gives the same places; take
 * the seed, the step and the place of the clip in its batch into it.
 */
export function keptPlaces(name: string, tokens: number, kept: number): Int32Array {
  const chances = uniformValues(name, tokens);
  const byChance = Int32Array.from(chances.keys()).sort(
    (a, b) => (chances[a] ?? 0) - (chances[b] ?? 0) || a - b,
  );
  return byChance.subarray(tokens - kept).sort();
}
