import { basename, dirname, resolve } from 'node:path';

import { fileStore, slug, type StepKey } from '@internvid/core';
import type {
  ComparedClip,
  CopyLevel,
  CopyPair,
  DedupReport,
  KeepRule,
  ThresholdCount,
} from '@internvid/generation';

import {
  openReference,
  readComparedClips,
  readHashes,
  readVectors,
  vectorStep,
  type ComparedDataset,
} from '../compared-clips.js';
import { writeCopiesPage } from '../copies-page.js';
import { counter } from '../counter.js';
import { currentSteps } from '../current-steps.js';
import { UsageError } from '../exit.js';
import { formatBytes, formatTable, plural } from '../format.js';
import { plain, print } from '../output.js';
import { readSelectable } from '../select-clips.js';
import { oneOf, openSession, type CommonFlags, type Session } from '../session.js';
import { hashStep } from '../steps.js';
import { openFrameReader } from '../work.js';

/** Flags of `dedup`. */
export type DedupFlags = CommonFlags & {
  readonly level: readonly string[];
  readonly against?: readonly string[];
  readonly keep: string;
  readonly share: string;
  readonly mirrored?: boolean;
  readonly of: string;
  readonly threshold?: string;
  readonly hashesOut?: string;
};

const LEVELS: readonly CopyLevel[] = ['exact', 'perceptual', 'semantic'];
const KEEP_RULES: readonly KeepRule[] = ['longest', 'largest', 'first'];
const CHART_KEY = 'dedup/similarities.svg';

/** `internvid dedup`: finds clips that are copies of others, in a dataset and against others, and keeps the verdicts. */
export async function dedup(dataset: string | undefined, flags: DedupFlags): Promise<void> {
  const session = await openSession(flags, dataset);
  const { store, signal } = session;
  const levels = flags.level.map((name) => oneOf('--level', name, LEVELS));
  const leastShare = fraction('--share', flags.share);
  const threshold =
    flags.threshold === undefined ? undefined : fraction('--threshold', flags.threshold);
  const rule = keepRuleOf(flags.keep);
  const needsHashes = levels.includes('perceptual') || flags.hashesOut !== undefined;
  if (needsHashes) await hashClipsOf(session);
  const own: ComparedDataset = { store, steps: await currentSteps(store), prefix: '' };
  if (flags.hashesOut !== undefined) await writeHashes(own, flags.hashesOut, signal);
  const datasets = [own, ...(await references(flags.against ?? []))];
  const { inOrderOfKeeping, saveDedup } = await import('@internvid/generation');
  const compared: ComparedClip[] = [];
  const scores = await scoresNamed(own, rule.by, signal);
  for (const each of datasets)
    for await (const clip of readComparedClips(each, scores, signal)) compared.push(clip);
  const clips = inOrderOfKeeping(compared, rule.rule);
  const search = { clips, datasets, flags, signal };
  const pairs: CopyPair[] = [];
  if (levels.includes('exact')) pairs.push(...(await exactOf(search)));
  if (levels.includes('perceptual')) pairs.push(...(await perceptualOf(search)));
  const semantic = levels.includes('semantic') ? await semanticOf(search, threshold) : undefined;
  pairs.push(...(semantic?.pairs ?? []));
  if (semantic !== undefined) await store.write(CHART_KEY, semantic.chart, signal);
  const isOnlyALook = levels.every((level) => level === 'semantic') && threshold === undefined;
  const result = {
    chart: semantic === undefined ? undefined : CHART_KEY,
    counts: semantic?.counts,
  };
  if (isOnlyALook) {
    print(flags, plain(result), () => describeLook(semantic?.counts ?? [], store.location));
    return;
  }
  const settings = plain({
    levels,
    keep: flags.keep,
    leastShare,
    mirrored: flags.mirrored === true,
    against: flags.against ?? [],
    ...(threshold === undefined ? {} : { of: flags.of, threshold }),
  });
  const of = fingerprints(own, levels, flags.of);
  const report = await saveDedup(store, { clips, pairs, leastShare, of, settings }, signal);
  const page = await writeCopiesPage(own, datasets, report, signal);
  print(flags, plain({ ...report, ...result, page }), () =>
    [
      ...(semantic === undefined ? [] : [describeLook(semantic.counts, store.location), '']),
      describeReport(report),
      `Look at what was joined:  ${store.location}/${page}`,
      `Leave copies out:         internvid select ${store.location} --name NAME --without-copies`,
    ].join('\n'),
  );
}

/** Makes the hashes of the clips; those that are there stay. */
async function hashClipsOf(session: Session): Promise<void> {
  const steps = await currentSteps(session.store);
  const needed = { split: steps.need('split'), collect: steps.need('collect') };
  const report = await session.run(await hashStep(needed, await openFrameReader(session)));
  if (report.broken.length > 0) process.exitCode = 1;
}

async function writeHashes(own: ComparedDataset, path: string, signal: AbortSignal): Promise<void> {
  const { writeHashFile } = await import('@internvid/generation');
  const target = resolve(path);
  const store = fileStore(dirname(target));
  const { clips, bytes } = await writeHashFile(
    store,
    basename(target),
    readHashes([own], signal),
    signal,
  );
  process.stderr.write(
    `Wrote the hashes of ${plural(clips, 'clip')} to ${target}, ${formatBytes(bytes)}.\n`,
  );
}

