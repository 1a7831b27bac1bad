import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { openBudget } from '../../src/download/budget.js';

const spent = { retryable: true, details: { reason: 'over-budget' } };
const errorOf = (work: () => void): unknown => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
};

it('lets a run spend its bytes to the last one, and then begin nothing more', () => {
  const budget = openBudget({ bytes: 10 });
  budget.spend(0);
  budget.spend(10);
  expect(errorOf(() => budget.spend(0))).toMatchObject(spent);
  expect(errorOf(() => budget.spend(1))).toMatchObject(spent);
});

it('counts its time from the first download on', async () => {
  const budget = openBudget({ ms: 30 });
  await sleep(50);
  budget.spend(0);
  await sleep(50);
  expect(errorOf(() => budget.spend(0))).toMatchObject(spent);
});
