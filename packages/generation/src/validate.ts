import { ToolkitError, type Store } from '@internvid/core';

import {
  MANIFEST,
  readExportManifest,
  type ExportFormat,
  type ExportManifest,
} from './exports/manifest.js';
import { checkJsonl } from './exports/check-jsonl.js';
import { checkParquet } from './exports/check-parquet.js';
import { checkWebDataset } from './exports/check-webdataset.js';
import { checkFiles, unlistedFiles } from './exports/check-files.js';
import type { ExportCheck, Finding } from './exports/finding.js';
import type { KnownDataset } from './known-dataset.js';

const CHECKS: Readonly<Record<ExportFormat, ExportCheck>> = {
  webdataset: checkWebDataset,
  jsonl: checkJsonl,
  parquet: checkParquet,
};

/** How something written is validated. */
export type ValidateOptions = {
  /** The dataset that it was made of: captions and times are compared with it. Default: they are not. */
  readonly known?: KnownDataset | undefined;
  readonly signal?: AbortSignal | undefined;
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
  { known, signal }: ValidateOptions = {},
): AsyncGenerator<Finding> {
  const manifest = await manifestOrFinding(store, prefix, signal);
  if ('problem' in manifest) {
    yield manifest;
    return;
  }
  const listed = { store, prefix, files: manifest.files, signal };
  const present = yield* checkFiles(listed);
  yield* unlistedFiles(listed);
  yield* wrongSum(manifest);
  yield* CHECKS[manifest.format]({
    store,
    prefix,
    name: manifest.name,
    files: present,
    settings: manifest.settings,
    known,
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

function* wrongSum({ files, samples }: ExportManifest): Generator<Finding> {
  const sum = files.reduce((total, file) => total + (file.samples ?? 0), 0);
  if (sum === samples) return;
  yield {
    file: MANIFEST,
    problem: 'wrong-count',
    message: `The files hold ${sum} samples, the list says ${samples}.`,
  };
}
