import { readStepTable, rejectsTable, type JsonObject, type RejectRow } from '@internvid/core';

import { currentSteps, type CurrentSteps } from '../current-steps.js';
import { formatCounts, formatTable } from '../format.js';
import { formatFunnel, funnelJson, readFunnel } from '../funnel.js';
import { print } from '../output.js';
import { openSession, type CommonFlags, type Session } from '../session.js';
import { STEP_NAMES } from '../steps.js';

/** `internvid status`: the funnel of a dataset, and on request every reject by name. */
export async function status(
  dataset: string | undefined,
  flags: CommonFlags & { readonly rejects?: boolean },
): Promise<void> {
  const session = await openSession(flags, dataset);
  const steps = await currentSteps(session.store);
  const funnel = await readFunnel(session.store, steps);
  const rejects = flags.rejects === true ? await readRejects(session, steps) : [];
  const problems = await downloadProblems(session, steps);
  const result: JsonObject = {
    dataset: session.store.location,
    steps: funnelJson(funnel),
    ...(steps.find('find') === undefined ? {} : { downloads: problems }),
    ...(flags.rejects === true ? { rejects: rejects } : {}),
  };
  print(flags, result, () => {
    if (funnel.length === 0) return `${session.store.location} holds no dataset yet.`;
    const warnings = funnel
      .map(({ totals }) => totals.warnings)
      .reduce((all, more) => ({ ...all, ...more }), {});
    const lines = [formatFunnel(funnel)];
    if (Object.keys(warnings).length > 0) lines.push('', `Warnings: ${formatCounts(warnings)}`);
    const retryable = funnel.reduce((sum, { totals }) => sum + totals.retryable, 0);
    if (retryable > 0)
      lines.push('', `${retryable} of the failures will be tried again by the next run.`);
    const { settled, waiting } = problems;
    if (Object.keys(settled).length > 0)
      lines.push('', `Downloads given up for good: ${formatCounts(settled)}`);
    if (Object.keys(waiting).length > 0)
      lines.push('', `Downloads to be tried again: ${formatCounts(waiting)}`);
    if (rejects.length > 0) lines.push('', formatRejects(rejects));
    return lines.join('\n');
  });
}

type DownloadProblems = {
  readonly settled: Readonly<Record<string, number>>;
  readonly waiting: Readonly<Record<string, number>>;
};

/** What the book of downloads says; nothing for a dataset that fetched nothing. */
async function downloadProblems(
  { store }: Session,
  steps: CurrentSteps,
): Promise<DownloadProblems> {
  if (steps.find('find') === undefined) return { settled: {}, waiting: {} };
  const { countDownloadProblems } = await import('@internvid/collector');
  return countDownloadProblems(store);
}

type StepReject = RejectRow & { readonly step: string };

async function readRejects({ store, signal }: Session, steps: CurrentSteps): Promise<StepReject[]> {
  const rejects: StepReject[] = [];
  for (const name of STEP_NAMES) {
    const step = steps.find(name);
    if (step === undefined) continue;
    for await (const reject of readStepTable(store, step, rejectsTable, signal))
      rejects.push({ step: name, ...reject });
  }
  return rejects;
}

function formatRejects(rejects: readonly StepReject[]): string {
  const rows = rejects.map(({ step, outcome, reason, id, message }) => [
    step,
    outcome,
    reason,
    id,
    message,
  ]);
  return formatTable(['step', 'outcome', 'reason', 'id', 'message'], rows);
}
