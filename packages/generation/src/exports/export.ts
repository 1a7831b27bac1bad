import {
  isAbort,
  mapInOrder,
  ToolkitError,
  type Identified,
  type JsonObject,
  type Store,
} from '@internvid/core';

import {
  chosenCaption,
  DEFAULT_CAPTION_PREFERENCE,
  type CaptionPreference,
  type Sample,
} from '../sample.js';
import { countWords } from '../statistics/count-words.js';
import { statisticsPictures, type StatisticsPicture } from '../statistics/pictures.js';
import {
  statisticsCounter,
  statisticsJson,
  type DatasetStatistics,
} from '../statistics/statistics.js';
import { card, cardFacts, type CardOptions } from './card.js';
import { exportFolder, type ExportFolder } from './export-folder.js';
import {
  MANIFEST,
  readExportManifest,
  type ExportedFile,
  type ExportFormat,
  type ExportManifest,
} from './manifest.js';

/** What every export needs. */
export type ExportOptions = {
  readonly samples: AsyncIterable<Sample>;
  /** Where the sampled frames are read from and the export is written to. */
  readonly store: Store;
  /** Folder of the export in the store; it holds one export and nothing else. */
  readonly prefix: string;
  /** First part of the file names, `[a-z0-9_-]`. */
  readonly name: string;
  /** Default `clip`, else `fine`, else `coarse`. */
  readonly captionPreference?: CaptionPreference;
  readonly card?: CardOptions;
  /**
   * Is told of each sample that cannot be exported; the others go on. Default: the first one ends the export with its error.
   */
  fail?(input: Identified, error: ToolkitError): void;
  readonly signal?: AbortSignal;
};

/** What an export wrote. */
export type ExportReport = {
  readonly format: ExportFormat;
  /** The list itself, `manifest.json`, is not in it. */
  readonly files: readonly ExportedFile[];
  readonly samples: number;
  readonly failed: number;
  /** Of all `files`. */
  readonly bytes: number;
};

/** Makes a sample ready: now, or by reading files, four samples at once. Waiting for nothing would cost more than a row does. */
type Prepare<Ready> =
  | { readonly now: (sample: Sample, preference: CaptionPreference) => Ready }
  | { readonly reading: (sample: Sample, preference: CaptionPreference) => Promise<Ready> };

/** One form of export: how a sample is made ready, and how the ready ones become files. */
export type ExportForm<Ready> = {
  readonly format: ExportFormat;
  readonly settings: JsonObject;
  /** @throws ToolkitError for a sample that cannot be exported. */
  readonly prepare: Prepare<Ready>;
  write(ready: AsyncIterable<Ready>, folder: ExportFolder): Promise<void>;
};

/** Samples made ready at once where files are read: pictures and clip files, while earlier ones are written. */
const PREPARED_AT_ONCE = 4;

/** Writes an export in one form: its files, its card, and last its list. The same samples give the same bytes. */
export async function writeExport<Ready>(
  options: ExportOptions,
  form: ExportForm<Ready>,
): Promise<ExportReport> {
  const { store, prefix, name, signal, captionPreference = DEFAULT_CAPTION_PREFERENCE } = options;
  checkOptions(options);
  await claim(options, form.format);
  const folder = exportFolder(store, prefix, signal);
  const facts = cardFacts();
  const statistics = statisticsCounter();
  let failed = 0;
  const ready = prepared(options.samples, {
    signal,
    prepare: form.prepare,
    preference: captionPreference,
    accepted: (sample) => {
      const caption = chosenCaption(sample, captionPreference);
      const words = countWords(caption.text);
      facts.add(sample, caption, words);
      statistics.add(sample, captionPreference, words);
    },
    refused: (sample, error) => {
      if (options.fail === undefined) throw error;
      options.fail(sample.clip, error);
      failed++;
    },
  });
  try {
    await form.write(ready, folder);
  } finally {
    await ready.return();
  }
  const { samples } = facts;
  const settings = { ...form.settings, captionPreference: [...captionPreference] };
  const pictures = await writeStatistics(folder, statistics.result());
  await folder.write(
    'README.md',
    card({ ...options.card, name, format: form.format, failed, facts, pictures }),
  );
  const files = [...folder.files].sort((a, b) => (a.name < b.name ? -1 : 1));
  const manifest: ExportManifest = {
    schema: 1,
    format: form.format,
    name,
    settings,
    samples,
    failed,
    files,
  };
  await removeStale(options, files);
  await store.write(`${prefix}/${MANIFEST}`, `${JSON.stringify(manifest, undefined, 2)}\n`, signal);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { format: form.format, files, samples, failed, bytes };
}

