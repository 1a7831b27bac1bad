import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, unlink, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';

import { ToolkitError } from './errors.js';
import { checkKey } from './key.js';
import type { Body, ByteRange, ObjectInfo, Store } from './store.js';

/** Unfinished writes wait here, on the same volume as their place, until they are renamed. */
const UNFINISHED = '.unfinished';

/**
 * A store in a folder. An object is a file; a write goes to a temporary file, is flushed and renamed, so that a crash at any
 * moment leaves the old object or the new one. What dead writers of this machine left behind is removed at the first write.
 */
export function fileStore(directory: string): Store {
  const root = resolve(directory);
  const path = (key: string): string => join(root, ...checkKey(key).split('/'));
  const sweep = once(() => removeUnfinished(join(root, UNFINISHED)));
  return {
    location: root,
    async read(key, range, signal) {
      signal?.throwIfAborted();
      const handle = await reach(key, root, () => open(path(key), 'r'));
      try {
        return await readRange(handle, key, range);
      } finally {
        await handle.close();
      }
    },
    async *stream(key, signal) {
      await reach(key, root, () => stat(path(key)));
      yield* createReadStream(path(key), { signal }) as AsyncIterable<Uint8Array>;
    },
    async write(key, body, signal) {
      const target = path(key);
      await sweep();
      return reach(key, root, () => writeWhole(root, key, target, body, signal));
    },
    async stat(key) {
      try {
        const found = await stat(path(key));
        return found.isFile() ? { key, bytes: found.size } : undefined;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw storeError(key, root, error);
      }
    },
    async *list(prefix, signal) {
      if (prefix !== '') checkKey(prefix);
      yield* walk(root, prefix, signal);
    },
    async remove(key) {
      await rm(path(key), { force: true });
    },
  };
}

async function writeWhole(
  root: string,
  key: string,
  target: string,
  body: Body,
  signal?: AbortSignal,
): Promise<ObjectInfo> {
  const waiting = join(root, UNFINISHED);
  await mkdir(waiting, { recursive: true });
  const temporary = join(waiting, `${hostname()}~${process.pid}~${randomBytes(8).toString('hex')}`);
  try {
    const handle = await open(temporary, 'wx');
    let bytes = 0;
    try {
      for await (const chunk of chunksOf(body)) {
        signal?.throwIfAborted();
        await handle.writeFile(chunk);
        bytes += chunk.byteLength;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    signal?.throwIfAborted();
    await mkdir(join(target, '..'), { recursive: true });
    await rename(temporary, target);
    return { key, bytes };
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function* chunksOf(body: Body): AsyncGenerator<Uint8Array> {
  if (typeof body === 'string') yield Buffer.from(body, 'utf8');
  else if (body instanceof Uint8Array) yield body;
  else yield* body;
}

async function readRange(handle: FileHandle, key: string, range?: ByteRange): Promise<Uint8Array> {
  if (range === undefined) return handle.readFile();
  const bytes = new Uint8Array(range.length);
  let filled = 0;
  while (filled < range.length) {
    const { bytesRead } = await handle.read(
      bytes,
      filled,
      range.length - filled,
      range.offset + filled,
    );
    if (bytesRead === 0) {
      const asked = `bytes ${range.offset} to ${range.offset + range.length}`;
      throw new ToolkitError(
        'corrupt',
        `${key} is too short: ${asked} were asked for. Make the step that wrote it again.`,
      );
    }
    filled += bytesRead;
  }
  return bytes;
}

async function* walk(
  root: string,
  prefix: string,
  signal?: AbortSignal,
): AsyncGenerator<ObjectInfo> {
  signal?.throwIfAborted();
  const directory = prefix === '' ? root : join(root, ...prefix.split('/'));
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw storeError(prefix, root, error);
  });
  entries.sort((a, b) => (sortName(a) < sortName(b) ? -1 : 1));
  for (const entry of entries) {
    if (prefix === '' && entry.name === UNFINISHED) continue;
    const key = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(root, key, signal);
    else if (entry.isFile()) yield { key, bytes: (await stat(join(directory, entry.name))).size };
  }
}

/** A folder sorts as its keys do: with the separator behind its name. */
function sortName(entry: { name: string; isDirectory(): boolean }): string {
  return entry.isDirectory() ? `${entry.name}/` : entry.name;
}

async function removeUnfinished(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    const [host, writer] = name.split('~');
    const isOurs = host === hostname();
    if (isOurs && !isAlive(Number(writer)))
      await unlink(join(directory, name)).catch(() => undefined);
  }
}

function isAlive(processId: number): boolean {
  if (processId === process.pid) return true;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let started: Promise<void> | undefined;
  return () => (started ??= work());
}

async function reach<Out>(key: string, root: string, work: () => Promise<Out>): Promise<Out> {
  try {
    return await work();
  } catch (error) {
    throw storeError(key, root, error);
  }
}

function storeError(key: string, root: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (isMissing(error)) {
    return new ToolkitError('not-found', `There is no ${key} in ${root}.`, { cause: error });
  }
  if (typeof code !== 'string' || !/^E[A-Z]+$/.test(code)) return error;
  const remedy =
    code === 'ENOSPC'
      ? 'Free some space and run the same command again.'
      : 'Check the folder and its rights.';
  return new ToolkitError('store-failed', `${join(root, ...key.split('/'))}: ${code}. ${remedy}`, {
    cause: error,
  });
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
