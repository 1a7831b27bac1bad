import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { retry, ToolkitError } from '@internvid/core';

import { fetchRest, shown, type FetchProgress } from '../../fetch-rest.js';
import { tarIndex } from './tar-index.js';

/** Which shards are fetched, and where they are kept. */
export type FetchShardsOptions = {
  /**
   * An `http` or `https` address of a `.tar`, in which `{000000..000011}` stands for all numbers from one to the other, as webdataset
   * writes it.
   */
  readonly address: string;
  /** Where they are kept under their own names: of one place, as shards of that name that are there are not fetched again. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ShardProgress) => void) | undefined;
};

/** Which shard comes, and how far it is. */
export type ShardProgress = FetchProgress & { readonly shard: number; readonly shards: number };

/** More than any set has; a slip of the keyboard otherwise fetches for years. */
const MOST_SHARDS = 100_000;
const RANGE = /\{(\d+)\.\.(\d+)\}/;
/** What a shard may be called on this machine, whatever its address. */
const NAME = /^[\w-][\w.-]*\.tar$/;

/**
 * Fetches WebDataset shards, one after the other, each of which appears in the folder when it is a whole tar. A fetch that broke off
 * goes on where it stopped.
 *
 * @returns their file names in the folder, in order.
 * @throws RangeError for what is no address of shards. ToolkitError `network`, `corrupt` for what is no whole tar, `store-failed`.
 */
export async function fetchShards(options: FetchShardsOptions): Promise<readonly string[]> {
  const { address, folder, signal, onProgress } = options;
  const urls = shardAddresses(address);
  await mkdir(folder, { recursive: true });
  for (const [shard, { url, name }] of urls.entries()) {
    const path = join(folder, name);
    if (await exists(path)) continue;
    const unfinished = `${path}.part`;
    const watch = (progress: FetchProgress): void =>
      onProgress?.({ ...progress, shard: shard + 1, shards: urls.length });
    const fetched = (): Promise<void> => fetchRest(url, unfinished, { signal, onProgress: watch });
    await retry(fetched, signal === undefined ? {} : { signal });
    await checkWhole(unfinished, url, signal);
    await rename(unfinished, path);
  }
  return urls.map(({ name }) => name);
}

/**
 * The addresses that one with a range of numbers stands for.
 *
 * @throws RangeError for another scheme, a range that runs backwards or is too long, names that are none of a tar or are all the same.
 */
export function shardAddresses(
  address: string,
): readonly { readonly url: string; readonly name: string }[] {
  const [, first = '0', last = first] = RANGE.exec(address) ?? [];
  const count = Number(last) - Number(first) + 1;
  if (!(count >= 1 && count <= MOST_SHARDS)) {
    throw new RangeError(`${address} stands for ${count} shards; 1 to ${MOST_SHARDS} are read.`);
  }
  const shards = Array.from({ length: count }, (_, at) => {
    const number = String(Number(first) + at).padStart(first.length, '0');
    const url = address.replace(RANGE, number);
    return { url, name: nameOf(url) };
  });
  if (new Set(shards.map(({ name }) => name)).size === count) return shards;
  throw new RangeError(
    `${address} gives several shards one file name: put the range into the name.`,
  );
}

function nameOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol)) {
    throw new RangeError(
      `${url} is no http or https address. Of other stores, such as s3, give an https address of the files or a folder they are in.`,
    );
  }
  const name = parsed.pathname.split('/').at(-1) ?? '';
  if (NAME.test(name)) return name;
  throw new RangeError(`${url} is no address of a .tar file with a plain name.`);
}

/** What is no tar is not kept: a later run would go on from it. */
async function checkWhole(
  path: string,
  url: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await tarIndex(path, signal);
  } catch (cause) {
    if (!ToolkitError.is(cause)) throw cause;
    await rm(path, { force: true });
    throw new ToolkitError('corrupt', `${shown(url)} gave no whole tar: ${cause.message}`, {
      cause,
    });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
