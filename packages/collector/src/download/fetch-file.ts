import { createHash, type Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { AddressGuard } from './address-guard.js';
import type { Budget } from './budget.js';
import { forEachChunk } from './for-each-chunk.js';
import { judgeStatus } from './judge-status.js';
import { networkError, openResponse } from './open-response.js';
import {
  hashOfFile,
  readPartial,
  removePartial,
  startPartial,
  type PartialFile,
  type PartialNote,
} from './partial-file.js';
import { downloadError } from './problem.js';
import { watchForStall, type StallOptions } from './stall-watch.js';

/** What every transfer is held to. */
export type TransferLimits = StallOptions & {
  readonly guard: AddressGuard;
  readonly budget: Budget;
  /** Of one file; what is larger is not fetched to its end. */
  readonly maxBytes: number;
};

/** How a file is fetched. */
export type FetchFileOptions = TransferLimits & {
  readonly signal: AbortSignal;
  /** Called with bytes so far and, where known, in all. */
  readonly onProgress?: (bytes: number, totalBytes: number | undefined) => void;
};

/** A file that came to its end. */
export type FetchedFile = {
  readonly bytes: number;
  /** Of the whole file, lower-case hex. */
  readonly sha256: string;
  /** Whether the server said how long it is or marked its end; if not, a broken connection looks like an end. */
  readonly isEndKnown: boolean;
  /** Whether it was put together from two answers or more. */
  readonly isResumed: boolean;
};

const HEADERS = {
  accept: '*/*',
  // A compressed body has another length than the file, and may unfold to any size.
  'accept-encoding': 'identity',
  'user-agent': 'internvid-collector',
};

/**
 * Fetches a URL into `part`, going on where an earlier try ended if the file on the server is still the same (`Range` with
 * `If-Range`). On failure the part stays, for the next try. A part that is complete is not asked for again.
 *
 * @throws ToolkitError made by `downloadError`; the abort reason.
 */
export async function fetchFile(
  url: string,
  part: string,
  options: FetchFileOptions,
): Promise<FetchedFile> {
  const earlier = await readPartial(part, url);
  if (earlier !== undefined && earlier.bytes > 0 && earlier.bytes === earlier.totalBytes) {
    const hash = await hashOfFile(part, options.signal);
    const { bytes } = earlier;
    return { bytes, sha256: hash.digest('hex'), isEndKnown: true, isResumed: true };
  }
  const { response, url: finalUrl } = await openResponse(url, {
    ...options,
    headers: { ...HEADERS, ...rangeHeaders(earlier) },
  });
  try {
    const plan = await planOf(response, finalUrl, url, part, earlier);
    checkLength(plan, finalUrl, options.maxBytes);
    return await receive(response, finalUrl, part, plan, options);
  } finally {
    response.destroy();
  }
}

function rangeHeaders(earlier: PartialFile | undefined): Readonly<Record<string, string>> {
  if (earlier?.validator === undefined || earlier.bytes === 0) return {};
  return { range: `bytes=${earlier.bytes}-`, 'if-range': earlier.validator };
}

/** Where the body begins in the file, and how it goes on. */
type Plan = { readonly offset: number; readonly note: PartialNote };

async function planOf(
  response: IncomingMessage,
  finalUrl: URL,
  url: string,
  part: string,
  earlier: PartialFile | undefined,
): Promise<Plan> {
  const { statusCode, headers } = response;
  if (statusCode === 200 || statusCode === 206) refuseEncoding(headers, finalUrl);
  if (statusCode === 200) return { offset: 0, note: noteOf(url, headers) };
  if (statusCode === 206 && earlier !== undefined) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '');
    const total = range?.[2] === '*' ? undefined : Number(range?.[2]);
    const isExpected = Number(range?.[1]) === earlier.bytes && isSame(total, earlier.totalBytes);
    if (isExpected) return { offset: earlier.bytes, note: earlier };
  }
  if (statusCode === 206 || statusCode === 416) {
    await removePartial(part);
    const message = `${finalUrl.href} could not go on where an earlier try ended; it is fetched anew.`;
    throw downloadError('network', message, { details: { status: statusCode } });
  }
  throw await judgeStatus(response, finalUrl);
}

