import type { GoldenCheck } from './check.js';
import { checkGradients, checkMicroBatches } from './training-gradients.js';
import { checkGroups, checkMasks, checkSchedules } from './training-rules.js';
import { checkCurves, checkTemperature, checkUpdates } from './training-runs.js';

/** Compares losses, gradients, updates, schedules and whole runs with the authors' training. */
export async function checkTraining(): Promise<readonly GoldenCheck[]> {
  const checks = [
    ...(await checkGradients()),
    ...(await checkMicroBatches()),
    ...(await checkUpdates()),
    ...checkSchedules(),
    ...checkGroups(),
    ...(await checkTemperature()),
    ...checkMasks(),
    ...(await checkCurves()),
  ];
  return checks.map((check) => ({ ...check, name: `training/${check.name}` }));
}
