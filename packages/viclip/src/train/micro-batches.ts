import type { ViclipConfig } from '../variants.js';
import type {
  LossGradients,
  ParameterValues,
  Run,
  StepInput,
  StepInputs,
} from './gradient-engine.js';
import type { TrainedTower } from './training-graph.js';

/** A batch that is larger than a part. */
export type InParts = {
  readonly run: Run;
  readonly weights: ParameterValues;
  readonly config: ViclipConfig;
  readonly trainsText: boolean;
  readonly microBatch: number;
  readonly batch: number;
  readonly signal: AbortSignal | undefined;
};

/**
 * The gradient of a whole batch without its memory (gradient caching, Gao et al. 2021, arXiv 2101.06983): vectors of all parts, then
 * the loss and its gradient at the vectors, then each part again, backwards from its rows.
 */
export async function inParts(parts: InParts, inputs: StepInputs): Promise<LossGradients> {
  const { run, weights, trainsText } = parts;
  const videos = await vectorsOf(parts, 'vision', inputs);
  const texts = trainsText ? await vectorsOf(parts, 'text', inputs) : inputs.get('texts');
  if (texts === undefined) throw new RangeError('The step has no input texts.');
  const all = new Map(inputs).set('videos', videos).set('texts', texts);
  const { outputs, gradients } = await run('loss', weights, all);
  const sums = new Map(gradients);
  await backwards(parts, 'vision', { inputs, at: outputs.get('at-videos'), sums });
  if (trainsText) await backwards(parts, 'text', { inputs, at: outputs.get('at-texts'), sums });
  return { ...lossOf(outputs), gradients: sums };
}

/** The loss among the outputs of a graph, and what it was made of. */
export function lossOf(
  outputs: ReadonlyMap<string, Float32Array>,
): Pick<LossGradients, 'loss' | 'cosines'> {
  const loss = outputs.get('loss')?.[0] ?? Number.NaN;
  return { loss, cosines: outputs.get('cosines') ?? new Float32Array() };
}

async function vectorsOf(
  parts: InParts,
  tower: TrainedTower,
  inputs: StepInputs,
): Promise<StepInput> {
  const { run, weights, config, batch } = parts;
  const values = new Float32Array(batch * config.dimension);
  for (const { part, first } of cut(parts, inputs)) {
    const { outputs } = await run(`${tower}-part`, weights, part);
    values.set(outputs.get('vectors') ?? [], first * config.dimension);
  }
  return { values, sizes: [batch, config.dimension] };
}

type Backwards = {
  readonly inputs: StepInputs;
  readonly at: Float32Array | undefined;
  readonly sums: Map<string, Float32Array>;
};

async function backwards(
  parts: InParts,
  tower: TrainedTower,
  { inputs, at = new Float32Array(), sums }: Backwards,
): Promise<void> {
  const { run, weights, config, batch } = parts;
  const seed = { values: at, sizes: [batch, config.dimension] };
  for (const { part } of cut(parts, new Map(inputs).set('at-vectors', seed))) {
    const { gradients } = await run(`${tower}-step`, weights, part);
    for (const [key, gradient] of gradients) {
      const sum = sums.get(key);
      if (sum === undefined) sums.set(key, gradient);
      else for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] ?? 0) + (gradient[at] ?? 0);
    }
  }
}

/** The samples of a step in parts of at most `microBatch`. */
function* cut(
  { batch, microBatch, signal }: InParts,
  inputs: StepInputs,
): Generator<{ readonly part: StepInputs; readonly first: number }> {
  for (let first = 0; first < batch; first += microBatch) {
    signal?.throwIfAborted();
    const count = Math.min(microBatch, batch - first);
    const part = [...inputs].map(([name, input]) => {
      if (input.isShared === true) return [name, input] as const;
      const length = input.values.length / batch;
      const values = input.values.subarray(first * length, (first + count) * length);
      return [name, { values, sizes: [count, ...input.sizes.slice(1)] }] as const;
    });
    yield { part: new Map(part), first };
  }
}