function refuseEncoding(headers: IncomingMessage['headers'], url: URL): void {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return;
  throw downloadError('malformed', `${url.href} sends ${encoding} that nobody asked for.`);
}

function isSame(a: number | undefined, b: number | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}

function noteOf(url: string, headers: IncomingMessage['headers']): PartialNote {
  const { etag, 'last-modified': modified, 'content-length': length } = headers;
  // A weak tag says that two versions mean the same, not that their bytes are equal.
  const validator = etag !== undefined && !etag.startsWith('W/') ? etag : modified;
  return {
    url,
    ...(validator === undefined ? {} : { validator }),
    ...(length === undefined ? {} : { totalBytes: Number(length) }),
  };
}

function checkLength({ note: { totalBytes = 0 } }: Plan, url: URL, maxBytes: number): void {
  if (totalBytes > maxBytes) throw tooLarge(url, `${totalBytes}`, maxBytes);
}

function tooLarge(url: URL, bytes: string, maxBytes: number): Error {
  const message = `${url.href} has ${bytes} bytes, and maxBytesPerFile is ${maxBytes}.`;
  return downloadError('too-large', message, { details: { maxBytes } });
}

async function receive(
  response: IncomingMessage,
  url: URL,
  part: string,
  plan: Plan,
  options: FetchFileOptions,
): Promise<FetchedFile> {
  const { offset, note } = plan;
  const opening = openSink(part, plan, options.signal);
  let stalled: Error | undefined;
  const onStall = (error: Error): void => {
    stalled = error;
    response.destroy(error);
  };
  // A slow disk is not the server's fault: neither while it holds the stream back nor when all has come.
  const watch = watchForStall(url.href, options, onStall, () => response.isPaused());
  response.once('end', watch.stop);
  try {
    // The chunks are taken from the start: what came before the connection broke would else be lost with it.
    await forEachChunk(response, async (chunk) => {
      watch.received(chunk.length);
      await write(chunk, await opening, url, note.totalBytes, options);
    });
    const { handle, hash, position: bytes } = await opening;
    await handle.sync();
    checkEnd(url, bytes, note.totalBytes);
    const isChunked = /chunked/i.test(response.headers['transfer-encoding'] ?? '');
    const isEndKnown = note.totalBytes !== undefined || isChunked;
    return { bytes, sha256: hash.digest('hex'), isEndKnown, isResumed: offset > 0 };
  } catch (error) {
    options.signal.throwIfAborted();
    throw stalled ?? networkError(url, error);
  } finally {
    watch.stop();
    await opening.then(
      ({ handle }) => handle.close(),
      () => undefined,
    );
  }
}

type FileSink = { readonly handle: FileHandle; readonly hash: Hash; position: number };

async function openSink(
  part: string,
  { offset, note }: Plan,
  signal: AbortSignal,
): Promise<FileSink> {
  if (offset === 0) {
    return { handle: await startPartial(part, note), hash: createHash('sha256'), position: 0 };
  }
  const hash = await hashOfFile(part, signal);
  return { handle: await open(part, 'a'), hash, position: offset };
}

async function write(
  chunk: Buffer,
  sink: FileSink,
  url: URL,
  totalBytes: number | undefined,
  { maxBytes, budget, onProgress }: FetchFileOptions,
): Promise<void> {
  if (sink.position === 0) refusePage(chunk, url);
  if (sink.position + chunk.length > maxBytes) throw tooLarge(url, `over ${maxBytes}`, maxBytes);
  sink.hash.update(chunk);
  await sink.handle.writeFile(chunk);
  sink.position += chunk.length;
  budget.spend(chunk.length);
  onProgress?.(sink.position, totalBytes);
}

/** A page that stands in for a video is refused at its first bytes, whatever it calls itself. */
function refusePage(chunk: Buffer, url: URL): void {
  const head = chunk.subarray(0, 512).toString('latin1').trimStart();
  if (!/^(?:<!doctype html|<html|<head|<body)/i.test(head)) return;
  throw downloadError('not-a-video', `${url.href} is a web page, not a video file.`);
}

function checkEnd(url: URL, bytes: number, totalBytes: number | undefined): void {
  if (totalBytes === undefined || bytes === totalBytes) return;
  const message = `${url.href} ended after ${bytes} of ${totalBytes} bytes.`;
  throw downloadError('network', message, { details: { bytes, totalBytes } });
}
