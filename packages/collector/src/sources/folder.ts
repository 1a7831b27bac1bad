import { basename, extname } from 'node:path';
import {
  sha256,
  slug,
  ToolkitError,
  videoId,
  type JsonValue,
  type Shard,
  type Source,
  type StageContext,
  type Video,
} from '@internvid/core';
import { fileContent } from './content-hash.js';
import { findFiles } from './find-files.js';

/**
 * What a shard of this source holds: the file, and its content when that could be read. `duplicateOf` is the first path, in
 * code-unit order, of a file with the same content.
 */
export type FolderShardInput = { readonly path: string; readonly bytes: number } & (
  { readonly contentSha256: string; readonly duplicateOf?: string } | { readonly problem: string }
);

/**
 * Videos of files, folders and globs, one shard for each file, the largest first so that several workers finish together.
 *
 * Nothing that was asked for vanishes: a file that is no video fails when it is probed, one that cannot be opened fails here as
 * `unreadable`, and a file with the same content as one earlier in path order is dropped as `duplicate-file`. A file that is
 * replaced keeps its shard, which is then done again.
 *
 * @param paths see `findFiles` for which files a path means.
 * @throws ToolkitError `not-found` while the shards are listed, for a path that matches nothing.
 */
export function folderSource(paths: string | readonly string[]): Source<Video> {
  const wanted = typeof paths === 'string' ? [paths] : paths;
  if (wanted.length === 0) throw new TypeError('folderSource needs at least one path.');
  return {
    name: 'folder',
    version: 1,
    config: {},
    async *shards({ signal }) {
      yield* await listShards(wanted, signal);
    },
    async *read(shard, context) {
      const input = inputOf(shard);
      const video = videoOf(shard, input, context);
      if (video !== undefined) yield video;
      await Promise.resolve();
    },
  };
}

async function listShards(
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly Shard[]> {
  const firstByContent = new Map<string, string>();
  const inputs: FolderShardInput[] = [];
  for (const path of await findFiles(paths, signal)) {
    signal.throwIfAborted();
    inputs.push(await describe(path, firstByContent));
  }
  // The sort is stable: files of one size stay in path order.
  return inputs
    .sort((a, b) => b.bytes - a.bytes)
    .map((input) => ({ id: shardId(input.path), input, items: 1 }));
}

function shardId(path: string): string {
  return `${slug(basename(path))}-${sha256(path).slice(0, 12)}`;
}

async function describe(
  path: string,
  firstByContent: Map<string, string>,
): Promise<FolderShardInput> {
  try {
    const { bytes, sha256: contentSha256 } = await fileContent(path);
    const duplicateOf = firstByContent.get(contentSha256);
    if (duplicateOf !== undefined) return { path, bytes, contentSha256, duplicateOf };
    firstByContent.set(contentSha256, path);
    return { path, bytes, contentSha256 };
  } catch (error) {
    return { path, bytes: 0, problem: error instanceof Error ? error.message : String(error) };
  }
}

function videoOf(shard: Shard, input: FolderShardInput, context: StageContext): Video | undefined {
  const { path } = input;
  if ('problem' in input) {
    const message = `${path} cannot be opened: ${input.problem}. Check that it exists and may be read.`;
    context.fail({ id: shard.id }, new ToolkitError('unreadable', message, { details: { path } }));
    return undefined;
  }
  if (input.duplicateOf !== undefined) {
    const rejected = { id: shard.id, path, duplicateOf: input.duplicateOf };
    context.drop(rejected, 'duplicate-file');
    return undefined;
  }
  const fileName = basename(path);
  const id = videoId(basename(path, extname(path)), input.contentSha256);
  return { id, uri: path, metadata: { fileName } };
}

function inputOf(shard: Shard): FolderShardInput {
  const { path, bytes, contentSha256, duplicateOf, problem } = asObject(shard.input);
  if (typeof path === 'string' && typeof bytes === 'number') {
    if (typeof problem === 'string') return { path, bytes, problem };
    if (typeof contentSha256 === 'string') {
      return {
        path,
        bytes,
        contentSha256,
        ...(typeof duplicateOf === 'string' ? { duplicateOf } : {}),
      };
    }
  }
  throw new ToolkitError('invalid-record', `Shard ${shard.id} was not made by the folder source.`);
}

function asObject(value: JsonValue): { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: JsonValue })
    : {};
}
