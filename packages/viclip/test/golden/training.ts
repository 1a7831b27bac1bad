import type { TrainingEngine } from '../../src/train/graph-session.js';
import type { GoldenCheck } from './check.js';
import { checkGradients, checkMicroBatches, checkRecomputed } from './training-gradients.js';
import { checkGroups, checkMasks, checkSchedules } from './training-rules.js';
import { checkCurves, checkTemperature, checkUpdates } from './training-runs.js';

/** Compares losses, gradients, updates, schedules and whole runs with the authors' training, on every engine that runs here. */
export async function checkTraining(): Promise<readonly GoldenCheck[]> {
  return [
    ...named('training', [...checkSchedules(), ...checkGroups(), ...checkMasks()]),
    ...(await checkEngine('onnx')),
    ...(await checkEngine('tfjs')),
  ];
}

async function checkEngine(engine: TrainingEngine): Promise<readonly GoldenCheck[]> {
  return named(`training/${engine}`, [
    ...(await checkGradients(engine)),
    ...(await checkMicroBatches(engine)),
    ...(await checkRecomputed(engine)),
    ...(await checkUpdates(engine)),
    ...(await checkTemperature(engine)),
    ...(await checkCurves(engine)),
  ]);
}

function named(start: string, checks: readonly GoldenCheck[]): readonly GoldenCheck[] {
  return checks.map((check) => ({ ...check, name: `${start}/${check.name}` }));
}
