import { describe, expect, it } from '@jest/globals';

import { holds, type GoldenCheck } from '../golden/check.js';
import {
  checkGradients,
  checkMicroBatches,
  checkRecomputed,
} from '../golden/training-gradients.js';
import { checkGroups, checkMasks, checkSchedules } from '../golden/training-rules.js';
import { checkCurves, checkTemperature, checkUpdates } from '../golden/training-runs.js';
import { describeWith } from '../shared-files.js';

describeWith('golden/viclip-training', 'training beside the authors’ own', () => {
  const agree = (checks: readonly GoldenCheck[], count: number): void => {
    expect(checks).toHaveLength(count);
    expect(checks.filter((check) => !holds(check))).toEqual([]);
  };

  it('follows the rates, decays the same parameters and draws masks alike', () =>
    agree([...checkSchedules(), ...checkGroups(), ...checkMasks()], 8));

  describe.each(['onnx', 'tfjs'] as const)('on %s', (engine) => {
    it('gives the losses and gradients of six kinds of step', async () =>
      agree(await checkGradients(engine), 12));
    it('gives them in parts too', async () => agree(await checkMicroBatches(engine), 6));
    it('gives them where blocks are computed again', async () =>
      agree(await checkRecomputed(engine), 6));
    it('updates weights alike', async () => agree(await checkUpdates(engine), 27));
    it('keeps the temperature from falling too low', async () =>
      agree(await checkTemperature(engine), 15));
    it('follows two runs of sixty updates', async () => agree(await checkCurves(engine), 8));
  });
});
