import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';

import { costOf } from '../../packages/viclip/src/model/cost.js';
import { visionGraph } from '../../packages/viclip/src/model/vision.js';
import { viclipTrainer, type Trainer } from '../../packages/viclip/src/train/trainer.js';
import type { ViclipConfig } from '../../packages/viclip/src/variants.js';
import { seededValues, seededWeights } from '../../packages/viclip/src/weights/seeded.js';
import { measured, type Bench, type Measurement } from './bench.js';

/** 393 tokens a clip. */
const SMALL: ViclipConfig = {
  vision: { width: 192, layers: 6, heads: 6, patch: 16, image: 112, frames: 8 },
  text: { width: 128, layers: 4, heads: 4, context: 32, vocabulary: 8192 },
  dimension: 128,
};
const BATCH = 16;
const STEPS = 3;

/** The text tower is frozen. From least to most memory, as a process does not give all of it back. */
const CASES = [
  { mask: 0.9, microBatch: undefined },
  { mask: 0.5, microBatch: undefined },
  { mask: 0, microBatch: 4 },
  { mask: 0, microBatch: undefined },
] as const;

/** Samples a second of PyTorch 2.13 on two quiet cores for the same video tower with a frozen text tower, by masking ratio. */
const GOALS: Readonly<Record<number, number>> = { 0: BATCH / 1.74, 0.5: BATCH / 0.93 };

/**
 * Time of a training step (forwards, backwards, update) of a small model with seeded weights on drawn numbers; of several steps
 * after the first, the best counts. On a machine with other work only the time of its processors says something. `gflops` counts three times the multiplications of the forward pass.
 */
export const bench: Bench = async ({ say }) => {
  const results: Measurement[] = [];
  for (const one of CASES) {
    await using trainer = await viclipTrainer(
      seededWeights(SMALL),
      {
        schedule: { learningRate: 2e-4, updates: STEPS + 1, warmup: 1 },
        maskRatio: one.mask,
        microBatch: one.microBatch,
      },
      { threads: availableParallelism() },
    );
    const parts = one.microBatch === undefined ? '' : `/parts-of-${one.microBatch}`;
    const name = `small/onnx/${one.mask}/${BATCH}${parts}`;
    say(`${name}: ${STEPS} steps`);
    const { ms, processorMs } = await bestStep(trainer);
    const { flops } = costOf(visionGraph(SMALL, { kept: trainer.keptTokens }), BATCH);
    const goal = one.microBatch === undefined ? GOALS[one.mask] : undefined;
    results.push(
      measured(name, 'samples-per-second', (1000 * BATCH) / ms, '1/s', goal),
      measured(name, 'ms-per-step', ms, 'ms'),
      measured(name, 'processor-ms-per-step', processorMs, 'ms'),
      measured(name, 'gflops', (3 * flops) / ms / 1e6, 'GFLOP/s'),
      measured(name, 'peak-memory', (await peakBytes()) / 1e6, 'MB'),
    );
  }
  return results;
};

type StepTime = { readonly ms: number; readonly processorMs: number };

async function bestStep(trainer: Trainer): Promise<StepTime> {
  const { frames, image } = SMALL.vision;
  const clips = seededValues('frames/train', BATCH * frames * 3 * image ** 2, { amplitude: 2 });
  const vectors = seededValues('texts/train', BATCH * SMALL.dimension, { amplitude: 1 });
  const batch = { frames: clips, texts: { vectors } };
  // Of the first step, loading is a part, and its peak is not that of training.
  await trainer.train(batch);
  await forgetPeak();
  const times: { ms: number; processorMs: number }[] = [];
  for (let step = 0; step < STEPS; step++) {
    const [started, used] = [performance.now(), process.cpuUsage()];
    await trainer.train(batch);
    const { user, system } = process.cpuUsage(used);
    times.push({ ms: performance.now() - started, processorMs: (user + system) / 1000 });
  }
  return {
    ms: Math.min(...times.map(({ ms }) => ms)),
    processorMs: Math.min(...times.map(({ processorMs }) => processorMs)),
  };
}

/** Linux only. */
async function forgetPeak(): Promise<void> {
  await writeFile('/proc/self/clear_refs', '5');
}

async function peakBytes(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
}
