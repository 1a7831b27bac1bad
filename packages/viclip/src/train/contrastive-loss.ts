import type { OnnxFile } from '../onnx/onnx-file.js';

/** ONNX names of what the loss is computed from. */
export type LossInputs = {
  /** Vectors of clips and of texts, `[batch, dimension]` each, of any length. */
  readonly videos: string;
  readonly texts: string;
  /** A scalar that cosines are divided by. */
  readonly temperature: string;
  /** `[batch, batch]`, as `softTargets` gives them. */
  readonly targets: string;
  /** `[batch, batch]`, as `exclusions` gives them. */
  readonly exclusions: string;
};

/** ONNX names of the loss, a scalar, and of its gradients. */
export type WrittenLoss = {
  readonly loss: string;
  /** `[batch, batch]`: rows are clips, columns texts. */
  readonly cosines: string;
  readonly atVideos: string;
  readonly atTexts: string;
  readonly atTemperature: string;
};

/**
 * Whose text goes with whose clip, `[batch, batch]` row-major: samples of equal id share the mass of their row evenly, so each
 * row sums to one and the matrix is symmetric (`models/criterions.py` of the published training).
 */
export function softTargets(ids: readonly number[]): Float32Array {
  const counts = new Map<number, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  const targets = new Float32Array(ids.length ** 2);
  for (const [row, id] of ids.entries()) {
    for (const [column, other] of ids.entries()) {
      if (other === id) targets[row * ids.length + column] = 1 / (counts.get(id) ?? 1);
    }
  }
  return targets;
}

/** What is added to the quotient of a pair that must not count: its share of a softmax is then zero, and so is its gradient. */
const EXCLUDED = -1e9;

/**
 * Which pairs are no negatives of each other, `[batch, batch]` row-major: 0 for a pair that counts, a large negative number for
 * two samples of one group and different ids. (The published training counts clips of one video as negatives, although their
 * captions are often true of both.)
 *
 * @param groups a name for each sample, undefined for one that belongs to none.
 */
export function exclusions(
  ids: readonly number[],
  groups: readonly (string | undefined)[] = [],
): Float32Array {
  const pairs = new Float32Array(ids.length ** 2);
  for (const [row, group] of groups.entries()) {
    for (const [column, other] of groups.entries()) {
      const isExcluded = group !== undefined && group === other && ids[row] !== ids[column];
      if (isExcluded) pairs[row * ids.length + column] = EXCLUDED;
    }
  }
  return pairs;
}

/**
 * Share of the clips of a batch whose nearest text, of those that count, is a right one.
 *
 * @param pairs all `[batch, batch]` row-major, rows for clips.
 */
export function batchAccuracy(pairs: {
  readonly cosines: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
  readonly exclusions: ArrayLike<number>;
}): number {
  const batch = Math.sqrt(pairs.targets.length);
  let right = 0;
  for (let row = 0; row < batch; row++) {
    let best = row * batch;
    for (let at = best; at < (row + 1) * batch; at++) {
      const [value, highest] = [pairs.cosines[at] ?? 0, pairs.cosines[best] ?? 0];
      const counts = pairs.exclusions[at] === 0;
      if (counts && (value > highest || pairs.exclusions[best] !== 0)) best = at;
    }
    if ((pairs.targets[best] ?? 0) > 0) right += 1;
  }
  return right / batch;
}

/**
 * Writes the symmetric InfoNCE loss and its gradients: the mean of the cross-entropies of clip to text and of text to clip, over
 * the cosines divided by the temperature. At those quotients the gradient is (softmax of rows + softmax of columns - 2 targets)
 * / (2 batch), as the targets are symmetric.
 */
export function writeContrastiveLoss(file: OnnxFile, given: LossInputs): WrittenLoss {
  const { temperature, targets } = given;
  const videos = unitRows(file, given.videos);
  const texts = unitRows(file, given.texts);
  const cosines = file.node('Gemm', [videos.rows, texts.rows], {
    attributes: { transB: { int: 1 } },
  });
  const logits = file.node('Div', [cosines, temperature]);
  const counted = file.node('Add', [logits, given.exclusions]);
  const both = [1, 0].map((axis) => ({
    logs: file.node('LogSoftmax', [counted], { attributes: { axis: { int: axis } } }),
    shares: file.node('Softmax', [counted], { attributes: { axis: { int: axis } } }),
  }));
  const [rows, columns] = both;
  const logs = file.node('Add', [rows?.logs ?? '', columns?.logs ?? '']);
  const shares = file.node('Add', [rows?.shares ?? '', columns?.shares ?? '']);
  const half = file.node('Div', [file.floats([0.5], []), batchSize(file, logits)]);
  const total = sumOfAll(file, file.node('Mul', [logs, targets]));
  const surplus = file.node('Sub', [shares, file.node('Add', [targets, targets])]);
  const atLogits = file.node('Mul', [surplus, half]);
  const atCosines = file.node('Div', [atLogits, temperature]);
  const weighed = sumOfAll(file, file.node('Mul', [atCosines, logits]));
  return {
    loss: file.node('Neg', [file.node('Mul', [total, half])]),
    cosines,
    atVideos: behindUnit(file, videos, file.node('MatMul', [atCosines, texts.rows])),
    atTexts: behindUnit(
      file,
      texts,
      file.node('Gemm', [atCosines, videos.rows], { attributes: { transA: { int: 1 } } }),
    ),
    atTemperature: file.node('Neg', [weighed]),
  };
}

type UnitRows = { readonly rows: string; readonly lengths: string };

function unitRows(file: OnnxFile, name: string): UnitRows {
  const lengths = file.node('ReduceL2', [name, file.int64s([-1])]);
  return { rows: file.node('Div', [name, lengths]), lengths };
}

/** The gradient before rows were brought to length one: what lies along a row is lost. */
function behindUnit(file: OnnxFile, { rows, lengths }: UnitRows, gradient: string): string {
  const along = file.node('ReduceSum', [file.node('Mul', [gradient, rows]), file.int64s([-1])]);
  const across = file.node('Sub', [gradient, file.node('Mul', [rows, along])]);
  return file.node('Div', [across, lengths]);
}

function batchSize(file: OnnxFile, matrix: string): string {
  const attributes = { start: { int: 0 }, end: { int: 1 } };
  const size = file.node('Squeeze', [file.node('Shape', [matrix], { attributes })]);
  return file.node('Cast', [size], { attributes: { to: { int: 1 } } });
}

function sumOfAll(file: OnnxFile, matrix: string): string {
  return file.node('ReduceSum', [matrix], { attributes: { keepdims: { int: 0 } } });
}
