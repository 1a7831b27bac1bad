import { parameterShapes } from '../model/parameters.js';
import type { ViclipConfig } from '../variants.js';
import {
  graphSession,
  type GraphSession,
  type Numbers,
  type SessionOptions,
} from './graph-session.js';
import { inParts, lossOf } from './micro-batches.js';
import {
  gradientName,
  lossGraph,
  stepGraph,
  towerGraph,
  towerStepGraph,
  type TrainedTower,
  type TrainingGraph,
  type TrainingGraphOptions,
} from './training-graph.js';

/** What goes into the graphs besides the parameters, by the name of their input. */
export type StepInputs = ReadonlyMap<string, StepInput>;

/** One input of a step. */
export type StepInput = Numbers & {
  /** The same for all samples, rather than a row for each. */
  readonly isShared?: boolean;
};

/** The loss of a batch and what it would take to change it. */
export type LossGradients = {
  readonly loss: number;
  /** `[batch, batch]`: rows are clips, columns texts. */
  readonly cosines: Float32Array;
  /** By key of the parameter, in its shape. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
};

/** How gradients are computed. */
export type GradientEngineOptions = SessionOptions &
  TrainingGraphOptions & {
    /**
     * Samples that go through the towers at once. Larger batches are then run in parts, forwards twice (gradient caching, Gao et
     * al. 2021, arXiv 2101.06983): the same gradient, for memory of one part. Default: the whole batch at once.
     */
    readonly microBatch?: number | undefined;
  };

/** The parameters of a model in memory, by key. */
export type ParameterValues = ReadonlyMap<string, Float32Array>;

/** Computes losses and gradients. Graphs are written and loaded when they are first needed, then kept. */
export interface GradientEngine extends AsyncDisposable {
  /**
   * Of one batch.
   *
   * @param inputs `frames`, `targets` and `exclusions` as `[batch, batch]`, `tokens` or, with a frozen text tower, `texts`; with masking `kept`;
   * with drop path the factors of its branches.
   */
  gradients(
    weights: ParameterValues,
    inputs: StepInputs,
    signal?: AbortSignal,
  ): Promise<LossGradients>;
  /** Vectors of a tower, `[batch, dimension]`, not of unit length, without masking or drop path. */
  vectors(weights: ParameterValues, tower: TrainedTower, input: Numbers): Promise<Float32Array>;
}

/** The graphs that an engine has. */
export type Form = 'step' | 'loss' | TrainedTower | `${TrainedTower}-part` | `${TrainedTower}-step`;

/** Starts an engine; nothing is loaded yet. */
export function gradientEngine(
  config: ViclipConfig,
  options: GradientEngineOptions,
): GradientEngine {
  const shapes = parameterShapes(config);
  const loaded = new Map<Form, Promise<Loaded>>();
  const get = (form: Form): Promise<Loaded> => {
    const known = loaded.get(form) ?? load(graphOf(form, config, options), options);
    loaded.set(form, known);
    return known;
  };
  const run: Run = async (form, weights, inputs) => {
    const { graph, session } = await get(form);
    const outputs = await session.run((name) => {
      const values = weights.get(name);
      const given =
        values === undefined ? inputs.get(name) : { values, sizes: shapes.get(name) ?? [] };
      if (given === undefined) throw new RangeError(`The step has no input ${name}.`);
      return given;
    });
    return { outputs, gradients: dense(graph, { outputs, inputs, weights }) };
  };
  return {
    gradients(weights, inputs, signal) {
      signal?.throwIfAborted();
      const batch = inputs.get('frames')?.sizes[0] ?? 0;
      const { microBatch = batch, trainsText } = options;
      return batch <= microBatch
        ? atOnce(run, weights, inputs)
        : inParts({ run, weights, config, trainsText, microBatch, batch, signal }, inputs);
    },
    async vectors(weights, tower, input) {
      const name = tower === 'vision' ? 'frames' : 'tokens';
      const { outputs } = await run(tower, weights, new Map([[name, input]]));
      return outputs.get('vectors') ?? new Float32Array();
    },
    async [Symbol.asyncDispose]() {
      const sessions = await Promise.allSettled(loaded.values());
      for (const one of sessions) {
        if (one.status === 'fulfilled') await one.value.session[Symbol.asyncDispose]();
      }
      loaded.clear();
    },
  };
}

type Loaded = { readonly graph: TrainingGraph; readonly session: GraphSession };

/** Outputs of a graph; `gradients` by key of the parameter, in its shape. */
export type Ran = {
  readonly outputs: ReadonlyMap<string, Float32Array>;
  readonly gradients: ReadonlyMap<string, Float32Array>;
};

/** Runs one of the graphs. */
export type Run = (form: Form, weights: ParameterValues, inputs: StepInputs) => Promise<Ran>;

async function load(graph: TrainingGraph, options: SessionOptions): Promise<Loaded> {
  return { graph, session: await graphSession(graph.bytes, options) };
}

function graphOf(form: Form, config: ViclipConfig, options: TrainingGraphOptions): TrainingGraph {
  const plain = { trainsText: options.trainsText };
  switch (form) {
    case 'step':
      return stepGraph(config, options);
    case 'loss':
      return lossGraph(config);
    case 'vision':
    case 'text':
      return towerGraph(config, form, plain);
    case 'vision-part':
      return towerGraph(config, 'vision', options);
    case 'text-part':
      return towerGraph(config, 'text', options);
    case 'vision-step':
      return towerStepGraph(config, 'vision', options);
    case 'text-step':
      return towerStepGraph(config, 'text', options);
  }
}

async function atOnce(
  run: Run,
  weights: ParameterValues,
  inputs: StepInputs,
): Promise<LossGradients> {
  const { outputs, gradients } = await run('step', weights, inputs);
  return { ...lossOf(outputs), gradients };
}

type DenseOptions = {
  readonly outputs: ReadonlyMap<string, Float32Array>;
  readonly inputs: StepInputs;
  readonly weights: ParameterValues;
};

/** Gradients in the shapes of their parameters: gradients of chosen rows are added to where they were chosen from. */
function dense(
  { gradients }: TrainingGraph,
  { outputs, inputs, weights }: DenseOptions,
): ReadonlyMap<string, Float32Array> {
  const found = new Map<string, Float32Array>();
  for (const [key, written] of gradients) {
    const values = outputs.get(gradientName(key)) ?? new Float32Array();
    if (written.kind === 'whole') {
      found.set(key, values);
      continue;
    }
    const ids = inputs.get(written.ids)?.values ?? new Int32Array();
    found.set(key, addedRows(values, ids, weights.get(key)?.length ?? 0));
  }
  return found;
}

function addedRows(
  rows: Float32Array,
  ids: Float32Array | Int32Array,
  length: number,
): Float32Array {
  const table = new Float32Array(length);
  const width = rows.length / ids.length;
  for (const [row, id] of ids.entries()) {
    for (let column = 0; column < width; column++) {
      const at = id * width + column;
      table[at] = (table[at] ?? 0) + (rows[row * width + column] ?? 0);
    }
  }
  return table;
}
