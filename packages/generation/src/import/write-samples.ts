import { ToolkitError, type JsonObject, type Store } from '@internvid/core';

import type { ExportFolder } from '../exports/export-folder.js';
import { writeJsonlFile } from '../exports/jsonl.js';
import type { ExportFormat } from '../exports/manifest.js';
import { writeParquetFiles } from '../exports/parquet.js';
import { tarSample, writeTarShards } from '../exports/webdataset.js';
import type { ExportedSample } from './read-export.js';

/** How an export is divided into files: what its manifest says. */
export type SampleFiles = {
  readonly format: ExportFormat;
  readonly name: string;
  readonly settings: JsonObject;
};

/** Writes samples as they were read from an export of the same format: the same samples and settings give the same files. */
export async function writeSamples(
  samples: AsyncIterable<ExportedSample>,
  folder: ExportFolder,
  { format, name, settings }: SampleFiles,
  { store, signal }: { readonly store: Store; readonly signal: AbortSignal | undefined },
): Promise<void> {
  if (format === 'parquet') {
    const limits = { store, name, maxRows: limit(settings, 'maxRows'), signal };
    await writeParquetFiles(
      only(samples, (sample) => (sample.format === 'parquet' ? sample.row : undefined)),
      folder,
      limits,
    );
  } else if (format === 'jsonl') {
    await writeJsonlFile(
      only(samples, (sample) => (sample.format === 'jsonl' ? sample.row : undefined)),
      folder,
      name,
    );
  } else {
    const limits = {
      name,
      maxSamples: limit(settings, 'maxSamples'),
      maxBytes: limit(settings, 'maxBytes'),
    };
    await writeTarShards(
      only(samples, (sample) =>
        sample.format === 'webdataset' ? tarSample(sample.key, sample.parts) : undefined,
      ),
      folder,
      limits,
    );
  }
}

async function* only<Out>(
  samples: AsyncIterable<ExportedSample>,
  pick: (sample: ExportedSample) => Out | undefined,
): AsyncGenerator<Out> {
  for await (const sample of samples) {
    const picked = pick(sample);
    if (picked === undefined)
      throw new TypeError(`${sample.key} is of an export of the format ${sample.format}.`);
    yield picked;
  }
}

function limit(settings: JsonObject, name: string): number {
  const value = settings[name];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw new ToolkitError('corrupt', `The settings of the export lack ${name}. Export it again.`);
}
