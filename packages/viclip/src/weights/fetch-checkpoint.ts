import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { retry, ToolkitError } from '@internvid/core';

import { fetchRest } from '../fetch-rest.js';
import { knownCheckpoints, type KnownCheckpoint } from './known-checkpoints.js';
import type { WriteProgress } from './write-tensors.js';

/** How a published checkpoint is fetched. */
export type FetchCheckpointOptions = {
  /** Where files are kept. Default `$XDG_CACHE_HOME/internvid/checkpoints`, or `.cache` in the home directory. */
  readonly directory?: string | undefined;
  /** Expected hash, for a checkpoint whose hash was never published. Lower-case hex. */
  readonly sha256?: string | undefined;
  /** Default `https://huggingface.co`. */
  readonly endpoint?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: WriteProgress) => void) | undefined;
};

const ENDPOINT = 'https://huggingface.co';

/**
 * Path of a published checkpoint, fetched where it is not yet kept. A fetch that broke off goes on where it stopped; a file appears
 * under its name when its hash is right.
 *
 * @throws RangeError for an unknown name. ToolkitError `not-found` where no public place is known, `invalid-config` where no hash is
 * known, `network`, `corrupt` for another hash, `store-failed`.
 */
export async function fetchCheckpoint(
  name: string,
  options: FetchCheckpointOptions = {},
): Promise<string> {
  const known = knownCheckpoints.find((checkpoint) => checkpoint.name === name);
  if (known === undefined) {
    const names = knownCheckpoints.map((checkpoint) => checkpoint.name).join(', ');
    throw new RangeError(`There is no known checkpoint "${name}". Known: ${names}.`);
  }
  const { directory = defaultDirectory(), endpoint = ENDPOINT, signal, onProgress } = options;
  const sha256 = expectedHash(known, options.sha256);
  const url = addressOf(known, endpoint);
  const path = join(directory, `${known.name}-${known.file}`);
  if (await exists(path)) return path;
  await mkdir(directory, { recursive: true });
  const unfinished = `${path}.part`;
  await retry(
    () => fetchRest(url, unfinished, { signal, onProgress }),
    signal === undefined ? {} : { signal },
  );
  const found = (await hashOf(unfinished, signal)).digest('hex');
  if (found !== sha256) {
    await rm(unfinished, { force: true });
    throw new ToolkitError(
      'corrupt',
      `${url} has the SHA-256 ${found} and should have ${sha256}. It was not kept.`,
    );
  }
  await rename(unfinished, path);
  return path;
}

function defaultDirectory(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(cache, 'internvid', 'checkpoints');
}

function expectedHash({ name, sha256 }: KnownCheckpoint, given: string | undefined): string {
  const expected = given?.toLowerCase() ?? sha256;
  if (expected !== undefined) return expected;
  throw new ToolkitError(
    'invalid-config',
    `The hash of ${name} was never published, so a fetched file could not be checked. Get it yourself and give its path, or give the SHA-256 that it must have.`,
  );
}

function addressOf({ name, repository, file }: KnownCheckpoint, endpoint: string): string {
  if (repository === undefined) {
    throw new ToolkitError(
      'not-found',
      `No public place of ${name} (${file}) is known to work: give the path of your copy.`,
    );
  }
  return `${endpoint}/${repository.id}/resolve/${repository.revision}/${file}`;
}

async function hashOf(path: string, signal: AbortSignal | undefined): Promise<Hash> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, signal === undefined ? {} : { signal })) {
    hash.update(chunk as Buffer);
  }
  return hash;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
