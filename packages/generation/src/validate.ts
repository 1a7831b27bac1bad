import { createHash } from 'node:crypto';

import { ToolkitError, type Store } from '@internvid/core';

import {
  MANIFEST,
  readExportManifest,
  type ExportedFile,
  type ExportFormat,
  type ExportManifest,
} from './exports/manifest.js';
import { checkJsonl } from './exports/check-jsonl.js';
import { checkParquet } from './exports/check-parquet.js';
import { checkWebDataset } from './exports/check-webdataset.js';
import type { ExportCheck, Finding } from './exports/finding.js';

const CHECKS: Readonly<Record<ExportFormat, ExportCheck>> = {
  webdataset: checkWebDataset,
  jsonl: checkJsonl,
  parquet: checkParquet,
};

/**
 * Reads every byte of an export and yields what is wrong with it: first the list of files, their sizes and checksums, then
 * what is inside. Nothing yielded means that nothing is wrong. The clip ids of a WebDataset or Parquet export are kept in memory, about
 * 100 bytes each.
 *
 * @param prefix folder of the export in the store.
 * @throws ToolkitError `store-failed` where the store cannot be read.
 */
export async function* validateExport(
  store: Store,
  prefix: string,
  signal?: AbortSignal,
): AsyncGenerator<Finding> {
  const manifest = await manifestOrFinding(store, prefix, signal);
  if ('problem' in manifest) {
    yield manifest;
    return;
  }
  const present: ExportedFile[] = [];
  for (const file of manifest.files) {
    const finding = await checkFile(store, prefix, file, signal);
    if (finding !== undefined) yield finding;
    if (finding?.problem !== 'missing-file') present.push(file);
  }
  yield* unlisted(store, prefix, manifest, signal);
  yield* wrongSum(manifest);
  yield* CHECKS[manifest.format]({
    store,
    prefix,
    name: manifest.name,
    files: present,
    settings: manifest.settings,
    signal,
  });
}

async function manifestOrFinding(
  store: Store,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<ExportManifest | Finding> {
  try {
    const manifest = await readExportManifest(store, prefix, signal);
    if (manifest !== undefined && manifest.format in CHECKS) return manifest;
    return manifest === undefined
      ? {
          file: MANIFEST,
          problem: 'missing-manifest',
          message: 'There is no list of files: the export was not finished. Export again.',
        }
      : {
          file: MANIFEST,
          problem: 'bad-manifest',
          message: `There is no form of export called "${manifest.format}".`,
        };
  } catch (error) {
    if (!ToolkitError.is(error) || error.code !== 'corrupt') throw error;
    return { file: MANIFEST, problem: 'bad-manifest', message: error.message };
  }
}

async function checkFile(
  store: Store,
  prefix: string,
  file: ExportedFile,
  signal: AbortSignal | undefined,
): Promise<Finding | undefined> {
  const key = `${prefix}/${file.name}`;
  const info = await store.stat(key, signal);
  if (info === undefined)
    return {
      file: file.name,
      problem: 'missing-file',
      message: 'The list names it, but it is not there.',
    };
  if (info.bytes !== file.bytes) {
    return {
      file: file.name,
      problem: 'wrong-size',
      message: `It has ${info.bytes} bytes, the list says ${file.bytes}.`,
    };
  }
  const hash = createHash('sha256');
  for await (const chunk of store.stream(key, signal)) hash.update(chunk);
  if (hash.digest('hex') === file.sha256) return undefined;
  return {
    file: file.name,
    problem: 'wrong-checksum',
    message: 'Its bytes are not those that were written.',
  };
}

async function* unlisted(
  store: Store,
  prefix: string,
  manifest: ExportManifest,
  signal: AbortSignal | undefined,
): AsyncGenerator<Finding> {
  const listed = new Set([MANIFEST, ...manifest.files.map((file) => file.name)]);
  for await (const { key } of store.list(prefix, signal)) {
    const file = key.slice(prefix.length + 1);
    if (!listed.has(file))
      yield { file, problem: 'unlisted-file', message: 'It is no part of the export. Remove it.' };
  }
}

function* wrongSum({ files, samples }: ExportManifest): Generator<Finding> {
  const sum = files.reduce((total, file) => total + (file.samples ?? 0), 0);
  if (sum === samples) return;
  yield {
    file: MANIFEST,
    problem: 'wrong-count',
    message: `The files hold ${sum} samples, the list says ${samples}.`,
  };
}
