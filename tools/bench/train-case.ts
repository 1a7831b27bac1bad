import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';

import { costOf } from '../../packages/viclip/src/model/cost.js';
import { parameterShapes } from '../../packages/viclip/src/model/parameters.js';
import { textGraph } from '../../packages/viclip/src/model/text.js';
import { visionGraph } from '../../packages/viclip/src/model/vision.js';
import {
  graphSession,
  type TrainingEngine,
} from '../../packages/viclip/src/train/graph-session.js';
import { freshState } from '../../packages/viclip/src/train/train-state.js';
import { viclipTrainer, type Trainer } from '../../packages/viclip/src/train/trainer.js';
import { towerGraph, type TrainedTower } from '../../packages/viclip/src/train/training-graph.js';
import type { TrainBatch } from '../../packages/viclip/src/train/step-inputs.js';
import { viclipVariants, type ViclipConfig } from '../../packages/viclip/src/variants.js';
import { seededValues, seededWeights } from '../../packages/viclip/src/weights/seeded.js';
import { matrixRate } from './matrix-rate.js';

/** A kind of step. */
export type TrainCase = {
  readonly variant: keyof typeof VARIANTS;
  readonly engine: TrainingEngine;
  readonly mask: number;
  readonly batch: number;
  readonly trainsText: boolean;
  readonly microBatch?: number;
  readonly recompute?: 'blocks';
  /** Steps after the first, of which the best counts. */
  readonly steps: number;
};

/** What a step of a case costs. */
export type TrainCost = {
  readonly msPerStep: number;
  /** All cores together. */
  readonly processorMsPerStep: number;
  /** The towers that are trained, forwards alone, on the same batch and mask. */
  readonly msForward: number;
  /** All multiplications at the rate of one large matrix product in onnxruntime. */
  readonly msFloor: number;
  readonly peakBytes: number;
};

const VARIANTS = {
  /** 393 tokens a clip. */
  small: {
    vision: { width: 192, layers: 6, heads: 6, patch: 16, image: 112, frames: 8 },
    text: { width: 128, layers: 4, heads: 4, context: 32, vocabulary: 8192 },
    dimension: 128,
  },
  b16: viclipVariants.b16,
} as const satisfies Readonly<Record<string, ViclipConfig>>;

if (process.argv[2] !== undefined) {
  const result = await measureCase(JSON.parse(process.argv[2]) as TrainCase);
  process.stdout.write(JSON.stringify(result));
}

async function measureCase(one: TrainCase): Promise<TrainCost> {
  const config = VARIANTS[one.variant];
  const { engine, mask: maskRatio, trainsText, microBatch, recompute, steps } = one;
  const threads = engine === 'onnx' ? availableParallelism() : 1;
  await using trainer = await viclipTrainer(
    seededWeights(config),
    {
      schedule: { learningRate: 2e-4, updates: steps + 1, warmup: 1 },
      ...{ maskRatio, trainsText, microBatch, recompute },
    },
    { engine, threads },
  );
  const batch = drawnBatch(config, one);
  // Of the first step, loading is a part, and its peak is not that of training.
  await trainer.train(batch);
  await writeFile('/proc/self/clear_refs', '5');
  const rate = await matrixRate({
    tokens: Math.min(one.batch * (trainer.keptTokens + 1), 4096),
    width: config.vision.width,
    threads: availableParallelism(),
  });
  const times: (readonly [ms: number, processorMs: number])[] = [];
  for (let step = 0; step < steps; step++) {
    await rate.measure();
    const [started, used] = [performance.now(), process.cpuUsage()];
    await trainer.train(batch);
    const { user, system } = process.cpuUsage(used);
    times.push([performance.now() - started, (user + system) / 1000]);
  }
  const peakBytes = await peakMemory();
  await rate.measure();
  return {
    msPerStep: Math.min(...times.map(([ms]) => ms)),
    processorMsPerStep: Math.min(...times.map(([, ms]) => ms)),
    msForward: await forwardMs(trainer, one, batch),
    msFloor: (3 * forwardFlops(trainer, one)) / rate.best() / 1e6,
    peakBytes,
  };
}

function drawnBatch(config: ViclipConfig, { batch, trainsText }: TrainCase): TrainBatch {
  const { vision, text, dimension } = config;
  const numbers = batch * vision.frames * 3 * vision.image ** 2;
  const frames = seededValues('frames/train', numbers, { amplitude: 2 });
  if (!trainsText) {
    const vectors = seededValues('texts/train', batch * dimension, { amplitude: 1 });
    return { frames, texts: { vectors } };
  }
  const tokens = Int32Array.from({ length: batch * text.context }, (_, at) => (7919 * at) % 8000);
  return { frames, texts: { tokens } };
}

/** Backwards, each product has two: one for each factor. */
function forwardFlops({ config, keptTokens }: Trainer, { batch, trainsText }: TrainCase): number {
  const vision = costOf(visionGraph(config, { kept: keptTokens }), batch).flops;
  return vision + (trainsText ? costOf(textGraph(config), batch).flops : 0);
}

async function forwardMs(trainer: Trainer, one: TrainCase, batch: TrainBatch): Promise<number> {
  const { config, keptTokens: kept } = trainer;
  const { frames, image } = config.vision;
  const { weights } = await freshState(trainer.weights(), { trainsText: false });
  const tokens = 'tokens' in batch.texts ? batch.texts.tokens : new Int32Array();
  const threads = one.engine === 'onnx' ? availableParallelism() : 1;
  const rows = Int32Array.from({ length: one.batch * kept }, (_, at) => at % kept);
  const inputs = new Map([
    ['frames', { values: batch.frames, sizes: [one.batch, frames, 3, image, image] }],
    ['tokens', { values: tokens, sizes: [one.batch, config.text.context] }],
    ['kept', { values: rows, sizes: [one.batch, kept] }],
  ]);
  const shapes = parameterShapes(config);
  let total = 0;
  const towers: readonly TrainedTower[] = one.trainsText ? ['vision', 'text'] : ['vision'];
  for (const tower of towers) {
    const { bytes } = towerGraph(config, tower, { trainsText: one.trainsText, kept });
    await using session = await graphSession(bytes, { engine: one.engine, threads });
    let best = Number.POSITIVE_INFINITY;
    for (let turn = 0; turn <= one.steps; turn++) {
      const started = performance.now();
      await session.run((name) => {
        const values = weights.get(name);
        const given = values && { values, sizes: shapes.get(name) ?? [] };
        const found = given ?? inputs.get(name);
        if (found === undefined) throw new RangeError(`The tower has no input ${name}.`);
        return found;
      });
      best = Math.min(best, performance.now() - started);
    }
    total += best;
  }
  return total;
}

/** Linux only. */
async function peakMemory(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
}
