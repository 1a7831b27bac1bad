import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { ToolkitError } from '@internvid/core';
import { readGraphModel } from './graph-model.js';
import { tfjsToOnnx } from './tfjs-to-onnx.js';

/** Raised when the translation changes for the same source. */
const CONVERTER_VERSION = 1;

/** Which model, which of its outputs, and where converted models are kept. */
export type ConvertedModelOptions = {
  /** Path of `model.json`. */
  readonly source: string;
  readonly outputs: readonly string[];
  readonly cacheDirectory: string;
};

/** `$XDG_CACHE_HOME/internvid`, or `.cache/internvid` in the home directory. */
export function defaultCacheDirectory(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'internvid');
}

/**
 * Path of the ONNX form of a tfjs graph model, converted at the first call and kept under the hash of its source.
 * A kept file whose bytes are no longer those that were written is made again.
 *
 * @throws ToolkitError of `readGraphModel` and `tfjsToOnnx`; `store-failed` where the cache cannot be written.
 */
export async function convertedModel(options: ConvertedModelOptions): Promise<string> {
  const model = await readGraphModel(options.source);
  const key = createHash('sha256')
    .update(JSON.stringify([CONVERTER_VERSION, model.sha256, options.outputs]))
    .digest('hex');
  const path = join(options.cacheDirectory, `${key.slice(0, 32)}.onnx`);
  if (await isWhole(path)) return path;
  const bytes = tfjsToOnnx(model, options.outputs);
  try {
    await mkdir(options.cacheDirectory, { recursive: true });
    await writeWhole(path, bytes);
    await writeWhole(hashPath(path), hashOf(bytes));
  } catch (cause) {
    const at = dirname(path);
    throw new ToolkitError(
      'store-failed',
      `The model cache ${at} cannot be written: name another with cacheDirectory.`,
      { cause },
    );
  }
  return path;
}

async function isWhole(path: string): Promise<boolean> {
  try {
    const [bytes, hash] = await Promise.all([readFile(path), readFile(hashPath(path), 'utf8')]);
    return hashOf(bytes) === hash;
  } catch {
    return false;
  }
}

async function writeWhole(path: string, body: Uint8Array | string): Promise<void> {
  const unfinished = `${path}.${String(process.pid)}.tmp`;
  try {
    await writeFile(unfinished, body);
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
}

function hashPath(path: string): string {
  return `${path}.sha256`;
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
