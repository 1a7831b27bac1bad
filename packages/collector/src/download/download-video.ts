import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { retry, sha256, slug } from '@internvid/core';
import type { VideoCandidate } from './candidate.js';
import { claimFile } from './claim.js';
import type { Downloaded, DownloadContext, DownloadTools } from './download-tools.js';
import { examineFile } from './examine-file.js';
import { fetchCandidate } from './fetch-candidate.js';
import { findFinished } from './finished-file.js';
import { notYet } from './host-gate.js';
import { removePartial } from './partial-file.js';
import { endingOf, problemOf } from './problem.js';
import { retryBook, type BookEntry } from './retry-book.js';
import { seededRandom } from './seeded-random.js';

/** What the files of a candidate begin with, and its key in the retry book: safe whatever its id and URL hold. */
function stemOf({ id, url, via }: VideoCandidate): string {
  return `${slug(id)}-${sha256(`${via}\n${url}`).slice(0, 12)}`;
}

/**
 * Sees to it that the file of a candidate is there: finds that of an earlier run, or fetches it, unless the retry book speaks
 * against it. Whatever ends it, short of an abort, is noted in the book.
 *
 * @throws ToolkitError made by `downloadError`; an error of the run; the abort reason.
 */
export async function downloadVideo(
  candidate: VideoCandidate,
  tools: DownloadTools,
  context: DownloadContext,
): Promise<Downloaded> {
  const { folder, frames } = tools.settings;
  const stem = stemOf(candidate);
  const claim = await claimFile(join(folder, `${stem}.claim`), context.signal);
  try {
    const file = await findFinished(folder, stem);
    if (file === undefined) return await tryToFetch(candidate, stem, tools, context);
    const path = join(folder, file.fileName);
    const doubts = { isEndKnown: true, isResumed: false };
    const info = await examineFile(frames, path, candidate.url, doubts, context.signal);
    return { file, info };
  } finally {
    await claim.release();
  }
}

async function tryToFetch(
  candidate: VideoCandidate,
  stem: string,
  tools: DownloadTools,
  context: DownloadContext,
): Promise<Downloaded> {
  const { retry: patience, rules, folder } = tools.settings;
  const book = retryBook(context.store, {
    ...{ maxTries: patience.ever, firstWaitMs: patience.betweenRunsMs, rules },
  });
  const earlier = await book.read(stem);
  const final = earlier === undefined ? undefined : book.finalError(earlier);
  if (final !== undefined) throw final;
  await waitUntilDue(earlier, patience.maxWaitMs, context.signal);
  const left = patience.ever - (earlier?.tries ?? 0);
  const state = { tries: 0 };
  try {
    const attempts = Math.min(patience.perRun, left);
    const downloaded = await repeat(candidate, stem, attempts, state, tools, context);
    if (earlier !== undefined) await book.forget(stem);
    return downloaded;
  } catch (error) {
    context.signal.throwIfAborted();
    const { url } = candidate;
    const ending = await book.note(stem, { url, error, tries: state.tries, earlier });
    if (!ending.retryable && problemOf(ending) !== undefined) await removeTraces(folder, stem);
    throw ending;
  }
}

async function waitUntilDue(
  entry: BookEntry | undefined,
  maxWaitMs: number,
  signal: AbortSignal,
): Promise<void> {
  if (entry?.notBefore === undefined) return;
  const waitMs = entry.notBefore - Date.now();
  if (waitMs > maxWaitMs) throw notYet(`${entry.url} (${entry.problem})`, waitMs);
  if (waitMs > 0) await sleep(waitMs, undefined, { signal });
}

async function repeat(
  candidate: VideoCandidate,
  stem: string,
  attempts: number,
  state: { tries: number },
  tools: DownloadTools,
  context: DownloadContext,
): Promise<Downloaded> {
  const { settings, guard, gate, budget } = tools;
  const { host } = guard.check(candidate.url);
  const { backOffMs, maxWaitMs } = settings.retry;
  const work = async (): Promise<Downloaded> => {
    budget.spend(0);
    state.tries += 1;
    try {
      return await fetchCandidate(candidate, stem, tools, context);
    } catch (error) {
      // Before the place is given back: whoever takes it must not ask a server that wants rest.
      const waitMs = serverWaitOf(error);
      if (waitMs !== undefined) gate.pause(host, waitMs);
      throw error;
    }
  };
  return retry(() => gate.run(host, context.signal, work), {
    ...{ attempts, baseMs: backOffMs, maxServerWaitMs: maxWaitMs, signal: context.signal },
    random: seededRandom(`${settings.seed} ${stem}`),
  });
}

/** How long a server asked us to wait; what we decide ourselves concerns no other download. */
function serverWaitOf(error: unknown): number | undefined {
  const problem = problemOf(error);
  if (problem === undefined || endingOf(problem) !== 'retry') return undefined;
  return (error as { readonly retryAfterMs?: number }).retryAfterMs;
}

/** What is settled leaves nothing behind but its entry in the book. */
async function removeTraces(folder: string, stem: string): Promise<void> {
  await removePartial(join(folder, `${stem}.part`));
  await rm(join(folder, `${stem}.work`), { recursive: true, force: true });
}