/** The other datasets, by the names of their folders, numbered where two have one name. */
async function references(folders: readonly string[]): Promise<readonly ComparedDataset[]> {
  const names = new Map<string, number>();
  const found: ComparedDataset[] = [];
  for (const folder of folders) {
    const store = fileStore(folder);
    const name = slug(basename(store.location));
    const count = (names.get(name) ?? 0) + 1;
    names.set(name, count);
    found.push(await openReference(store, `${count === 1 ? name : `${name}-${count}`}:`));
  }
  return found;
}

type Search = {
  readonly clips: readonly ComparedClip[];
  readonly datasets: readonly ComparedDataset[];
  readonly flags: DedupFlags;
  readonly signal: AbortSignal;
};

async function exactOf({ clips }: Search): Promise<readonly CopyPair[]> {
  const { exactPairs } = await import('@internvid/generation');
  return [...exactPairs(clips)];
}

async function perceptualOf(search: Search): Promise<readonly CopyPair[]> {
  const { clips, datasets, flags, signal } = search;
  const { perceptualPairs } = await import('@internvid/generation');
  const progress = counter('clips compared', (clip) => clip.toLocaleString('en'), flags);
  try {
    return await perceptualPairs(clips, {
      hashes: () => readHashes(datasets, signal),
      mirrored: flags.mirrored === true,
      onProgress: progress.show,
    });
  } finally {
    progress.stop();
  }
}

type Semantic = {
  readonly pairs: readonly CopyPair[];
  readonly chart: string;
  readonly counts: readonly ThresholdCount[];
};

async function semanticOf(
  { clips, datasets, flags, signal }: Search,
  threshold: number | undefined,
): Promise<Semantic> {
  const generation = await import('@internvid/generation');
  const vectors = await generation.holdVectors(readVectors(datasets, flags.of, signal));
  if (vectors.clips.length === 0)
    throw new UsageError(`--of: there is no vector of "${flags.of}": video, caption-fine, ...`);
  const progress = counter('vectors compared', (clip) => clip.toLocaleString('en'), flags);
  try {
    const { nearest, pairs } = generation.semanticPairs(clips, vectors, {
      ...(threshold === undefined ? {} : { threshold }),
      onProgress: progress.show,
    });
    const chart = generation.similarityChart(nearest, flags.of);
    return { pairs, chart, counts: generation.countsAtThresholds(nearest) };
  } finally {
    progress.stop();
  }
}

async function scoresNamed(
  { store, steps }: ComparedDataset,
  name: string | undefined,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const scores = new Map<string, number>();
  if (name === undefined) return scores;
  const { fieldOf } = await import('@internvid/core');
  for await (const { clip, values } of readSelectable(store, steps, signal)) {
    const value = fieldOf(values, name);
    if (typeof value === 'number') scores.set(clip, value);
  }
  if (scores.size > 0) return scores;
  throw new UsageError(`--keep: no clip has a number called "${name}".`);
}

function keepRuleOf(text: string): { readonly rule: KeepRule; readonly by?: string } {
  const by = /^best=(.+)$/.exec(text)?.[1];
  if (by !== undefined) return { rule: 'best', by };
  const rule = KEEP_RULES.find((known) => known === text);
  if (rule !== undefined) return { rule };
  throw new UsageError(`--keep must be one of ${KEEP_RULES.join(', ')}, best=NAME, got "${text}".`);
}

function fraction(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value <= 1) return value;
  throw new UsageError(`${flag} must be above 0 and at most 1, got "${text}".`);
}

function fingerprints(
  { steps }: ComparedDataset,
  levels: readonly CopyLevel[],
  of: string,
): Record<string, string> {
  const read: readonly (StepKey | undefined)[] = [
    steps.need('split'),
    levels.includes('perceptual') ? steps.need('hash') : undefined,
    levels.includes('semantic') ? vectorStep(steps, of) : undefined,
  ];
  return Object.fromEntries(
    read.filter((step) => step !== undefined).map(({ name, fingerprint }) => [name, fingerprint]),
  );
}

function describeLook(counts: readonly ThresholdCount[], location: string): string {
  const rows = counts.map(({ threshold, clips, share }) => [
    threshold,
    clips,
    `${(share * 100).toFixed(1)} %`,
  ]);
  return [
    'Clips with a neighbour at least so like them:',
    formatTable(['cosine', 'clips', 'share'], rows),
    `Drawn in ${location}/${CHART_KEY}. Choose with --threshold.`,
  ].join('\n');
}

function describeReport({ clips, kept, copies, groups, references: held }: DedupReport): string {
  const others = held === 0 ? '' : `, held against ${held.toLocaleString('en')} of other datasets`;
  const counts = LEVELS.map((level) => `${copies[level]} ${level}`).join(', ');
  return `${plural(clips, 'clip')}${others}: ${kept} kept, ${clips - kept} copies (${counts}) in ${plural(groups, 'group')}.`;
}
