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
};

/** ONNX names of the loss, a scalar, and of its gradients. */
export type WrittenLoss = {
  readonly loss: string;
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
  const both = [1, 0].map((axis) => ({
    logs: file.node('LogSoftmax', [logits], { attributes: { axis: { int: axis } } }),
    shares: file.node('Softmax', [logits], { attributes: { axis: { int: axis } } }),
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