async function writeStatistics(
  folder: ExportFolder,
  statistics: DatasetStatistics,
): Promise<readonly StatisticsPicture[]> {
  const pictures = statistics.samples === 0 ? [] : statisticsPictures(statistics);
  await folder.write('statistics/statistics.json', statisticsJson(statistics));
  for (const { name, svg } of pictures) await folder.write(`statistics/${name}.svg`, svg);
  return pictures;
}

type Preparation<Ready> = {
  readonly signal: AbortSignal | undefined;
  readonly prepare: Prepare<Ready>;
  readonly preference: CaptionPreference;
  accepted(sample: Sample): void;
  refused(sample: Sample, error: ToolkitError): void;
};

type Verdict<Ready> = { readonly sample: Sample } & (
  { readonly ready: Ready } | { readonly error: ToolkitError }
);

async function* prepared<Ready>(
  samples: AsyncIterable<Sample>,
  how: Preparation<Ready>,
): AsyncGenerator<Ready, void, undefined> {
  for await (const verdict of verdicts(samples, how)) {
    if ('error' in verdict) how.refused(verdict.sample, verdict.error);
    else {
      how.accepted(verdict.sample);
      yield verdict.ready;
    }
  }
}

async function* verdicts<Ready>(
  samples: AsyncIterable<Sample>,
  { prepare, preference, signal }: Preparation<Ready>,
): AsyncGenerator<Verdict<Ready>, void, undefined> {
  if ('reading' in prepare) {
    yield* mapInOrder(samples, { concurrency: PREPARED_AT_ONCE }, async (sample) => {
      signal?.throwIfAborted();
      try {
        return { sample, ready: await prepare.reading(sample, preference) };
      } catch (error) {
        return { sample, error: ofThisSample(error) };
      }
    });
    return;
  }
  for await (const sample of samples) {
    signal?.throwIfAborted();
    let verdict: Verdict<Ready>;
    try {
      verdict = { sample, ready: prepare.now(sample, preference) };
    } catch (error) {
      verdict = { sample, error: ofThisSample(error) };
    }
    yield verdict;
  }
}

/** An error that is about one sample; any other is thrown. */
function ofThisSample(error: unknown): ToolkitError {
  if (isAbort(error) || !ToolkitError.is(error) || error.stopsRun) throw error;
  return error;
}

function checkOptions({ name, prefix }: ExportOptions): void {
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(name)) {
    throw new TypeError(
      `options.name must be lower-case letters, digits, "-" and "_", got "${name}".`,
    );
  }
  if (prefix === '') throw new TypeError('options.prefix must name a folder of the store.');
}

/** An export that is under way has no list, so nobody takes a half-written one for whole. */
async function claim(
  { store, prefix, name, signal }: ExportOptions,
  format: ExportFormat,
): Promise<void> {
  const old = await readExportManifest(store, prefix, signal);
  if (old === undefined) return;
  if (old.format !== format || old.name !== name) {
    const what = `the ${old.format} export "${old.name}"`;
    throw new ToolkitError(
      'invalid-config',
      `${prefix} holds ${what} already. Export to another folder or remove it.`,
    );
  }
  await store.remove(`${prefix}/${MANIFEST}`, signal);
}

/** A larger export that was here before has left shards behind. */
async function removeStale(
  { store, prefix, name, signal }: ExportOptions,
  files: readonly ExportedFile[],
): Promise<void> {
  const current = new Set(files.map((file) => `${prefix}/${file.name}`));
  const shards = `${prefix}/${name}-`;
  for await (const { key } of store.list(prefix, signal)) {
    const isShard = key.startsWith(shards) && /^\d{6}\.[a-z]+$/.test(key.slice(shards.length));
    const isPicture = key.startsWith(`${prefix}/statistics/`) && key.endsWith('.svg');
    if ((isShard || isPicture) && !current.has(key)) await store.remove(key, signal);
  }
}
