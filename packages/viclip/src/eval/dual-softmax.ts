import type { ScoreMatrix } from './ranking.js';

/**
 * Scores times their softmax over all queries of an item (over each column): an item that suits many queries counts less.
 *
 * Without a temperature, as the published evaluation has it (`evaluation_video_clip`): the scores are plain cosines. It looks
 * at all queries of a test together, so its figures do not say how single searches do.
 */
export function dualSoftmax({ rows, columns, values }: ScoreMatrix): ScoreMatrix {
  const weighed = new Float64Array(values.length);
  for (let column = 0; column < columns; column++) {
    const at = (row: number): number => values[row * columns + column] ?? 0;
    let highest = -Infinity;
    for (let row = 0; row < rows; row++) highest = Math.max(highest, at(row));
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += Math.exp(at(row) - highest);
    for (let row = 0; row < rows; row++) {
      weighed[row * columns + column] = (at(row) * Math.exp(at(row) - highest)) / sum;
    }
  }
  return { rows, columns, values: weighed };
}
