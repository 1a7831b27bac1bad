import { isAbort, ToolkitError, type Store } from '@internvid/core';
import {
  downloadError,
  endingOf,
  isDownloadProblem,
  problemOf,
  type DownloadProblem,
} from './problem.js';

/** Where the book lies in the dataset: a file for each URL that did not end with a video. */
const BOOK = 'downloads/book';
const MAX_MESSAGE = 500;
const MAX_URL = 2_000;
const DAY_MS = 86_400_000;

/** What is remembered of a URL that did not end with a video. */
export type BookEntry = {
  readonly url: string;
  readonly problem: DownloadProblem;
  readonly message: string;
  /** Tries so far, over all runs. */
  readonly tries: number;
  /** Milliseconds since 1970. Not tried again before; absent where it is never tried again. */
  readonly notBefore?: number;
  /** Fingerprint of the settings that the verdict rests on: under others it is void. */
  readonly rules: string;
};

/** When and how often it is tried again. */
export type RetryBookOptions = {
  /** Tries over all runs; then it is given up. */
  readonly maxTries: number;
  /** Wait after the first try; doubles with each, up to a day. */
  readonly firstWaitMs: number;
  /** Fingerprint of the settings that verdicts rest on, such as the size limit. */
  readonly rules: string;
};

/** What became of one URL in earlier runs. */
export interface RetryBook {
  /** What stands against trying now: a tombstone, tries that are used up, or nothing. */
  read(key: string): Promise<BookEntry | undefined>;
  /** The error to end with where an entry is final; undefined where another try is due, now or later. */
  finalError(entry: BookEntry): ToolkitError | undefined;
  /** Notes that tries ended with an error, and returns the error to end this run with. */
  note(key: string, tried: Tried): Promise<ToolkitError>;
  forget(key: string): Promise<void>;
}

/** How tries ended. */
export type Tried = {
  readonly url: string;
  readonly error: unknown;
  /** In this run. */
  readonly tries: number;
  readonly earlier: BookEntry | undefined;
};

/** Opens the book of a dataset. Entries are written whole, one file each, so that it never grows beyond the list of URLs. */
export function retryBook(store: Store, options: RetryBookOptions): RetryBook {
  const { maxTries, firstWaitMs, rules } = options;
  return {
    async read(key) {
      const entry = await readEntry(store, keyOf(key));
      return entry?.rules === rules ? entry : undefined;
    },
    finalError(entry) {
      const isFinal = endingOf(entry.problem) !== 'retry' || entry.tries >= maxTries;
      return isFinal ? settled(entry, entry.message) : undefined;
    },
    async note(key, { url, error, tries, earlier }) {
      const failure = ToolkitError.from(error);
      const problem = problemOf(failure);
      if (isAbort(error) || failure.stopsRun || problem === undefined) return failure;
      if (endingOf(problem) === 'postpone') return failure;
      const allTries = (earlier?.tries ?? 0) + tries;
      const message = failure.message.slice(0, MAX_MESSAGE);
      const isAgain = endingOf(problem) === 'retry' && allTries < maxTries;
      const ownWaitMs = Math.min(DAY_MS, firstWaitMs * 2 ** (allTries - 1));
      const waitMs = Math.max(ownWaitMs, failure.retryAfterMs ?? 0);
      const entry: BookEntry = {
        ...{ url: url.slice(0, MAX_URL), problem, message, tries: allTries, rules },
        ...(isAgain ? { notBefore: Date.now() + waitMs } : {}),
      };
      await store.write(keyOf(key), `${JSON.stringify(entry)}\n`);
      return isAgain ? failure : settled(entry, message);
    },
    forget: (key) => store.remove(keyOf(key)),
  };
}

/**
 * Counts the URLs of a dataset that did not end with a video, by problem.
 *
 * @returns counts: `settled` are never tried again, `waiting` are tried by the next run that comes late enough.
 */
export async function countDownloadProblems(store: Store): Promise<{
  readonly settled: Readonly<Record<string, number>>;
  readonly waiting: Readonly<Record<string, number>>;
}> {
  const settledCounts: Record<string, number> = {};
  const waiting: Record<string, number> = {};
  for await (const { key } of store.list(BOOK)) {
    const entry = await readEntry(store, key);
    if (entry === undefined) continue;
    const counts = entry.notBefore === undefined ? settledCounts : waiting;
    counts[entry.problem] = (counts[entry.problem] ?? 0) + 1;
  }
  return { settled: settledCounts, waiting };
}

/**
 * Empties the book, so that the next run tries everything again that has not ended with a video.
 *
 * @returns how many entries there were.
 */
export async function forgetDownloadProblems(store: Store): Promise<number> {
  let count = 0;
  for await (const { key } of store.list(BOOK)) {
    await store.remove(key);
    count += 1;
  }
  return count;
}

function keyOf(key: string): string {
  return `${BOOK}/${key}.json`;
}

/** The same error in the run that settles it and in every later one, so that a shard's report does not depend on which it was. */
function settled(entry: BookEntry, message: string): ToolkitError {
  const { problem, tries } = entry;
  const gaveUp = endingOf(problem) === 'retry' ? ` Given up after ${tries} tries.` : '';
  const error = downloadError(problem, `${message}${gaveUp}`, { details: { tries } });
  return new ToolkitError(error.code, error.message, { details: error.details });
}

async function readEntry(store: Store, key: string): Promise<BookEntry | undefined> {
  if ((await store.stat(key)) === undefined) return undefined;
  const text = Buffer.from(await store.read(key)).toString('utf8');
  const entry = parseEntry(text);
  if (entry !== undefined) return entry;
  const message = `${key} in ${store.location} is no entry of a retry book. Remove it: its URL is then tried again.`;
  throw new ToolkitError('corrupt', message, { details: { key } });
}

function parseEntry(text: string): BookEntry | undefined {
  let value: Partial<Record<keyof BookEntry, unknown>>;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return undefined;
  }
  const { url, problem, message, tries, notBefore, rules } = value;
  const isEntry =
    typeof url === 'string' &&
    isDownloadProblem(problem) &&
    typeof message === 'string' &&
    typeof tries === 'number' &&
    typeof rules === 'string';
  if (!isEntry) return undefined;
  const later = typeof notBefore === 'number' ? { notBefore } : {};
  return { url, problem, message, tries, rules, ...later };
}
