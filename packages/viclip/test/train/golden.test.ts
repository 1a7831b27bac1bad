import { expect, it } from '@jest/globals';

import { holds, type GoldenCheck } from '../golden/check.js';
import { checkGradients, checkMicroBatches } from '../golden/training-gradients.js';
import { checkGroups, checkMasks, checkSchedules } from '../golden/training-rules.js';
import { checkCurves, checkTemperature, checkUpdates } from '../golden/training-runs.js';
import { describeWith } from '../shared-files.js';

describeWith('golden/viclip-training', 'training beside the authors’ own', () => {
  const agree = (checks: readonly GoldenCheck[], count: number): void => {
    expect(checks).toHaveLength(count);
    expect(checks.filter((check) => !holds(check))).toEqual([]);
  };

  it('gives the losses and gradients of six kinds of step', async () =>
    agree(await checkGradients(), 12));
  it('gives them in parts too', async () => agree(await checkMicroBatches(), 6));
  it('updates weights alike', async () => agree(await checkUpdates(), 27));
  it('follows the rates, decays the same parameters and draws masks alike', () =>
    agree([...checkSchedules(), ...checkGroups(), ...checkMasks()], 8));
  it('keeps the temperature from falling too low', async () => agree(await checkTemperature(), 15));
  it('follows two runs of sixty updates', async () => agree(await checkCurves(), 8));
});
