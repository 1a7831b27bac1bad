import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  sha256,
  slug,
  ToolkitError,
  videoId,
  type JsonObject,
  type Shard,
  type Source,
  type StageContext,
  type Video,
} from '@internvid/core';
import { fileContent } from './content-hash.js';
import { VIDEO_EXTENSIONS } from './find-files.js';
import { tarMembers, type TarMember } from './tar-members.js';

/** How a WebDataset is read. */
export type WebDatasetSourceOptions = {
  /** Where the video files go; it is made where it is not there. They stay: later steps read them. */
  readonly folder: string;
  /** A larger video fails. Default 4 GiB. */
  readonly maxVideoBytes?: number;
};

/** Captions and JSON parts of a sample are texts; larger ones are something else. */
const MAX_TEXT_BYTES = 1_048_576;

/**
 * Videos, or clips, of an existing WebDataset: one shard for each tar, one video for each sample, its caption (`.txt`, or `caption` of
 * `.json`) and the fields of `.json` as metadata. The video part is streamed out of the tar into `folder`, under a name that is made
 * here; an unfinished file never has a final name.
 *
 * Drops samples without a video as `no-video`; fails, as `invalid-record`, members whose names or kinds are not to be trusted, samples
 * with two videos or a key that came before, and parts that are too large; and, as `corrupt`, the rest of a tar that is cut short.
 *
 * @throws ToolkitError `not-found` or `unreadable`, while the shards are listed, for a file that is no tar by its name.
 */
export function webDatasetSource(
  tars: string | readonly string[],
  options: WebDatasetSourceOptions,
): Source<Video> {
  const paths = (typeof tars === 'string' ? [tars] : tars).map((path) => resolve(path));
  if (paths.length === 0) throw new TypeError('webDatasetSource needs at least one tar.');
  const { maxVideoBytes = 4 * 1024 ** 3 } = options;
  const folder = resolve(options.folder);
  return {
    name: 'webdataset',
    version: 1,
    config: { folder, maxVideoBytes },
    async *shards({ signal }) {
      for (const path of paths) {
        signal.throwIfAborted();
        const input = { path, ...(await contentOf(path)) };
        yield { id: `${slug(basename(path))}-${sha256(path).slice(0, 12)}`, input };
      }
    },
    read: (shard, context) => readTar(shard, { folder, maxVideoBytes }, context),
  };
}

async function contentOf(path: string): Promise<JsonObject> {
  if (!path.endsWith('.tar')) {
    throw new ToolkitError(
      'unreadable',
      `${path} is not a .tar file. Unpack compressed ones first.`,
    );
  }
  try {
    return await fileContent(path);
  } catch (cause) {
    throw new ToolkitError('not-found', `${path} cannot be opened.`, { cause });
  }
}

type Limits = { readonly folder: string; readonly maxVideoBytes: number };

/** What is known of the sample at hand: its members stand together. */
type Sample = {
  readonly key: string;
  text?: string;
  json?: JsonObject;
  file?: string;
  problem?: string;
};

async function* readTar(
  shard: Shard,
  limits: Limits,
  context: StageContext,
): AsyncGenerator<Video> {
  const { path, content } = inputOf(shard);
  // Of another content, another folder: what was unpacked of it must not pass for this.
  const folder = join(limits.folder, `${shard.id}-${content.slice(0, 8)}`);
  await mkdir(folder, { recursive: true });
  const keys = new Set<string>();
  let sample: Sample | undefined;
  try {
    for await (const member of tarMembers(path, context.signal)) {
      if ('refused' in member) {
        const message = `"${member.name}" in ${basename(path)} is not taken: ${member.refused}.`;
        context.fail(
          { id: `${shard.id}-${slug(member.name)}` },
          new ToolkitError('invalid-record', message),
        );
        continue;
      }
      if (member.key !== sample?.key) {
        if (sample !== undefined) yield* finish(sample, shard, path, context);
        sample = { key: member.key };
        if (keys.has(member.key)) sample.problem = 'a sample with this key came before';
        keys.add(member.key);
      }
      if (sample.problem === undefined) await take(member, sample, folder, limits);
    }
    if (sample !== undefined) yield* finish(sample, shard, path, context);
  } catch (error) {
    context.signal.throwIfAborted();
    if (ToolkitError.is(error)) throw error;
    const message = `${path} is cut short or damaged; its samples from "${sample?.key ?? 'the first'}" on were not read. Fetch it again.`;
    context.fail({ id: shard.id }, new ToolkitError('corrupt', message, { cause: error }));
  }
}

async function take(
  member: TarMember,
  sample: Sample,
  folder: string,
  { maxVideoBytes }: Limits,
): Promise<void> {
  const { ending, bytes } = member;
  const isVideo = VIDEO_EXTENSIONS.includes(ending);
  if (!isVideo && ending !== 'txt' && ending !== 'json') return;
  const limit = isVideo ? maxVideoBytes : MAX_TEXT_BYTES;
  if (bytes > limit) sample.problem = `its .${ending} has ${bytes} bytes, more than ${limit}`;
  else if (isVideo && sample.file !== undefined) sample.problem = 'it has two videos';
  else if (isVideo) sample.file = await writeVideo(member, folder);
  else if (ending === 'txt') sample.text = (await textOf(member)).trim();
  else {
    const json = parseObject(await textOf(member));
    if (json === undefined) sample.problem = 'its .json is not a JSON object';
    else sample.json = json;
  }
}

async function* finish(
  sample: Sample,
  shard: Shard,
  path: string,
  context: StageContext,
): AsyncGenerator<Video> {
  const { key, file, json = {}, problem } = sample;
  const id = `${shard.id}-${key}`;
  if (problem !== undefined) {
    if (file !== undefined) await rm(file, { force: true });
    const message = `The sample "${key}" in ${basename(path)} is not taken: ${problem}.`;
    context.fail({ id }, new ToolkitError('invalid-record', message));
  } else if (file === undefined) context.drop({ id }, 'no-video');
  else {
    const { sha256: content } = await fileContent(file);
    const caption = sample.text ?? json.caption;
    const license = json.license;
    yield {
      id: videoId(basename(key), content),
      uri: file,
      ...(typeof license === 'string' ? { license } : {}),
      metadata: {
        ...json,
        ...(typeof caption === 'string' && caption !== '' ? { caption } : {}),
        webdataset: { file: basename(path), key },
      },
    };
  }
}

/** A file that a run before wrote whole is left as it is. */
async function writeVideo(
  { key, ending, bytes, body }: TarMember,
  folder: string,
): Promise<string> {
  const final = join(folder, `${slug(basename(key))}-${sha256(key).slice(0, 12)}.${ending}`);
  const existing = await stat(final).catch(() => undefined);
  if (existing?.size === bytes) return final;
  const partial = `${final}.part`;
  try {
    // Read as an iterable: of a tar that is cut short, Node's own stream pipeline would wait for the end for ever.
    await pipeline(chunksOf(body), createWriteStream(partial));
    await rename(partial, final);
  } finally {
    await rm(partial, { force: true });
  }
  return final;
}

async function* chunksOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* body;
}

async function textOf({ body }: TarMember): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function inputOf(shard: Shard): { readonly path: string; readonly content: string } {
  const { input } = shard;
  if (typeof input === 'object' && input !== null && 'path' in input && 'sha256' in input) {
    const { path, sha256: content } = input;
    if (typeof path === 'string' && typeof content === 'string') return { path, content };
  }
  throw new ToolkitError(
    'invalid-record',
    `Shard ${shard.id} was not made by the WebDataset source.`,
  );
}
