import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { measured, type Bench, type Measurement } from './bench.js';
import type { TrainCase, TrainCost } from './train-case.js';

const CHILD = fileURLToPath(new URL('./train-case.ts', import.meta.url));

type Planned = TrainCase & {
  /** Seconds that PyTorch 2.13 takes for the same video tower, masking ratio and batch on two quiet cores. */
  readonly pytorchSeconds?: number;
};

const small = { variant: 'small', engine: 'onnx', batch: 16, trainsText: false, steps: 3 } as const;
const b16 = { ...small, variant: 'b16', mask: 0.9, steps: 2 } as const;

const CASES: readonly Planned[] = [
  { ...small, mask: 0.9 },
  { ...small, mask: 0.5, pytorchSeconds: 0.93 },
  { ...small, mask: 0, pytorchSeconds: 1.74 },
  { ...small, mask: 0.5, trainsText: true, pytorchSeconds: 0.97 },
  { ...small, mask: 0, trainsText: true, pytorchSeconds: 1.89 },
  { ...small, mask: 0, microBatch: 4 },
  { ...small, mask: 0, recompute: 'blocks' },
  { ...b16, batch: 4, pytorchSeconds: 3.9 },
  { ...b16, batch: 8, pytorchSeconds: 6.6 },
  { ...small, engine: 'tfjs', mask: 0.9 },
  { ...small, engine: 'tfjs', mask: 0.5, steps: 2 },
];

/**
 * Time of a training step (forwards, backwards, update) with seeded weights on drawn numbers; of several steps after the first, the
 * best counts. Each kind of step has a process of its own, whose memory is its own. On a machine with other work only the time of its
 * processors says something.
 */
export const bench: Bench = async ({ say }) => {
  const results: Measurement[] = [];
  for (const one of CASES) {
    say(`${nameOf(one)}: ${one.steps} steps`);
    results.push(...rowsOf(one, await costOf(one)));
  }
  return results;
};

async function costOf(one: Planned): Promise<TrainCost> {
  const args = ['--conditions=source', '--import', 'tsx', CHILD, JSON.stringify(one)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as TrainCost;
}

function rowsOf(one: Planned, cost: TrainCost): readonly Measurement[] {
  const name = nameOf(one);
  const { batch, pytorchSeconds } = one;
  const goal =
    pytorchSeconds === undefined ? [] : [Number((batch / pytorchSeconds).toPrecision(3))];
  return [
    measured(name, 'samples-per-second', (1000 * batch) / cost.msPerStep, '1/s', ...goal),
    measured(name, 'ms-per-step', cost.msPerStep, 'ms'),
    measured(name, 'processor-ms-per-step', cost.processorMsPerStep, 'ms'),
    measured(name, 'ms-forward', cost.msForward, 'ms'),
    measured(name, 'floor', cost.msFloor, 'ms'),
    measured(name, 'ratio-to-floor', cost.msFloor / cost.msPerStep, 'ratio'),
    measured(name, 'peak-memory', cost.peakBytes / 1e6, 'MB'),
  ];
}

/** `small/onnx/0.5/16`, and behind it what else is special. */
function nameOf({
  variant,
  engine,
  mask,
  batch,
  trainsText,
  microBatch,
  recompute,
}: TrainCase): string {
  return [
    `${variant}/${engine}/${mask}/${batch}`,
    ...(trainsText ? ['text-trained'] : []),
    ...(recompute === undefined ? [] : ['recomputed']),
    ...(microBatch === undefined ? [] : [`parts-of-${microBatch}`]),
  ].join('/');
}
