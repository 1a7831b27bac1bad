import {
  totalsOf,
  type JsonObject,
  type StageCount,
  type StepTotals,
  type Store,
} from '@internvid/core';

import type { CurrentSteps } from './current-steps.js';
import { formatCounts, formatTable } from './format.js';
import { STEP_NAMES } from './steps.js';

/** What became of everything at one step. */
export type StepFunnel = {
  readonly step: string;
  readonly fingerprint: string;
  readonly totals: StepTotals;
};

/** Reads the funnel of a dataset back from its reports. */
export async function readFunnel(store: Store, steps: CurrentSteps): Promise<StepFunnel[]> {
  const funnel: StepFunnel[] = [];
  for (const name of STEP_NAMES) {
    const key = steps.find(name);
    if (key === undefined) continue;
    funnel.push({ step: name, fingerprint: key.fingerprint, totals: await totalsOf(store, key) });
  }
  return funnel;
}

/** The funnel as a table: a row for each stage that takes something in. */
export function formatFunnel(funnel: readonly StepFunnel[]): string {
  const rows = funnel.flatMap(({ step, totals }) =>
    totals.stages
      .filter((count, index) => index > 0 || rejectedOf(count) > 0)
      .map((count) => [
        step,
        count.stage,
        count.in,
        count.kept,
        sum(count.dropped),
        sum(count.failed),
        reasonsOf(count),
      ]),
  );
  return formatTable(['step', 'stage', 'in', 'kept', 'dropped', 'failed', 'reasons'], rows);
}

/** The funnel for a program. */
export function funnelJson(funnel: readonly StepFunnel[]): JsonObject[] {
  return funnel.map(({ step, fingerprint, totals }) => ({
    step,
    fingerprint,
    shards: totals.shards,
    retryable: totals.retryable,
    warnings: totals.warnings,
    stages: totals.stages as unknown as JsonObject[],
  }));
}

/** Inputs of the first step: what was found, whatever became of it. */
export function inputsOf(funnel: readonly StepFunnel[]): number {
  return funnel[0]?.totals.stages[0]?.in ?? 0;
}

/** Items kept by the last stage of a step; 0 where the step has not run. */
export function keptBy(funnel: readonly StepFunnel[], step: string): number {
  return funnel.find((entry) => entry.step === step)?.totals.stages.at(-1)?.kept ?? 0;
}

function reasonsOf(count: StageCount): string {
  return [formatCounts(count.dropped), formatCounts(count.failed)]
    .filter((text) => text !== '')
    .join('; ');
}

function rejectedOf(count: StageCount): number {
  return sum(count.dropped) + sum(count.failed);
}

function sum(counts: { readonly [name: string]: number }): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
