import { clipsTable, readStepTable, ToolkitError, type StepKey, type Store } from '@internvid/core';
import type { KnownDataset } from '@internvid/generation';

import { currentSteps, type CurrentSteps } from '../current-steps.js';
import { readSamples } from '../dataset.js';
import { plural } from '../format.js';
import { print } from '../output.js';
import { openSession, type CommonFlags, type Session } from '../session.js';
import { validateDataset, type DatasetFinding } from '../validate-dataset.js';
import { withdrawnClips } from '../withdrawn.js';

/** `internvid validate`: checks every file of a dataset and of all that was made of it; exit code 1 when anything is wrong. */
export async function validate(dataset: string | undefined, flags: CommonFlags): Promise<void> {
  const session = await openSession(flags, dataset);
  const { store, signal } = session;
  const steps = await currentSteps(store);
  steps.need('collect');
  const findings: DatasetFinding[] = [];
  for await (const finding of validateDataset(store, steps, signal)) findings.push(finding);
  const checked = await validateMade(session, steps, findings);
  if (findings.length > 0) process.exitCode = 1;
  const [exports, generated] = ['exports/', 'generated/'].map((top) =>
    checked.filter((folder) => folder.startsWith(top)),
  );
  print(
    flags,
    {
      dataset: store.location,
      ok: findings.length === 0,
      exports: exports ?? [],
      generated: generated ?? [],
      findings,
    },
    () =>
      findings.length === 0
        ? `${store.location}, its ${plural(exports?.length ?? 0, 'export')} and ${plural(generated?.length ?? 0, 'generated set')} are sound.`
        : findings
            .map(({ file, problem, message }) => `${problem}  ${file}\n    ${message}`)
            .join('\n'),
  );
}

/** Checks subsets, exports and generated sets against the dataset. @returns the folders that were looked into. */
async function validateMade(
  { store, signal }: Session,
  steps: CurrentSteps,
  findings: DatasetFinding[],
): Promise<readonly string[]> {
  const { knownDataset, validateExport, validateGenerated, validateSubsets } =
    await import('@internvid/generation');
  const split = steps.find('split');
  const clips = split && (await readable(videosByClip(store, split, signal), findings));
  for await (const finding of validateSubsets(store, {
    ...(clips === undefined ? {} : { videos: clips }),
    signal,
  }))
    findings.push({ ...finding, file: `subsets/${finding.file}` });
  const isCaptioned = steps.find('caption') !== undefined && steps.find('sample') !== undefined;
  const readKnown = async (): Promise<KnownDataset> =>
    knownDataset(readSamples(store, signal), await withdrawnClips(store, steps, signal));
  const known = isCaptioned ? await readable(readKnown(), findings) : undefined;
  const checked: string[] = [];
  for (const top of ['exports', 'generated']) {
    for await (const { key } of store.list(top, signal)) {
      const prefix = /^[^/]+\/[^/]+(?=\/)/.exec(key)?.[0];
      if (prefix === undefined || checked.includes(prefix)) continue;
      checked.push(prefix);
      const check = top === 'exports' ? validateExport : validateGenerated;
      for await (const finding of check(store, prefix, { known, signal }))
        findings.push({ ...finding, file: `${prefix}/${finding.file}` });
    }
  }
  return checked;
}

async function videosByClip(
  store: Store,
  split: StepKey,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const videos = new Map<string, string>();
  for await (const { id, video } of readStepTable(store, split, clipsTable, signal))
    videos.set(id, video);
  return videos;
}

/** What could be read; where the dataset itself is damaged, what was made of it is checked alone. */
async function readable<Out>(
  reading: Promise<Out>,
  findings: DatasetFinding[],
): Promise<Out | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (!ToolkitError.is(error) || error.stopsRun) throw error;
    const { code: problem, message } = error;
    if (findings.length === 0) findings.push({ file: 'dataset.json', problem, message });
    return undefined;
  }
}
