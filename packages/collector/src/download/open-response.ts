import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isAbort, ToolkitError } from '@internvid/core';
import type { AddressGuard } from './address-guard.js';
import { diskError } from './disk-error.js';
import { downloadError } from './problem.js';

const MAX_REDIRECTS = 8;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** How a request is made. */
export type OpenOptions = {
  readonly guard: AddressGuard;
  readonly headers: Readonly<Record<string, string>>;
  /** A server that sends no head of an answer for so long is given up. */
  readonly stallMs: number;
  readonly signal: AbortSignal;
};

/** An answer whose body has not been read. Whoever has it destroys it. */
export type OpenedResponse = {
  readonly response: IncomingMessage;
  /** Where the redirects led. */
  readonly url: URL;
};

/**
 * Asks for a URL and follows redirects, each checked as the first address was. Every request has a connection of its own, to an
 * address that the guard allowed.
 *
 * @throws ToolkitError made by `downloadError`; the abort reason.
 */
export async function openResponse(start: string, options: OpenOptions): Promise<OpenedResponse> {
  let url = options.guard.check(start);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await ask(url, options);
    const { statusCode = 0, headers } = response;
    if (!REDIRECTS.has(statusCode) || headers.location === undefined) return { response, url };
    response.destroy();
    url = options.guard.check(resolveLocation(headers.location, url));
  }
  throw downloadError('malformed', `${start} redirects more than ${MAX_REDIRECTS} times.`);
}

async function ask(
  url: URL,
  { guard, headers, stallMs, signal }: OpenOptions,
): Promise<IncomingMessage> {
  signal.throwIfAborted();
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  try {
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = send(url, { agent: false, headers, lookup: guard.lookup, signal });
      const timer = setTimeout(() => sent.destroy(noAnswer(url, stallMs)), stallMs);
      sent.once('response', (response) => {
        clearTimeout(timer);
        // What breaks later reaches whoever reads the body; without a listener it would end the process.
        response.on('error', () => undefined);
        resolve(response);
      });
      // Errors may follow the first one, or the answer: they too must find a listener.
      sent.on('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      sent.end();
    });
  } catch (error) {
    signal.throwIfAborted();
    throw networkError(url, error);
  }
}

/** The error for a connection that broke, or could not be made. */
export function networkError(url: URL, error: unknown): unknown {
  if (ToolkitError.is(error) || isAbort(error)) return error;
  // What is read is also written, and the one may break as well as the other.
  const disk = diskError(error);
  if (disk !== undefined) return disk;
  const why = error instanceof Error ? error.message || error.name : String(error);
  return downloadError('network', `${url.href}: ${why}`, { cause: error });
}

function noAnswer(url: URL, stallMs: number): ToolkitError {
  return downloadError('stalled', `${url.href} did not answer within ${stallMs} ms.`);
}

function resolveLocation(location: string, from: URL): string {
  if (!URL.canParse(location, from.href)) {
    throw downloadError('bad-url', `${from.href} redirects to "${location}", which is not a URL.`);
  }
  return new URL(location, from).href;
}
