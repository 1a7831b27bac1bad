import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  towerProcess,
  type TowerProcess,
} from '../../packages/viclip/src/backends/tower-process.js';
import { costOf } from '../../packages/viclip/src/model/cost.js';
import { visionGraph } from '../../packages/viclip/src/model/vision.js';
import { writeModelFolder } from '../../packages/viclip/src/onnx/model-folder.js';
import { viclipVariants, type ViclipVariant } from '../../packages/viclip/src/variants.js';
import { seededValues, seededWeights } from '../../packages/viclip/src/weights/seeded.js';
import { measured, type Bench, type Measurement } from './bench.js';
import { matrixRate, type MatrixRate } from './matrix-rate.js';

/** One way of running the video tower. */
type Case = {
  readonly variant: ViclipVariant;
  readonly engine: 'onnx' | 'tfjs';
  readonly precision: 'fp32' | 'int8';
  readonly batch: number;
  /** Passes, of which the best counts. */
  readonly passes: number;
};

/** tfjs runs on one thread of WebAssembly: B/16 alone, as L/14 would take minutes a clip. */
const CASES: readonly Case[] = (['b16', 'l14'] as const).flatMap((variant) => [
  { variant, engine: 'onnx', precision: 'fp32', batch: 1, passes: 3 } as const,
  { variant, engine: 'onnx', precision: 'fp32', batch: 8, passes: 1 } as const,
  { variant, engine: 'onnx', precision: 'int8', batch: 1, passes: 3 } as const,
  { variant, engine: 'onnx', precision: 'int8', batch: 8, passes: 1 } as const,
  ...(variant === 'b16'
    ? [{ variant, engine: 'tfjs', precision: 'fp32', batch: 1, passes: 1 } as const]
    : []),
]);
const GOAL = 0.8;

/**
 * Time of a clip of 8 frames through the video tower, with seeded weights: they take as long as trained ones. The floor is the
 * tower's multiplications at the rate that one large matrix product reaches on the same runtime and threads, measured between the passes.
 */
export const bench: Bench = async ({ say }) => {
  const threads = availableParallelism();
  const results: Measurement[] = [];
  for (const variant of ['b16', 'l14'] as const) {
    await using place = await workplace();
    const exact = new Map<number, Float32Array>();
    const { vision } = viclipVariants[variant];
    const tokens = vision.frames * (vision.image / vision.patch) ** 2;
    const rate = await matrixRate({ tokens, width: vision.width, threads });
    for (const precision of ['fp32', 'int8'] as const) {
      const directory = join(place.path, precision);
      await writeModelFolder(seededWeights(viclipVariants[variant]), directory, { precision });
      for (const one of CASES) {
        if (one.variant !== variant || one.precision !== precision) continue;
        say(`${nameOf(one)}: ${one.passes} passes`);
        results.push(...(await measure(one, { directory, threads, rate, exact })));
      }
    }
  }
  return results;
};

type Scope = {
  readonly directory: string;
  readonly threads: number;
  readonly rate: MatrixRate;
  /** Vectors of the fp32 form by batch. */
  readonly exact: Map<number, Float32Array>;
};

async function measure(one: Case, scope: Scope): Promise<readonly Measurement[]> {
  const { variant, engine, precision, batch, passes } = one;
  const { frames, image } = viclipVariants[variant].vision;
  const values = seededValues('frames/full', batch * frames * 3 * image * image, { amplitude: 2 });
  const { directory, threads, rate, exact } = scope;
  await using towers = await towerProcess({ engine, directory, provider: 'cpu', threads });
  // Loading is not the pass that is measured.
  await towers.run('vision', 1, values.subarray(0, values.length / batch));
  let best = Number.POSITIVE_INFINITY;
  let rows = new Float32Array();
  for (let pass = 0; pass < passes; pass++) {
    await rate.measure();
    const started = performance.now();
    rows = Float32Array.from(await towers.run('vision', batch, values));
    best = Math.min(best, (performance.now() - started) / batch);
  }
  await rate.measure();
  const { flops } = costOf(visionGraph(viclipVariants[variant]), 1);
  const floorMs = flops / rate.best() / 1e6;
  const name = nameOf(one);
  const isExact = engine === 'onnx' && precision === 'fp32';
  if (isExact) exact.set(batch, rows);
  return [
    measured(name, 'ms-per-clip', best, 'ms'),
    measured(name, 'clips-per-second', 1000 / best, '1/s'),
    measured(name, 'floor', floorMs, 'ms'),
    measured(name, 'ratio-to-floor', floorMs / best, 'ratio', ...(isExact ? [GOAL] : [])),
    measured(name, 'peak-memory', (await peakBytes(towers)) / 1e6, 'MB'),
    ...(isExact
      ? []
      : [measured(name, 'cosine-to-fp32', cosine(rows, exact.get(batch) ?? rows), 'ratio')]),
  ];
}

function nameOf({ variant, engine, precision, batch }: Case): string {
  return `${variant}/${engine}/${precision}/${batch}`;
}

/** Most memory that the process of the towers ever had; Linux only. */
async function peakBytes({ pid }: TowerProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
}

/** Of all vectors as one. */
function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (left: Float32Array, right: Float32Array): number =>
    left.reduce((sum, value, at) => sum + value * (right[at] ?? Number.NaN), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

async function workplace(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'viclip-bench-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
