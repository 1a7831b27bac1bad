import { freshState } from '../../src/train/train-state.js';
import { gradientEngine } from '../../src/train/gradient-engine.js';
import type { TrainingEngine } from '../../src/train/graph-session.js';
import type { TrainingGraphOptions } from '../../src/train/training-graph.js';
import { openSafetensors } from '../../src/weights/safetensors.js';
import { seededWeights } from '../../src/weights/seeded.js';
import { furthest, type GoldenCheck } from './check.js';
import { TRAINING_CONFIG, readRecorded, recordedInputs, recordedPath } from './training-data.js';

/** The README's limits for float32; gradients relative to the largest of their tensor. */
const LIMITS = { loss: 2e-5, gradient: 5e-5 };

const CASES: Readonly<Record<string, TrainingGraphOptions>> = {
  'mask0-frozen': { trainsText: false },
  'mask0-trained': { trainsText: true },
  'mask90-frozen': { trainsText: false, kept: 7 },
  'dupidx-trained': { trainsText: true },
  'droppath-token': { trainsText: false, dropPath: { rate: 0.5, unit: 'token' } },
  'droppath-sample': { trainsText: false, dropPath: { rate: 0.5, unit: 'sample' } },
};

/** Loss and every gradient of the six recorded steps. */
export async function checkGradients(engine: TrainingEngine): Promise<readonly GoldenCheck[]> {
  const checks: GoldenCheck[] = [];
  for (const [name, options] of Object.entries(CASES)) {
    checks.push(...(await compareStep(name, { name, options, engine })));
  }
  return checks;
}

/** The same gradient in parts of two and of four. */
export async function checkMicroBatches(engine: TrainingEngine): Promise<readonly GoldenCheck[]> {
  const checks: GoldenCheck[] = [];
  for (const microBatch of [2, 4]) {
    const options = { trainsText: true, microBatch };
    const trained = { name: 'mask0-trained', options, engine };
    checks.push(...(await compareStep(`parts-of-${microBatch}`, trained)));
  }
  const { kept } = CASES['mask90-frozen']!;
  const options = { trainsText: false, kept, microBatch: 2 };
  const masked = { name: 'mask90-frozen', options, engine };
  return [...checks, ...(await compareStep('parts-of-2-masked', masked))];
}

/** The same gradient where blocks are computed again. */
export async function checkRecomputed(engine: TrainingEngine): Promise<readonly GoldenCheck[]> {
  const checks: GoldenCheck[] = [];
  for (const name of ['mask0-trained', 'mask90-frozen', 'droppath-token']) {
    const options = { ...CASES[name]!, recompute: 'blocks' as const };
    checks.push(...(await compareStep(`recomputed/${name}`, { name, options, engine })));
  }
  return checks;
}

type Recorded = {
  readonly name: string;
  readonly engine: TrainingEngine;
  readonly options: TrainingGraphOptions & { readonly microBatch?: number };
};

async function compareStep(
  label: string,
  { name, options, engine: kind }: Recorded,
): Promise<readonly GoldenCheck[]> {
  const golden = (readRecorded('step0.json') as Record<string, { loss: number; idx: number[] }>)[
    name
  ]!;
  const { weights } = await freshState(seededWeights(TRAINING_CONFIG), { trainsText: true });
  await using engine = gradientEngine(TRAINING_CONFIG, { ...options, engine: kind, threads: 1 });
  const inputs = recordedInputs(name, golden.idx);
  const tokens = inputs.get('tokens')!;
  const texts = await engine.vectors(weights, 'text', tokens);
  inputs.set('texts', { values: texts, sizes: [golden.idx.length, TRAINING_CONFIG.dimension] });
  const { loss, gradients } = await engine.gradients(weights, inputs);
  await using expected = await openSafetensors(recordedPath(`grad-${name}.safetensors`));
  let worst = Math.abs(gradients.size - expected.tensors.size);
  for (const key of expected.tensors.keys()) {
    const values = await expected.read(key);
    const largest = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    worst = furthest([worst, furthest(gradients.get(key) ?? [], values) / largest], [0, 0]);
  }
  return [
    { name: `${label}/loss`, worst: Math.abs(loss - golden.loss), tolerance: LIMITS.loss },
    { name: `${label}/gradients`, worst, tolerance: LIMITS.gradient },
  ];
}
