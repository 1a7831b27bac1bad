import { parameterShapes } from '../model/parameters.js';
import type { ViclipConfig } from '../variants.js';
import type { Weights } from '../weights/weights.js';
import { decays, updateWeights, type AdamW, type Moments } from './adamw.js';
import type { TrainSettings } from './settings.js';

/** A model in training: all of it that changes. */
export type TrainState = {
  readonly config: ViclipConfig;
  /** Every parameter by key; updates write them in place. */
  readonly weights: ReadonlyMap<string, Float32Array>;
  /** The trained parameters by key. */
  readonly moments: ReadonlyMap<string, Pick<Moments, 'first' | 'second'>>;
  /** Moving averages of the trained parameters by key, where they are kept; updates write them in place. */
  readonly averages?: ReadonlyMap<string, Float32Array>;
  /** Updates done. */
  step: number;
};

/** Lowest temperature (`temp_min` of the published training): cosines are multiplied by 100 at most. */
export const LEAST_TEMPERATURE = 0.01;

/** The keys of the parameters that are trained, in the order of the state dict. */
export function trainedKeys(config: ViclipConfig, trainsText: boolean): readonly string[] {
  const keys = [...parameterShapes(config).keys()];
  return trainsText ? keys : keys.filter((key) => !key.startsWith('text_encoder.'));
}

/** Reads a model into memory, where nothing was learnt yet. */
export async function freshState(
  source: Weights,
  { trainsText, averageDecay }: Pick<TrainSettings, 'trainsText' | 'averageDecay'>,
  signal?: AbortSignal,
): Promise<TrainState> {
  const weights = new Map<string, Float32Array>();
  for (const key of parameterShapes(source.config).keys()) {
    // The reader may keep what it gave, and training writes in place.
    weights.set(key, (await source.read(key, signal)).slice());
  }
  const moments = trainedKeys(source.config, trainsText).map((key) => {
    const { length } = weights.get(key) ?? [];
    return [key, { first: new Float32Array(length), second: new Float32Array(length) }] as const;
  });
  const averages = moments.map(
    ([key]) => [key, (weights.get(key) ?? new Float32Array()).slice()] as const,
  );
  return {
    config: source.config,
    weights,
    moments: new Map(moments),
    ...(averageDecay === undefined ? {} : { averages: new Map(averages) }),
    step: 0,
  };
}

/** Brings the temperature back to its lowest, outside the gradient, as is done before every step. There is no highest. */
export function clampTemperature({ weights }: TrainState): void {
  const temperature = weights.get('temp');
  if (temperature === undefined) return;
  temperature[0] = Math.max(temperature[0] ?? 0, LEAST_TEMPERATURE);
}

/** What an update of all trained parameters is made from. */
export type StateUpdate = {
  readonly gradients: ReadonlyMap<string, Float32Array>;
  /** Every gradient is multiplied with it. */
  readonly scale: number;
  readonly rate: number;
  readonly settings: AdamW;
  readonly averageDecay?: number | undefined;
};

/** Makes one update in place. */
export function updateState(state: TrainState, update: StateUpdate): void {
  const { gradients, scale, rate, settings } = update;
  const shapes = parameterShapes(state.config);
  state.step += 1;
  for (const [key, moments] of state.moments) {
    const [weights, gradient] = [state.weights.get(key), gradients.get(key)];
    if (weights === undefined || gradient?.length !== weights.length) {
      throw new RangeError(`There is no gradient for ${key}.`);
    }
    const isDecayed = decays(key, shapes.get(key) ?? []);
    const step = { step: state.step, scale, rate, settings, decays: isDecayed };
    updateWeights({ ...moments, weights }, { ...step, gradient });
    follow(state.averages?.get(key), weights, update.averageDecay);
  }
}

function follow(
  average: Float32Array | undefined,
  weights: Float32Array,
  decay: number | undefined,
): void {
  if (average === undefined || decay === undefined) return;
  for (let at = 0; at < average.length; at++) {
    average[at] = decay * (average[at] ?? 0) + (1 - decay) * (weights[at] ?? 0);
  }
}

/** Every parameter, those that were trained as they are or as their averages. */
export function valuesOf(state: TrainState, choice: WeightsChoice): TrainState['weights'] {
  const { weights, averages } = state;
  if (choice === 'latest') return weights;
  if (averages === undefined) {
    throw new RangeError('The run keeps no averages: set settings.averageDecay.');
  }
  return new Map([...weights, ...averages]);
}

/** Which numbers of a run are meant: those after the last update, or their moving averages. */
export type WeightsChoice = 'latest' | 'averages';

/** The parameters as they are now, to be written, averaged or evaluated. */
export function weightsOf(state: TrainState, choice: WeightsChoice): Weights {
  const { config, step } = state;
  const weights = valuesOf(state, choice);
  const changes = [`trained for ${step} steps`];
  return {
    config,
    changes: choice === 'latest' ? changes : [...changes, 'moving averages of the weights'],
    read(key) {
      const values = weights.get(key);
      if (values === undefined) throw new RangeError(`The model has no parameter ${key}.`);
      return Promise.resolve(values.slice());
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
