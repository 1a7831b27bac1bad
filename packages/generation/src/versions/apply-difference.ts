import { canonicalJson, readTable, ToolkitError } from '@internvid/core';

import { exportFolder } from '../exports/export-folder.js';
import { MANIFEST, type ExportedFile } from '../exports/manifest.js';
import {
  needManifest,
  readSamplesOf,
  type ExportedSample,
  type ExportPlace,
} from '../import/read-export.js';
import { writeSamples } from '../import/write-samples.js';
import {
  CHANGES,
  changesTable,
  OTHER_FILES,
  readDifference,
  type Change,
  type Difference,
} from './difference.js';

/** A version of an export, the difference to the next, and where that goes. */
export type ApplyDifferenceOptions = {
  readonly old: ExportPlace;
  readonly difference: ExportPlace;
  readonly to: ExportPlace;
  readonly signal?: AbortSignal;
};

/**
 * Writes the next version of an export from the one before and the difference: every file has the bytes that the new version has, which is
 * checked, and the list of files comes last.
 *
 * @throws ToolkitError `invalid-config` where the difference starts from another version, `corrupt` where a file does not come out as it must.
 */
export async function applyDifference(options: ApplyDifferenceOptions): Promise<Difference> {
  const { to, signal } = options;
  refuseSamePlace(options);
  const { store, prefix } = options.difference;
  const difference = await readDifference(store, prefix, signal);
  const old = await needManifest(options.old, signal);
  if (canonicalJson(old) !== canonicalJson(difference.old))
    throw new ToolkitError(
      'invalid-config',
      `The difference in ${prefix} starts from another version than the one in ${options.old.prefix}.`,
    );
  const folder = exportFolder(to.store, to.prefix, signal);
  await to.store.remove(folder.key(MANIFEST), signal);
  const next = difference.new;
  const samples = newVersion(options, difference, signal);
  await writeSamples(samples, folder, next, { store: to.store, signal });
  const made = new Set(folder.files.map(({ name }) => name));
  for (const { name } of next.files)
    if (!made.has(name))
      await folder.write(name, store.stream(`${prefix}/${OTHER_FILES}/${name}`, signal));
  refuseOthers(folder.files, next.files);
  const text = `${JSON.stringify(next, undefined, 2)}\n`;
  await to.store.write(folder.key(MANIFEST), text, signal);
  return difference;
}

/** The samples of the new version, in its order: those of the old one that stay, and between them those of the difference. */
export async function* newVersion(
  { old, difference }: Pick<ApplyDifferenceOptions, 'old' | 'difference'>,
  { old: oldManifest, new: newManifest, files }: Difference,
  signal: AbortSignal | undefined,
): AsyncGenerator<ExportedSample> {
  const { store, prefix } = difference;
  const gone = new Set<string>();
  const placed: Change[] = [];
  for await (const change of readTable(store, `${prefix}/${CHANGES}`, changesTable, signal)) {
    if (change.change !== 'added') gone.add(change.key);
    if (change.change !== 'withdrawn') placed.push(change);
  }
  const own = files.filter(({ name }) => name !== CHANGES && !name.startsWith(`${OTHER_FILES}/`));
  const { format } = newManifest;
  const samples = readSamplesOf(difference, { format, files: own }, signal);
  const places = placed.values();
  let next = places.next();
  let last: string | undefined;
  const following = async function* (): AsyncGenerator<ExportedSample> {
    for (; next.done !== true && next.value.after === last; next = places.next()) {
      const sample = await samples.next();
      if (sample.done === true || sample.value.key !== next.value.key)
        throw new ToolkitError('corrupt', `${prefix} does not hold the sample ${next.value.key}.`);
      last = sample.value.key;
      yield sample.value;
    }
  };
  yield* following();
  for await (const sample of readSamplesOf(old, oldManifest, signal)) {
    if (gone.has(sample.key)) continue;
    last = sample.key;
    yield sample;
    yield* following();
  }
  if (next.done !== true)
    throw new ToolkitError('corrupt', `${prefix} has no place for the sample ${next.value.key}.`);
}

/** What is read must not be written over. */
function refuseSamePlace({ old, difference, to }: ApplyDifferenceOptions): void {
  const placeOf = ({ store, prefix }: ExportPlace): string => `${store.location}/${prefix}`;
  if (placeOf(to) !== placeOf(old) && placeOf(to) !== placeOf(difference)) return;
  const message = `The new version cannot be written to ${placeOf(to)}, which it is made from. Take another folder.`;
  throw new ToolkitError('invalid-config', message);
}

function refuseOthers(made: readonly ExportedFile[], wanted: readonly ExportedFile[]): void {
  const hashes = new Map(made.map(({ name, sha256 }) => [name, sha256]));
  const wrong = wanted.filter(({ name, sha256 }) => hashes.get(name) !== sha256);
  if (wrong.length === 0 && made.length === wanted.length) return;
  const names = wrong.map(({ name }) => name).join(', ') || 'more files than there should be';
  throw new ToolkitError(
    'corrupt',
    `The new version did not come out as it must: ${names}. Validate the old version and the difference.`,
  );
}
