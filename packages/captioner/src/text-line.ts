import type { Tensor } from './tensor-model.js';

/** What a reader made of one line, and how sure it was: the mean probability of its characters, 0 to 1. */
export type Reading = { readonly text: string; readonly confidence: number };

/**
 * The best reading of a recogniser's output by connectionist temporal classification: the likeliest character of each
 * step, repetitions and blanks (class 0) left out.
 *
 * @param output `[1, steps, characters + 2]` probabilities: blank, the dictionary, space.
 * @param dictionary one character for each class from 1.
 */
export function decodeLine(output: Tensor, dictionary: readonly string[]): Reading {
  const [, steps = 0, classes = 0] = output.shape;
  if (classes !== dictionary.length + 2) {
    throw new RangeError(
      `The recogniser has ${classes} classes, its dictionary ${dictionary.length} characters.`,
    );
  }
  let text = '';
  let total = 0;
  let last = 0;
  for (let step = 0; step < steps; step++) {
    const row = output.data.subarray(step * classes, (step + 1) * classes);
    const best = indexOfLargest(row);
    if (best !== 0 && best !== last) {
      text += dictionary[best - 1] ?? ' ';
      total += row[best] ?? 0;
    }
    last = best;
  }
  const count = [...text].length;
  return { text: text.trim(), confidence: count === 0 ? 0 : total / count };
}

function indexOfLargest(row: Float32Array): number {
  let best = 0;
  for (let at = 1; at < row.length; at++) if ((row[at] ?? 0) > (row[best] ?? 0)) best = at;
  return best;
}
