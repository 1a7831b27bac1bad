import { ToolkitError, writeTable, type Store } from '@internvid/core';

import { exportFolder } from '../exports/export-folder.js';
import {
  needManifest,
  readSamplesOf,
  type ExportedSample,
  type ExportPlace,
} from '../import/read-export.js';
import { writeSamples } from '../import/write-samples.js';
import { newVersion } from './apply-difference.js';
import {
  CHANGES,
  changesTable,
  DIFFERENCE,
  OTHER_FILES,
  type Change,
  type ChangeCounts,
  type Difference,
} from './difference.js';

/** Two versions of an export, and where their difference goes. */
export type WriteDifferenceOptions = {
  readonly old: ExportPlace;
  readonly new: ExportPlace;
  readonly to: ExportPlace;
  readonly signal?: AbortSignal;
};

/**
 * Writes what leads from one version of an export to the next: the added and changed samples in the format of the export, and which samples
 * were withdrawn. What was written is then applied to the old version, sample by sample, and compared with the new one. Keys and hashes of
 * the old version are held in memory, some 200 bytes a sample.
 *
 * @throws ToolkitError `invalid-config` for exports of two formats, `invalid-record` for a sample that comes twice, `corrupt` where an export cannot
 * be read or the difference does not lead to the new version.
 */
export async function writeDifference(options: WriteDifferenceOptions): Promise<Difference> {
  const { to, signal } = options;
  const [old, next] = [
    await needManifest(options.old, signal),
    await needManifest(options.new, signal),
  ];
  if (old.format !== next.format)
    throw new ToolkitError(
      'invalid-config',
      `One version is ${old.format}, the other ${next.format}: versions are compared in one format.`,
    );
  await to.store.remove(`${to.prefix}/${DIFFERENCE}`, signal);
  const folder = exportFolder(to.store, to.prefix, signal);
  const known = await keysOf(readSamplesOf(options.old, old, signal));
  const compared = compare(known, readSamplesOf(options.new, next, signal));
  await writeSamples(compared.samples, folder, next, { store: to.store, signal });
  const changes = [...compared.changes, ...withdrawn(known)];
  folder.add(await writeChanges(to, changes, signal), changes.length);
  for (const file of next.files.filter(({ samples }) => samples === undefined)) {
    const key = `${options.new.prefix}/${file.name}`;
    await folder.write(`${OTHER_FILES}/${file.name}`, options.new.store.stream(key, signal));
  }
  const counts = countsOf(changes, compared.unchanged());
  const files = [...folder.files].sort((a, b) => (a.name < b.name ? -1 : 1));
  const difference: Difference = { schema: 1, old, new: next, counts, files };
  const text = `${JSON.stringify(difference, undefined, 2)}\n`;
  await to.store.write(`${to.prefix}/${DIFFERENCE}`, text, signal);
  await prove(options, difference);
  return difference;
}

/**
 * Counts what changed from one version of an export to the next, without writing anything.
 *
 * @throws ToolkitError as `writeDifference`.
 */
export async function compareExports(
  old: ExportPlace,
  next: ExportPlace,
  signal?: AbortSignal,
): Promise<ChangeCounts & { readonly changes: readonly Change[] }> {
  const known = await keysOf(readSamplesOf(old, await needManifest(old, signal), signal));
  const samples = readSamplesOf(next, await needManifest(next, signal), signal);
  const compared = compare(known, samples);
  for await (const _ of compared.samples) signal?.throwIfAborted();
  const changes = [...compared.changes, ...withdrawn(known)];
  return { ...countsOf(changes, compared.unchanged()), changes };
}

type Known = { readonly sha256: string; readonly place: number; isThere: boolean };

async function keysOf(samples: AsyncIterable<ExportedSample>): Promise<Map<string, Known>> {
  const known = new Map<string, Known>();
  for await (const { key, sha256 } of samples) {
    if (known.has(key)) throw twice(key);
    known.set(key, { sha256, place: known.size, isThere: false });
  }
  return known;
}

type Compared = {
  /** Those that are new or other; to be read to their end before anything else is asked for. */
  readonly samples: AsyncIterable<ExportedSample>;
  readonly changes: readonly Change[];
  unchanged(): number;
};

function compare(
  known: ReadonlyMap<string, Known>,
  samples: AsyncIterable<ExportedSample>,
): Compared {
  const changes: Change[] = [];
  const found = { unchanged: 0 };
  async function* changed(): AsyncGenerator<ExportedSample> {
    const added = new Set<string>();
    let [before, place]: [string | undefined, number] = [undefined, -1];
    for await (const sample of samples) {
      const { key } = sample;
      const old = known.get(key);
      if (old?.isThere === true || added.has(key)) throw twice(key);
      if (old === undefined) added.add(key);
      else old.isThere = true;
      if (old?.sha256 === sample.sha256 && old.place > place) {
        place = old.place;
        found.unchanged++;
      } else {
        const change = old === undefined ? 'added' : 'changed';
        changes.push({ key, change, ...(before === undefined ? {} : { after: before }) });
        yield sample;
      }
      before = key;
    }
  }
  return { samples: changed(), changes, unchanged: () => found.unchanged };
}

function withdrawn(known: ReadonlyMap<string, Known>): readonly Change[] {
  return [...known].flatMap(([key, { isThere }]) =>
    isThere ? [] : [{ key, change: 'withdrawn' as const }],
  );
}

function countsOf(changes: readonly Change[], unchanged: number): ChangeCounts {
  const count = (change: Change['change']): number =>
    changes.filter((each) => each.change === change).length;
  return {
    added: count('added'),
    changed: count('changed'),
    withdrawn: count('withdrawn'),
    unchanged,
  };
}

async function writeChanges(
  { store, prefix }: { readonly store: Store; readonly prefix: string },
  changes: readonly Change[],
  signal: AbortSignal | undefined,
): ReturnType<ReturnType<typeof writeTable>['finish']> {
  const writer = writeTable(store, `${prefix}/${CHANGES}`, changesTable, signal);
  for (const change of changes) writer.add(change);
  return writer.finish();
}

/** Applies what was written to the old version and compares the outcome with the new one. */
async function prove(options: WriteDifferenceOptions, difference: Difference): Promise<void> {
  const { old, to, signal } = options;
  const wanted = readSamplesOf(options.new, difference.new, signal);
  for await (const sample of newVersion({ old, difference: to }, difference, signal)) {
    const next = await wanted.next();
    if (next.done === true || next.value.sha256 !== sample.sha256 || next.value.key !== sample.key)
      throw unlike(to.prefix, sample.key);
  }
  const more = await wanted.next();
  if (more.done !== true) throw unlike(to.prefix, more.value.key);
}

function unlike(prefix: string, key: string): ToolkitError {
  const message = `The difference in ${prefix} does not lead to the new version: ${key} is not where it should be.`;
  return new ToolkitError('corrupt', message);
}

function twice(key: string): ToolkitError {
  return new ToolkitError('invalid-record', `${key} is in one version twice. Validate it.`);
}
