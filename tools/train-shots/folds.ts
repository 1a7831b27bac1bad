import type { Stretch } from './stretch.js';

/** Parts into which the videos are split: a model is judged on films made of videos that it has not seen. */
export const FOLDS = 4;

/** Which part a family of videos belongs to: settled by its name. */
export function foldOf(family: string): number {
  let hash = 2166136261;
  for (const letter of family) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619) >>> 0;
  return (hash >>> 7) % FOLDS;
}

/** The stretches of one part. */
export function stretchesOf(stretches: readonly Stretch[], fold: number): readonly Stretch[] {
  return stretches.filter(({ family }) => foldOf(family) === fold);
}
