import { basename } from 'node:path';

import { readStepTable, sha256, slug, ToolkitError, type Asset } from '@internvid/core';
import type { CardStep, ExportFormat, ExportReport, Sample } from '@internvid/generation';

import { chosenSamples, type ChoiceFlags } from './chosen-clips.js';
import { currentSteps, noteOldScores, type CurrentSteps } from './current-steps.js';
import { readSamples } from './dataset.js';
import type { Session } from './session.js';
import { STEP_NAMES } from './steps.js';

/** The formats, in the order in which they are written. */
export const EXPORT_FORMATS: readonly ExportFormat[] = ['webdataset', 'jsonl', 'parquet'];

/** What to export, and as what. */
export type ExportRequest = ChoiceFlags & {
  /** Default: all. */
  readonly formats?: readonly ExportFormat[] | undefined;
  /** First part of the file names. Default: the name of the dataset folder. */
  readonly name?: string | undefined;
  /** Put the cut file of each clip into the WebDataset; clips without one cannot be exported so. */
  readonly clips?: boolean | undefined;
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
  const name = request.name ?? defaultName(store.location, request);
  const maxSamples = config.export?.maxSamplesPerShard;
  const files = request.clips === true ? { clipFile: await clipFiles(session) } : {};
  const reports: ExportReport[] = [];
  for (const format of request.formats ?? EXPORT_FORMATS) {
    const limits =
      format !== 'webdataset'
        ? {}
        : { ...(maxSamples === undefined ? {} : { maxSamples }), ...files };
    const samples = await chosenSamples(session, request, readSamples(store, signal));
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
function cardSteps({ manifest, find }: CurrentSteps): readonly CardStep[] {
  const made = STEP_NAMES.filter((name) => find(name) !== undefined);
  return made.flatMap((step) =>
    (manifest.steps[step]?.parts ?? [])
      .filter(({ config }) => Object.keys(config).length > 0 && !('steps' in config))
      .map(({ name: part, config }) => ({ step, part, settings: config })),
  );
}

/** Reads the file that was cut of a sample's clip, and checks that it still is. */
export async function clipFiles({
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
