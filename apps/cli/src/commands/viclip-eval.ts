import { statSync } from 'node:fs';

import { ToolkitError, type JsonObject } from '@internvid/core';
import type {
  ActionSetName,
  CaptionSetName,
  DirectionFigures,
  EvaluationTools,
  FoundVideos,
  RetrievalReport,
  ZeroShotReport,
} from '@internvid/viclip';

import type { Config } from '../config.js';
import { counter } from '../counter.js';
import { UsageError, wordsAsUsage } from '../exit.js';
import { formatTable, plural } from '../format.js';
import { loadConfig } from '../load-config.js';
import { plain, print } from '../output.js';
import { oneOf, signalOfInterrupts } from '../session.js';
import { defined } from '../settings.js';
import {
  neededViclip,
  openViclip,
  type ViclipFlags,
  type ViclipSettings,
} from '../viclip-model.js';
import { withResource } from '../with-resource.js';
import { openFrameReader } from '../work.js';

/** Flags of `viclip eval`. */
export type EvalFlags = ViclipFlags & {
  readonly json?: boolean;
  readonly config?: string;
  readonly ffmpeg?: string;
  readonly ffprobe?: string;
  readonly out?: string;
};

const ACTION_SETS: readonly ActionSetName[] = ['kinetics', 'ucf101', 'hmdb51'];

/** `internvid viclip eval zero-shot`: recognises actions by their names. */
export async function evaluateZeroShot(
  format: string,
  annotations: string,
  videos: string,
  flags: EvalFlags & { readonly split?: string; readonly classes?: string },
): Promise<void> {
  const { findVideos, loadActionSet, runZeroShot } = await import('@internvid/viclip');
  const way = await wayOf(flags);
  const { split, classes } = flags;
  const choice = {
    ...(split === undefined ? {} : { split }),
    ...(classes === undefined ? {} : { classes }),
  };
  const set = oneOf('the set', format, ACTION_SETS);
  const test = await wordsAsUsage(
    loadActionSet(set, there(annotations, set === 'hmdb51' ? 'folder' : 'file'), choice),
  );
  const found = await findVideos(there(videos, 'folder'), test.videos);
  await evaluate(found, way, flags, (tools) =>
    runZeroShot({ classNames: test.classNames, videos: found.found }, tools),
  );
}

/** `internvid viclip eval retrieval`: finds videos by texts, and texts by videos. */
export async function evaluateRetrieval(
  format: string,
  annotations: string,
  videos: string,
  flags: EvalFlags,
): Promise<void> {
  const { CAPTION_SETS, findVideos, loadCaptionSet, runRetrieval } =
    await import('@internvid/viclip');
  const way = await wayOf(flags);
  const names = Object.keys(CAPTION_SETS) as CaptionSetName[];
  const set = oneOf('the set', format, names);
  const found = await findVideos(
    there(videos, 'folder'),
    await loadCaptionSet(set, there(annotations, 'file')),
  );
  await evaluate(found, way, flags, (tools) => runRetrieval({ videos: found.found }, tools));
}

type Report = ZeroShotReport | RetrievalReport;

async function evaluate(
  { found, missing }: FoundVideos<{ readonly names: readonly string[] }>,
  { config, settings }: Way,
  flags: EvalFlags,
  test: (tools: EvaluationTools) => Promise<Report>,
): Promise<void> {
  if (found.length === 0) {
    const example = missing[0]?.names[0] ?? '';
    const message = `None of the ${plural(missing.length, 'video')} of the test has a file there, for instance "${example}".`;
    throw new ToolkitError('not-found', message);
  }
  const signal = signalOfInterrupts('Stopped. There is no report: run the same command again.');
  const frames = await openFrameReader({ config });
  const progress = counter('videos', (count) => count.toLocaleString('en'), flags);
  const report = await withResource(openViclip(settings, signal), (encoder) =>
    test({ encoder, frames, signal, onProgress: progress.show }),
  ).finally(() => {
    progress.stop();
  });
  const { writeReport } = await import('@internvid/viclip');
  const files = flags.out === undefined ? [] : await writeReport(flags.out, report);
  if (report.videos === 0) process.exitCode = 1;
  print(flags, summary(report, missing, files), () => text(report, missing.length, flags.out));
}

