import { createHash } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { ToolkitError, type JsonObject } from '@internvid/core';

/** Which model of transformers.js, and where it may come from. */
export type TransformersModel = {
  /** A folder on this machine with the layout of the Hugging Face hub (`config.json`, `onnx/…`), or a name of the hub such as `onnx-community/whisper-base`. */
  readonly model: string;
  /** Which of the model's weights: `fp32`, `fp16`, `q8`, `int8`, `uint8`, `q4`, … Default `fp32`, or of a folder without these the only ones that it has. */
  readonly dtype?: string;
  /** Whether a hub model that is not in the cache is fetched. Default false: nothing is fetched. */
  readonly allowDownload?: boolean;
  /** Commit, tag or branch of a hub model. Default `main`; a commit is what makes a run repeatable. */
  readonly revision?: string;
  /** Address of the hub, or of a mirror. Default `https://huggingface.co/`. */
  readonly hub?: string;
  /** Where hub models are kept. Default `internvid/models` in `$XDG_CACHE_HOME` or `~/.cache`. */
  readonly cacheDirectory?: string;
  /** Threads of the network. Default: as many as there are cores. */
  readonly threads?: number;
};

/** A model as a worker loads it: a folder, and a name under it. */
export type ModelPlace = {
  readonly root: string;
  readonly name: string;
  readonly dtype: string;
  readonly remote?: { readonly host: string; readonly revision: string };
  readonly threads?: number;
};

const HUB = 'https://huggingface.co/';
/** Names of the hub: `owner/name` or `name`, of letters, digits, dots, dashes and underscores. */
const HUB_NAME = /^[A-Za-z0-9][\w.-]{0,95}(?:\/[A-Za-z0-9][\w.-]{0,95})?$/;
const REVISION = /^[\w.-]{1,100}$/;

/**
 * Finds a model.
 *
 * @throws ToolkitError `not-found` for a folder without `config.json` and for a hub model that is not in the cache and may not be
 * fetched; RangeError for a name that is neither.
 */
export async function placeModel(source: TransformersModel): Promise<ModelPlace> {
  const { model, revision = 'main', hub = HUB, threads } = source;
  const rest = threads === undefined ? {} : { threads };
  const folder = resolve(model);
  if (await isFile(join(folder, 'config.json'))) {
    const dtype = source.dtype ?? (await weightsIn(folder));
    return { root: dirname(folder), name: basename(folder), dtype, ...rest };
  }
  if (!HUB_NAME.test(model) || model.includes('..')) throw notAFolder(folder);
  if (!REVISION.test(revision) || revision.includes('..'))
    throw new RangeError(`options.revision is no name of a revision: "${revision}".`);
  const cache = source.cacheDirectory ?? defaultModelCache();
  const root = revision === 'main' ? cache : join(cache, 'revisions', revision);
  const { dtype = 'fp32' } = source;
  const place = { root, name: model, dtype, ...rest };
  if (source.allowDownload === true) return { ...place, remote: { host: hub, revision } };
  if (await isFile(join(root, model, 'config.json'))) return place;
  throw new ToolkitError(
    'not-found',
    `There is no model folder ${folder}, and ${model} is not in ${root}. Allow the download (allowDownload: true), or name a folder that holds the model.`,
  );
}

/** Endings of the files of weights, as transformers.js names them. */
const WEIGHTS: Readonly<Record<string, string>> = {
  quantized: 'q8',
  fp16: 'fp16',
  int8: 'int8',
  uint8: 'uint8',
  q4: 'q4',
  q4f16: 'q4f16',
  bnb4: 'bnb4',
};

/** `fp32` where a folder has it, else the one kind of weights that it has. */
async function weightsIn(folder: string): Promise<string> {
  const names = await readdir(join(folder, 'onnx')).catch(() => []);
  const kinds = new Set(
    names
      .filter((name) => name.endsWith('.onnx'))
      .map((name) => WEIGHTS[/_([a-z0-9]+)\.onnx$/.exec(name)?.[1] ?? ''] ?? 'fp32'),
  );
  const [only, ...others] = kinds;
  if (only === undefined || kinds.has('fp32')) return 'fp32';
  if (others.length === 0) return only;
  throw new ToolkitError(
    'invalid-config',
    `${folder} has weights of several kinds (${[...kinds].join(', ')}): say which (dtype).`,
  );
}

/** `$XDG_CACHE_HOME/internvid/models` or `~/.cache/internvid/models`. */
export function defaultModelCache(): string {
  const { XDG_CACHE_HOME: cache } = process.env;
  const home = cache === undefined || cache === '' ? join(homedir(), '.cache') : cache;
  return join(home, 'internvid', 'models');
}

/**
 * What tells a model from another, for the config of a producer: its name, its weights, and a hash over the names and sizes of its files and
 * the first and last 64 kB of each, which is enough to tell two sets of weights of one network apart. Call it once the model is loaded.
 */
export async function modelIdentity({ root, name, dtype }: ModelPlace): Promise<JsonObject> {
  const folder = join(root, name);
  const hash = createHash('sha256');
  const paths = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.(?:json|onnx|onnx_data\S*|txt|jinja)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const path of paths) {
    const { size } = await stat(path);
    hash.update(`${relative(folder, path)} ${size}\n`);
    for (const part of await endsOf(path, size)) hash.update(part);
  }
  return { model: name, dtype, files: hash.digest('hex').slice(0, 16) };
}

const END_BYTES = 65_536;

async function endsOf(path: string, size: number): Promise<readonly Uint8Array[]> {
  const file = await open(path);
  try {
    const first = await file.read(Buffer.alloc(END_BYTES), 0, END_BYTES, 0);
    const from = Math.max(END_BYTES, size - END_BYTES);
    const last = await file.read(Buffer.alloc(END_BYTES), 0, END_BYTES, from);
    return [first, last].map(({ buffer, bytesRead }) => buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ?? false;
}

function notAFolder(folder: string): ToolkitError {
  return new ToolkitError(
    'not-found',
    `${folder} is no model folder: it has no config.json. Name a folder in the layout of the Hugging Face hub, or a model of the hub.`,
  );
}
