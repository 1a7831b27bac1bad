import { uniformValues } from './random-values.js';

/** What is left out at once: a patch of one frame, or the same place in all frames (VideoMAE, Tong et al. 2022, arXiv 2203.12602). */
export type MaskUnit = 'token' | 'tube';

/** The tokens of a clip: those of a place lie side by side, in the order of the frames. */
export type TokenGrid = { readonly places: number; readonly frames: number };

/** Patch tokens of a clip that are left by a masking ratio: floor(ratio x units) units are dropped, as published. */
export function keptTokenCount(grid: TokenGrid, ratio: number, unit: MaskUnit): number {
  return unit === 'tube'
    ? keptCount(grid.places, ratio) * grid.frames
    : keptCount(grid.places * grid.frames, ratio);
}

/**
 * The tokens that a clip keeps, rising. The same name gives the same ones; take the seed, the step and the place of the clip in its
 * batch into it.
 */
export function keptTokensOf(
  name: string,
  { places, frames }: TokenGrid,
  { kept, unit }: { readonly kept: number; readonly unit: MaskUnit },
): Int32Array {
  if (unit === 'token') return keptPlaces(name, places * frames, kept);
  const tubes = keptPlaces(name, places, kept / frames);
  return Int32Array.from({ length: kept }, (_, at) => {
    const tube = tubes[Math.floor(at / frames)] ?? 0;
    return tube * frames + (at % frames);
  });
}

/** Those of a number of units that are left by a masking ratio. */
export function keptCount(tokens: number, ratio: number): number {
  if (!(ratio >= 0 && ratio < 1)) {
    throw new RangeError(`The masking ratio must be from 0 to below 1, got ${ratio}.`);
  }
  return tokens - Math.floor(ratio * tokens);
}

/** Which units are kept, drawn evenly from all of them by the name, rising. */
export function keptPlaces(name: string, tokens: number, kept: number): Int32Array {
  const chances = uniformValues(name, tokens);
  const byChance = Int32Array.from(chances.keys()).sort(
    (a, b) => (chances[a] ?? 0) - (chances[b] ?? 0) || a - b,
  );
  return byChance.subarray(tokens - kept).sort();
}
