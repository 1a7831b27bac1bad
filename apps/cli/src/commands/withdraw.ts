import { readFile } from 'node:fs/promises';

import { readStepTable, videosTable, type JsonObject } from '@internvid/core';
import type { Withdrawal, WithdrawnBy } from '@internvid/generation';

import { currentSteps, type CurrentSteps } from '../current-steps.js';
import { UsageError } from '../exit.js';
import { plural } from '../format.js';
import { print } from '../output.js';
import { openSession, type CommonFlags, type Session } from '../session.js';

/** Flags of `withdraw`. */
export type WithdrawFlags = CommonFlags & {
  readonly video?: readonly string[];
  readonly url?: readonly string[];
  readonly sha256?: readonly string[];
  readonly list?: string;
  readonly reason?: string;
};

const NAMED_BY: readonly WithdrawnBy[] = ['video', 'url', 'sha256'];

/** `internvid withdraw`: notes videos that must not be used; without any it lists those that are noted. */
export async function withdraw(dataset: string | undefined, flags: WithdrawFlags): Promise<void> {
  const generation = await import('@internvid/generation');
  const session = await openSession(flags, dataset);
  const { store, signal } = session;
  const steps = await currentSteps(store);
  steps.need('collect');
  const asked = await withdrawalsOf(flags);
  const added = asked.length === 0 ? 0 : await generation.withdraw(store, asked, signal);
  const all = await generation.readWithdrawals(store, signal);
  const videos = await videosHeldBy(session, steps, asked.length === 0 ? all : asked);
  const copies = await copiesElsewhere(session, new Set(videos));
  const result: JsonObject = {
    ...{ added, withdrawals: all.length, videos, copies: [...copies] },
    ...(asked.length === 0 ? { list: all } : {}),
  };
  print(flags, result, () =>
    [
      ...(asked.length === 0
        ? all.map(({ at, by, value, reason }) => `${at}  ${by}  ${value}  ${reason}`)
        : [`${plural(added, 'withdrawal')} noted, ${all.length} in all.`]),
      `In the dataset: ${plural(videos.length, 'video')}${videos.length === 0 ? '' : `, ${videos.join(', ')}`}.`,
      ...(copies.size === 0
        ? []
        : [`Other videos share content with these by the last dedup: ${[...copies].join(', ')}`]),
      'Every later select, generate and export leaves them out. What was exported before still has them: export again.',
    ].join('\n'),
  );
}

async function withdrawalsOf(flags: WithdrawFlags): Promise<readonly Withdrawal[]> {
  const { withdrawalName } = await import('@internvid/generation');
  const named = NAMED_BY.flatMap((by) => (flags[by] ?? []).map((value) => ({ by, value })));
  const listed = flags.list === undefined ? [] : await readList(flags.list);
  const all = [...named, ...listed];
  if (all.length > 0 && flags.reason === undefined)
    throw new UsageError(
      'Say why: --reason "owner asked on 2026-01-31". It is kept with the entry.',
    );
  const at = new Date().toISOString();
  return all.map(({ by, value }) => ({
    ...asUsage(() => withdrawalName(by, value)),
    reason: flags.reason ?? '',
    at,
  }));
}

/** A name on each line; what it is shows: 64 hex digits, an address, else a video id. Empty lines and those with `#` are passed over. */
async function readList(
  path: string,
): Promise<readonly { readonly by: WithdrawnBy; readonly value: string }[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(`--list: ${path} cannot be read: ${String(error)}.`);
  });
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const names = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (names.length === 0) throw new UsageError(`--list: ${path} names no video.`);
  return names.map((value) => ({ by: kindOf(value), value }));
}

function kindOf(name: string): WithdrawnBy {
  if (/^[0-9a-f]{64}$/i.test(name)) return 'sha256';
  return /[/\\:]/.test(name) ? 'url' : 'video';
}

function asUsage<Out>(call: () => Out): Out {
  try {
    return call();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function videosHeldBy(
  { store, signal }: Session,
  steps: CurrentSteps,
  withdrawals: readonly Withdrawal[],
): Promise<readonly string[]> {
  const { withdrawnBy } = await import('@internvid/generation');
  const isWithdrawn = withdrawnBy(withdrawals);
  const videos: string[] = [];
  for await (const video of readStepTable(store, steps.need('collect'), videosTable, signal))
    if (isWithdrawn(video)) videos.push(video.id);
  return videos;
}

/** Videos that share content with these by the last search for copies, and are not withdrawn with them. */
async function copiesElsewhere(
  { store, signal }: Session,
  videos: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const { readDedupReport, readOverlaps } = await import('@internvid/generation');
  const copies = new Set<string>();
  if (videos.size === 0 || (await readDedupReport(store, signal)) === undefined) return copies;
  for await (const { videoA, videoB } of readOverlaps(store, signal)) {
    if (videos.has(videoA) && !videos.has(videoB)) copies.add(videoB);
    if (videos.has(videoB) && !videos.has(videoA)) copies.add(videoA);
  }
  return copies;
}
