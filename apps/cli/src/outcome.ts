import { relative } from 'node:path';

import type { JsonObject, RunReport } from '@internvid/core';
import type { ExportReport } from '@internvid/generation';

import { currentSteps } from './current-steps.js';
import { formatBytes, plural } from './format.js';
import {
  formatFunnel,
  funnelJson,
  inputsOf,
  keptBy,
  readFunnel,
  type StepFunnel,
} from './funnel.js';
import { print } from './output.js';
import type { Session } from './session.js';
import { STEP_NAMES } from './steps.js';

/** Prints what a run left in the dataset, and sets the exit code: 1 when shards broke or nothing came of the input. */
export async function printOutcome(
  session: Session,
  flags: { readonly json?: boolean },
  reports: readonly RunReport[],
  exports: readonly ExportReport[] = [],
): Promise<void> {
  const { store } = session;
  const funnel = await readFunnel(store, await currentSteps(store));
  const ran = new Set(reports.map((report) => report.step));
  const fruitless = STEP_NAMES.find(
    (name) => ran.has(name) && inputsOf(funnel) > 0 && keptBy(funnel, name) === 0,
  );
  const broken = reports.flatMap((report) => report.broken);
  const failed = broken.length > 0 || fruitless !== undefined;
  if (failed) process.exitCode = 1;
  const result: JsonObject = {
    dataset: store.location,
    ok: !failed,
    steps: funnelJson(funnel),
    broken: broken.map(({ shard, error }) => ({ shard, code: error.code, message: error.message })),
    exports: exports.map(({ format, samples, bytes }) => ({ format, samples, bytes })),
  };
  print(flags, result, () => outcomeText(shortPath(store.location), funnel, exports, fruitless));
}

/** As one would type it here. */
function shortPath(path: string): string {
  const here = relative(process.cwd(), path);
  return here === '' || here.startsWith('..') ? path : here;
}

function outcomeText(
  location: string,
  funnel: readonly StepFunnel[],
  exports: readonly ExportReport[],
  fruitless: string | undefined,
): string {
  const lines = ['', formatFunnel(funnel), ''];
  for (const { format, samples, bytes } of exports) {
    lines.push(`Exported ${plural(samples, 'sample')} as ${format}, ${formatBytes(bytes)}.`);
  }
  if (fruitless !== undefined) {
    lines.push(
      `Nothing was kept by the step ${fruitless}, so there is no dataset to use. The reasons are above.`,
    );
  }
  const rejected = funnel.some(({ totals }) =>
    totals.stages.some(({ dropped, failed }) => Object.keys({ ...dropped, ...failed }).length > 0),
  );
  if (rejected) lines.push(`Each one by name:  internvid status ${location} --rejects`);
  if (keptBy(funnel, 'embed') > 0)
    lines.push(`Search it:         internvid search ${location} "a dog in the snow"`);
  return [...lines, `Dataset:           ${location}`].join('\n');
}
