import { basename } from 'node:path';

import { readStepTable, sha256, slug, ToolkitError, type Asset } from '@internvid/core';
import type { CardStep, ExportFormat, ExportReport, Sample } from '@internvid/generation';

import { currentSteps, noteOldScores, readSamples, type CurrentSteps } from './dataset.js';
import { UsageError } from './exit.js';
import { plural } from './format.js';
import type { Session } from './session.js';
import { copiesOf } from './without-copies.js';
import { STEP_NAMES } from './steps.js';

/** The formats, in the order in which they are written. */
export const EXPORT_FORMATS: readonly ExportFormat[] = ['webdataset', 'jsonl', 'parquet'];

/** What to export, and as what. */
export type ExportRequest = {
  /** Default: all. */
  readonly formats?: readonly ExportFormat[] | undefined;
  /** First part of the file names. Default: the name of the dataset folder. */
  readonly name?: string | undefined;
  /** Only the clips of this saved subset, and of it only those of this part. */
  readonly subset?: string | undefined;
  readonly part?: string | undefined;
  /** Put the cut file of each clip into the WebDataset; clips without one cannot be exported so. */
  readonly clips?: boolean | undefined;
  /** Leave out copies, by the last search for them. */
  readonly withoutCopies?: boolean | undefined;
};

/** Writes the captioned clips of a dataset to `exports/<name>-<format>/`, saying on stderr which cannot be exported. */
export async function exportSamples(
  session: Session,
  request: ExportRequest,
): Promise<ExportReport[]> {
  const { exportJsonl, exportParquet, exportWebDataset } = await import('@internvid/generation');
  const writers = { webdataset: exportWebDataset, jsonl: exportJsonl, parquet: exportParquet };
  const { store, signal, config } = session;
  const steps = await currentSteps(store);
  noteOldScores(steps, store);
  const card = { steps: cardSteps(steps) };
  const copies = request.withoutCopies === true ? await copiesOf(store, steps, signal) : undefined;
  const name = request.name ?? defaultName(store.location, request);
  const maxSamples = config.export?.maxSamplesPerShard;
  const files = request.clips === true ? { clipFile: await clipFiles(session) } : {};
  const reports: ExportReport[] = [];
  for (const format of request.formats ?? EXPORT_FORMATS) {
    const limits =
      format !== 'webdataset'
        ? {}
        : { ...(maxSamples === undefined ? {} : { maxSamples }), ...files };
    const all = readSamples(store, signal);
    const wanted = copies === undefined ? all : without(copies, all);
    const samples = await onlySubset(session, request, wanted);
    const prefix = `exports/${name}-${format}`;
    const fail = (_: unknown, error: ToolkitError): void => {
      process.stderr.write(`failed  ${format}  ${error.message} [${error.code}]\n`);
    };
    reports.push(
      await writers[format]({ samples, store, prefix, name, signal, fail, card, ...limits }),
    );
  }
  return reports;
}

/** What made the dataset: every part of its steps that has settings. */
function cardSteps({ manifest }: CurrentSteps): readonly CardStep[] {
  const made = STEP_NAMES.filter((name) => manifest.steps[name] !== undefined);
  return made.flatMap((step) =>
    (manifest.steps[step]?.parts ?? [])
      .filter(({ config }) => Object.keys(config).length > 0 && !('steps' in config))
      .map(({ name: part, config }) => ({ step, part, settings: config })),
  );
}

async function* without(
  copies: ReadonlySet<string>,
  samples: AsyncIterable<Sample>,
): AsyncGenerator<Sample> {
  let leftOut = 0;
  for await (const sample of samples) {
    if (copies.has(sample.clip.id)) leftOut++;
    else yield sample;
  }
  if (leftOut > 0) process.stderr.write(`Left out as copies: ${plural(leftOut, 'clip')}.\n`);
}

/** Reads the file that was cut of a sample's clip, and checks that it still is. */
async function clipFiles({
  store,
  signal,
}: Session): Promise<(sample: Sample) => Promise<Uint8Array>> {
  const { clipFilesTable } = await import('@internvid/collector');
  const steps = await currentSteps(store);
  const files = new Map<string, Asset>();
  for await (const { id, file } of readStepTable(store, steps.need('cut'), clipFilesTable, signal))
    files.set(id, file);
  return async ({ clip }) => {
    const file = files.get(clip.id);
    if (file === undefined)
      throw new ToolkitError(
        'invalid-record',
        `The clip ${clip.id} has no cut file. Run: internvid cut ${store.location}`,
      );
    const bytes = await store.read(file.key, undefined, signal);
    if (sha256(bytes) === file.sha256) return bytes;
    throw new ToolkitError('corrupt', `${file.key} is not the file that was cut. Cut again.`);
  };
}

function defaultName(location: string, { subset, part }: ExportRequest): string {
  return [slug(basename(location)), subset, part].filter((word) => word !== undefined).join('-');
}

/**
 * Those of the samples that are in a saved subset, or in a part of it; all of them where no subset is named.
 *
 * @throws ToolkitError `not-found` for a subset that there is not.
 */
export async function onlySubset(
  { store, signal }: Session,
  { subset, part }: Pick<ExportRequest, 'subset' | 'part'>,
  samples: AsyncIterable<Sample>,
): Promise<AsyncIterable<Sample>> {
  if (subset === undefined) {
    if (part !== undefined)
      throw new UsageError('--part needs a --subset that is divided into parts.');
    return samples;
  }
  const { readSubset } = await import('@internvid/generation');
  const clips = new Set<string>();
  for await (const clip of readSubset(store, subset, signal))
    if (part === undefined || clip.part === part) clips.add(clip.clip);
  return only(clips, samples);
}

async function* only(
  clips: ReadonlySet<string>,
  samples: AsyncIterable<Sample>,
): AsyncGenerator<Sample> {
  for await (const sample of samples) if (clips.has(sample.clip.id)) yield sample;
}
