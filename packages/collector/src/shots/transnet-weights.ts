import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ToolkitError } from '@internvid/core';

/** The network as an ONNX file: on this machine, or where it is to be fetched once. */
export type TransnetWeights =
  | {
      readonly path: string;
      /** Lower-case hex; the file must have it. */
      readonly sha256?: string;
    }
  | {
      /** `http:` or `https:`. */
      readonly url: string;
      readonly sha256: string;
    };

/** A file that is there, and the hash of its bytes. */
export type FoundWeights = { readonly path: string; readonly sha256: string };

/** Eight times the published network. */
const MAX_BYTES = 256 * 1024 * 1024;
/** A server may be silent for so long. */
const STALL_MS = 60_000;

/** `$XDG_CACHE_HOME/internvid`, or `.cache/internvid` in the home directory. */
export function weightsCache(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'internvid');
}

/**
 * Finds the network's file, fetching it where only a URL is given and the cache does not hold it. Nothing that has another hash
 * than the one given is ever used or kept.
 *
 * @throws TypeError for a hash that is none and a URL of another kind; ToolkitError `not-found`, `corrupt` for a wrong hash or
 * more than 256 MiB, `network`, `timeout`, `store-failed`; the signal's reason when it aborts.
 */
export async function findWeights(
  weights: TransnetWeights,
  cacheDirectory: string,
  signal?: AbortSignal,
): Promise<FoundWeights> {
  if (weights.sha256 !== undefined && !/^[0-9a-f]{64}$/.test(weights.sha256))
    throw new TypeError(`options.weights.sha256 must be 64 lower-case hex digits.`);
  if ('path' in weights) return checked(weights.path, weights.sha256, signal);
  const path = join(cacheDirectory, `transnet-${weights.sha256}.onnx`);
  const kept = await hashOf(path, signal).catch(() => undefined);
  if (kept !== weights.sha256) await fetchTo(path, weights, cacheDirectory, signal);
  return { path, sha256: weights.sha256 };
}

async function checked(
  path: string,
  wanted: string | undefined,
  signal?: AbortSignal,
): Promise<FoundWeights> {
  const sha256 = await hashOf(path, signal).catch((cause: unknown) => {
    signal?.throwIfAborted();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ToolkitError('not-found', `The weights ${path} cannot be read: ${why}.`, { cause });
  });
  if (wanted !== undefined && sha256 !== wanted) throw wrongHash(path, wanted, sha256);
  return { path, sha256 };
}

async function hashOf(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash, { signal });
  return hash.digest('hex');
}

async function fetchTo(
  path: string,
  { url, sha256 }: { readonly url: string; readonly sha256: string },
  cacheDirectory: string,
  signal?: AbortSignal,
): Promise<void> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new TypeError(`options.weights.url must be an http or https URL, got ${url}.`);
  const unfinished = `${path}.${process.pid}.part`;
  try {
    await mkdir(cacheDirectory, { recursive: true });
  } catch (cause) {
    const message = `The model cache ${cacheDirectory} cannot be written: name another with cacheDirectory.`;
    throw new ToolkitError('store-failed', message, { cause });
  }
  try {
    const found = await download(url, unfinished, signal);
    if (found !== sha256) throw wrongHash(url, sha256, found);
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** @returns the hash of what came. */
async function download(url: string, to: string, signal?: AbortSignal): Promise<string> {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(), STALL_MS);
  const either = AbortSignal.any([stalled.signal, ...(signal === undefined ? [] : [signal])]);
  const hash = createHash('sha256');
  let bytes = 0;
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      timer.refresh();
      bytes += chunk.length;
      hash.update(chunk);
      done(bytes > MAX_BYTES ? tooLarge(url) : null, chunk);
    },
  });
  try {
    const response = await fetch(url, { signal: either });
    if (!response.ok || response.body === null) throw badStatus(url, response.status);
    await pipeline(Readable.fromWeb(response.body), watch, createWriteStream(to), {
      signal: either,
    });
    return hash.digest('hex');
  } catch (cause) {
    signal?.throwIfAborted();
    if (ToolkitError.is(cause)) throw cause;
    if (stalled.signal.aborted) {
      const message = `${url} sent nothing for ${STALL_MS} ms.`;
      throw new ToolkitError('timeout', message, { cause, retryable: true });
    }
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ToolkitError('network', `${url} could not be fetched: ${why}.`, {
      cause,
      retryable: true,
    });
  } finally {
    clearTimeout(timer);
  }
}

function badStatus(url: string, status: number): ToolkitError {
  const retryable = status === 429 || status >= 500;
  return new ToolkitError('network', `${url} answered with status ${status}.`, {
    retryable,
    details: { status },
  });
}

function tooLarge(url: string): ToolkitError {
  return new ToolkitError(
    'corrupt',
    `${url} sent more than ${MAX_BYTES} bytes: it is not TransNetV2.`,
  );
}

function wrongHash(from: string, wanted: string, found: string): ToolkitError {
  const message = `${from} has the SHA-256 ${found} instead of ${wanted}: it is damaged or another file.`;
  return new ToolkitError('corrupt', message);
}
