import { canonicalJson, readTable, sha256, ToolkitError, type Store } from '@internvid/core';

import { splitName } from '../exports/check-tar.js';
import { parseInternVidRow, type InternVidRow } from '../exports/internvid-row.js';
import { linesOf } from '../exports/lines.js';
import { readExportManifest, type ExportedFile, type ExportManifest } from '../exports/manifest.js';
import {
  asSampleRow,
  samplesTable,
  withScaleCaptions,
  type SampleRow,
} from '../exports/sample-row.js';
import { tarEntries, type TarEntry } from '../exports/tar.js';

/** A sample of an export, read back. */
export type ExportedSample = {
  /** The clip id; in the published InternVid form, which has none, `<YoutubeID>_<start>_<end>`. */
  readonly key: string;
  /** Of everything that the export holds of the sample. */
  readonly sha256: string;
} & (
  | { readonly format: 'parquet'; readonly row: SampleRow }
  | { readonly format: 'jsonl'; readonly row: InternVidRow }
  | {
      readonly format: 'webdataset';
      readonly row: SampleRow;
      /** In the order of the tar: `.json`, `.txt`, `.jpg` and, where clips were packed, `.mp4`. */
      readonly parts: readonly TarEntry[];
    }
);

/** Where an export lies. */
export type ExportPlace = { readonly store: Store; readonly prefix: string };

/**
 * Reads an export back, sample by sample in its order; one row group or sample is in memory.
 *
 * @throws ToolkitError `not-found` where there is no finished export, `corrupt` or `invalid-record` for what cannot be read:
 * `validateExport` says more.
 */
export async function* readExport(
  place: ExportPlace,
  signal?: AbortSignal,
): AsyncGenerator<ExportedSample> {
  yield* readSamplesOf(place, await needManifest(place, signal), signal);
}

/** The list of an export that must be there. */
export async function needManifest(
  { store, prefix }: ExportPlace,
  signal?: AbortSignal,
): Promise<ExportManifest> {
  const manifest = await readExportManifest(store, prefix, signal);
  if (manifest !== undefined && manifest.format in READERS) return manifest;
  throw new ToolkitError(
    'not-found',
    `There is no finished export in ${prefix} of ${store.location}. Name the folder that holds its manifest.json.`,
  );
}

/** Reads the samples of listed files. */
export async function* readSamplesOf(
  place: ExportPlace,
  { format, files }: Pick<ExportManifest, 'format' | 'files'>,
  signal?: AbortSignal,
): AsyncGenerator<ExportedSample> {
  for (const file of files)
    if (file.samples !== undefined) yield* READERS[format](place, file, signal);
}

type Reader = (
  place: ExportPlace,
  file: ExportedFile,
  signal: AbortSignal | undefined,
) => AsyncGenerator<ExportedSample>;

const READERS: Readonly<Record<ExportManifest['format'], Reader>> = {
  async *parquet({ store, prefix }, { name }, signal) {
    for await (const row of readTable(store, `${prefix}/${name}`, samplesTable, signal))
      yield { format: 'parquet', key: row.clip_id, sha256: sha256(canonicalJson(row)), row };
  },
  async *jsonl({ store, prefix }, { name }, signal) {
    for await (const line of linesOf(store.stream(`${prefix}/${name}`, signal))) {
      if (line.trim() === '') continue;
      const row = parseInternVidRow(line);
      const key = `${row.YoutubeID}_${row.Start_timestamp}_${row.End_timestamp}`;
      yield { format: 'jsonl', key, sha256: sha256(line), row };
    }
  },
  async *webdataset({ store, prefix }, { name }, signal) {
    let parts: TarEntry[] = [];
    for await (const entry of entriesOf(store, `${prefix}/${name}`, signal)) {
      const [before] = parts;
      if (before !== undefined && keyOf(before) !== keyOf(entry)) {
        yield tarred(parts, name);
        parts = [];
      }
      parts.push(entry);
    }
    if (parts.length > 0) yield tarred(parts, name);
  },
};

function tarred(parts: readonly TarEntry[], file: string): ExportedSample {
  const key = keyOf(parts[0] as TarEntry);
  const json = parts.find(({ name }) => name === `${key}.json`);
  const hashes = parts.map(({ name, bytes }) => `${name} ${sha256(bytes)}`);
  const row = withScaleCaptions(asSampleRow(parsed(json, `${key}.json in ${file}`)));
  return { format: 'webdataset', key, sha256: sha256(hashes.join('\n')), row, parts };
}

function parsed(json: TarEntry | undefined, what: string): unknown {
  try {
    return JSON.parse(Buffer.from(json?.bytes ?? []).toString('utf8'));
  } catch (cause) {
    throw new ToolkitError('corrupt', `${what} is missing or no JSON.`, { cause });
  }
}

function keyOf({ name }: TarEntry): string {
  return splitName(name)[0];
}

async function* entriesOf(
  store: Store,
  key: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<TarEntry> {
  try {
    yield* tarEntries(store, key, signal);
  } catch (error) {
    if (ToolkitError.is(error) || signal?.aborted === true || !(error instanceof Error))
      throw error;
    throw new ToolkitError('corrupt', `${key} is no whole tar: ${error.message}.`, {
      cause: error,
    });
  }
}
