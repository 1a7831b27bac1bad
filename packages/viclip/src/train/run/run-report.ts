import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { TrainingEngine } from '../graph-session.js';
import { curvesPicture } from './curves-picture.js';
import { runFiles } from './run-folder.js';
import type { LogEntry, TestEntry } from './run-log.js';
import type { Run } from './run-options.js';
import { updatesOf } from './run-plan.js';
import type { Recalls } from './test-clips.js';

/** What came of a run. */
export type TrainRunReport = {
  readonly out: string;
  /** What ran it. */
  readonly engine: TrainingEngine;
  readonly updates: number;
  readonly clips: {
    readonly training: number;
    readonly validation: number;
    /** Left out for captions of fewer than two words. */
    readonly wordless: number;
    /** Could not be read at least once. */
    readonly failed: number;
  };
  readonly loss: { readonly first: number; readonly last: number };
  /** On the clips put aside; undefined where none were. `averaged`: after WiSE-FT. */
  readonly recalls: {
    readonly before?: Recalls | undefined;
    readonly after?: Recalls | undefined;
    readonly best?: (Recalls & { readonly update: number }) | undefined;
    readonly averaged?: Recalls | undefined;
  };
  /** Names of the files in the folder. */
  readonly files: readonly string[];
};

/** Writes the report of a run that is over, and the picture of its curves. */
export async function writeReport(
  { options, split, plans, log }: Run,
  {
    wordless,
    averagedRecalls,
  }: { readonly wordless: number; readonly averagedRecalls: Recalls | undefined },
): Promise<TrainRunReport> {
  const { out } = options;
  const tests = log.entries.filter((entry): entry is TestEntry => entry.type === 'test');
  const losses = log.entries.flatMap((entry) => (entry.type === 'step' ? [entry.loss] : []));
  const best = tests.reduce<TestEntry | undefined>(
    (found, each) => (found === undefined || each.recalls.mean > found.recalls.mean ? each : found),
    undefined,
  );
  const report: TrainRunReport = {
    out,
    engine: options.engine ?? 'onnx',
    updates: updatesOf(plans),
    clips: {
      training: split.training.length,
      validation: split.validation.length,
      wordless,
      failed: failedIds(log.entries),
    },
    loss: { first: losses[0] ?? Number.NaN, last: losses.at(-1) ?? Number.NaN },
    recalls: {
      before: tests[0]?.recalls,
      after: tests.at(-1)?.recalls,
      best: best && { ...best.recalls, update: best.update },
      averaged: averagedRecalls,
    },
    files: [
      runFiles.trained,
      ...(best === undefined ? [] : [runFiles.best]),
      ...(options.wiseFt === undefined ? [] : [runFiles.averaged]),
      runFiles.latest,
      runFiles.curves,
      runFiles.report,
      'log.jsonl',
      'tensorboard',
    ],
  };
  await writeFile(join(out, runFiles.curves), curvesPicture(log.entries));
  await writeFile(join(out, runFiles.report), `${JSON.stringify(report, null, 2)}\n`);
  return report;
}

function failedIds(entries: readonly LogEntry[]): number {
  return new Set(entries.flatMap((entry) => (entry.type === 'failed-clip' ? [entry.id] : []))).size;
}
