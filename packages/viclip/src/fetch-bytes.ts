import { isAbort, ToolkitError } from '@internvid/core';

/** One request and its limits. */
export type FetchBytesOptions = {
  /** Sent by POST; without it the request is a GET. */
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Larger answers are refused. */
  readonly maxBytes: number;
  /** For the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Body of the answer of a server.
 *
 * @throws ToolkitError `network` (worth a retry for answers 408, 429 and 5xx and for broken connections) and `timeout`.
 */
export async function fetchBytes(url: string, options: FetchBytesOptions): Promise<Buffer> {
  const { body, headers = {}, timeoutMs, signal } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await fetch(url, {
      ...(body === undefined ? {} : { method: 'POST', body }),
      headers,
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    const bytes = await readBody(answer, url, options.maxBytes);
    if (!answer.ok) throw refused(url, answer, bytes);
    return bytes;
  } catch (cause) {
    if (ToolkitError.is(cause)) throw cause;
    signal?.throwIfAborted();
    if (isAbort(cause) || timeout.aborted) {
      const message = `${url} did not answer within ${timeoutMs} ms.`;
      throw new ToolkitError('timeout', message, { retryable: true, cause });
    }
    const message = `${url} could not be reached: ${reasonOf(cause)}.`;
    throw new ToolkitError('network', message, { retryable: true, cause });
  }
}

async function readBody(answer: Response, url: string, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new ToolkitError('network', `${url} answered with more than ${maxBytes} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function refused(url: string, answer: Response, body: Buffer): ToolkitError {
  const { status } = answer;
  const said = body.subarray(0, 200).toString('utf8').replace(/\s+/g, ' ').trim();
  const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN);
  return new ToolkitError(
    'network',
    `${url} answered with status ${status}${said === '' ? '' : `: ${said}`}.`,
    {
      retryable: status === 408 || status === 429 || status >= 500,
      ...(seconds >= 0 ? { retryAfterMs: seconds * 1000 } : {}),
      details: { status },
    },
  );
}

/** `fetch` says "fetch failed" and keeps what happened in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}