type Way = { readonly config: Config; readonly settings: ViclipSettings };

async function wayOf(flags: EvalFlags): Promise<Way> {
  const { ffmpeg, ffprobe } = flags;
  const loaded = await loadConfig(flags.config);
  const config = { ...loaded.config, ...defined({ ffmpeg, ffprobe }) };
  return { config, settings: neededViclip(config, flags) };
}

/** The figures, and what they leave out; ranks, predictions and tables are in the report. */
function summary(
  report: Report,
  missing: readonly { readonly names: readonly string[] }[],
  files: readonly string[],
): JsonObject {
  const { kind, videos, failed, encoder } = report;
  const about = {
    kind,
    encoder,
    videos,
    missing: missing.map(({ names }) => names[0] ?? ''),
    failed,
    files,
  };
  if (report.kind === 'zero-shot') {
    const { top1, top5, average } = report;
    return plain({ ...about, top1, top5, average });
  }
  const figures = directions(report).map(([name, { ranks: _, ...rest }]) => [name, rest] as const);
  return plain({ ...about, texts: report.texts, ...Object.fromEntries(figures) });
}

function directions(report: RetrievalReport): readonly (readonly [string, DirectionFigures])[] {
  return [
    ['textToVideo', report.plain.textToVideo],
    ['videoToText', report.plain.videoToText],
    ['textToVideoDualSoftmax', report.dualSoftmax.textToVideo],
    ['videoToTextDualSoftmax', report.dualSoftmax.videoToText],
  ];
}

function text(report: Report, missing: number, out: string | undefined): string {
  const left = [
    ...(missing > 0 ? [`${plural(missing, 'video')} of the test without a file`] : []),
    ...(report.failed.length > 0
      ? [`${plural(report.failed.length, 'video')} that cannot be read`]
      : []),
  ];
  return [
    report.kind === 'zero-shot' ? recognition(report) : retrieval(report),
    '',
    ...(left.length > 0 ? [`The figures leave out ${left.join(' and ')}.`] : []),
    ...report.failed.map(({ code, message }) => `failed  ${message} [${code}]`),
    out === undefined ? 'Keep ranks and tables with --out FOLDER.' : `Report: ${out}`,
  ].join('\n');
}

function recognition({ videos, classes, top1, top5, average }: ZeroShotReport): string {
  return [
    `${plural(videos, 'video')} of ${classes.length} classes, percent:`,
    formatTable(['top-1', 'top-5', 'mean'], [[tenth(top1), tenth(top5), tenth(average)]]),
  ].join('\n');
}

function retrieval(report: RetrievalReport): string {
  const rows = directions(report).map(([name, figures]) => [
    DIRECTIONS[name] ?? name,
    ...[figures.r1, figures.r5, figures.r10, figures.mean].map(tenth),
    figures.medianRank,
    tenth(figures.meanRank),
  ]);
  return [
    `${plural(report.videos, 'video')} and ${plural(report.texts, 'text')}:`,
    formatTable(['', 'R@1 %', 'R@5 %', 'R@10 %', 'mean %', 'median rank', 'mean rank'], rows),
  ].join('\n');
}

const DIRECTIONS: Readonly<Record<string, string>> = {
  textToVideo: 'text to video',
  videoToText: 'video to text',
  textToVideoDualSoftmax: 'text to video, dual softmax',
  videoToTextDualSoftmax: 'video to text, dual softmax',
};

function tenth(value: number): string {
  return value.toFixed(1);
}

/** @throws UsageError where there is no such file or folder. */
function there(path: string, kind: 'file' | 'folder'): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (kind === 'folder' ? found?.isDirectory() : found?.isFile()) return path;
  throw new UsageError(`There is no ${kind} ${path}.`);
}
