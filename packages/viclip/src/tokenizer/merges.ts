import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

import { isAbort, retry, ToolkitError } from '@internvid/core';

import { fetchBytes } from '../fetch-bytes.js';

/** Where the published merges lie: the repository of CLIP (OpenAI, MIT licence). */
export const CLIP_MERGES_URL =
  'https://raw.githubusercontent.com/openai/CLIP/main/clip/bpe_simple_vocab_16e6.txt.gz';
const SHA256 = '924691ac288e54409236115652ad4aa250f48203de50a9e4722a6ecd48d6804a';
const BYTES = 1_356_917;
/** Merges in use: the vocabulary without the bytes, the bytes that end a word, start and end. */
const MERGES = 49_152 - 256 - 2;

/** Where the merges are taken from. */
export type ClipMergesOptions = {
  /** The file `bpe_simple_vocab_16e6.txt.gz`, packed. */
  readonly path: string;
  /** Fetches the file where `path` has none, and keeps it there. Default: nothing is fetched. */
  readonly url?: string;
  readonly signal?: AbortSignal;
};

/**
 * Reads the byte-pair merges of CLIP, in order of priority. They are not part of this package: name the file, or let it be
 * fetched from `CLIP_MERGES_URL` (1.4 MB).
 *
 * @throws ToolkitError `not-found` without the file, `network`, `timeout`, and `corrupt` when it is not the published one (by
 * its SHA-256).
 */
export async function loadClipMerges(
  options: ClipMergesOptions,
): Promise<readonly (readonly [string, string])[]> {
  const { path, url, signal } = options;
  const packed = (await readIfThere(path, signal)) ?? (await fetchTo(path, url, signal));
  const lines = (await promisify(gunzip)(packed)).toString('utf8').split('\n');
  return lines.slice(1, MERGES + 1).map((line) => {
    const [first = '', second = ''] = line.split(' ');
    return [first, second];
  });
}

async function readIfThere(path: string, signal?: AbortSignal): Promise<Buffer | undefined> {
  try {
    const bytes = await readFile(path, signal === undefined ? {} : { signal });
    return checked(bytes, path);
  } catch (cause) {
    if (isAbort(cause) || ToolkitError.is(cause)) throw cause;
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ToolkitError('unreadable', `The merges ${path} cannot be read.`, { cause });
  }
}

async function fetchTo(path: string, url?: string, signal?: AbortSignal): Promise<Buffer> {
  if (url === undefined) {
    const message = `There are no merges at ${path}: get ${CLIP_MERGES_URL}, or allow it to be fetched.`;
    throw new ToolkitError('not-found', message);
  }
  const limits = { maxBytes: BYTES, timeoutMs: 120_000, signal };
  const patience = signal === undefined ? {} : { signal };
  const bytes = checked(await retry(() => fetchBytes(url, limits), patience), url);
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${randomUUID()}`;
  try {
    await writeFile(unfinished, bytes);
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
  return bytes;
}

function checked(bytes: Buffer, from: string): Buffer {
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found === SHA256) return bytes;
  const message = `${from} is not the published file of merges: its SHA-256 is ${found}, not ${SHA256}.`;
  throw new ToolkitError('corrupt', message);
}
