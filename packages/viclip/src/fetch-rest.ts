import { open } from 'node:fs/promises';

import { isAbort, ToolkitError } from '@internvid/core';

/** How far a fetch is. */
export type FetchProgress = { readonly bytesDone: number; readonly bytesTotal: number };

/** How a fetch is watched and ended. */
export type FetchRestOptions = {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: FetchProgress) => void) | undefined;
};

/**
 * Fetches what is missing at the end of a file, so that a fetch that broke off goes on; of a server that knows no ranges, all of it.
 *
 * @throws ToolkitError `network` (what came is kept; worth a retry for answers 408, 429 and 5xx and broken connections), `store-failed` for a
 * full disk.
 */
export async function fetchRest(
  url: string,
  path: string,
  { signal, onProgress }: FetchRestOptions = {},
): Promise<void> {
  const handle = await open(path, 'a');
  try {
    let { size: bytesDone } = await handle.stat();
    const answer = await request(url, bytesDone, signal);
    if (answer === 'complete') return;
    if (answer.status === 200 && bytesDone > 0) {
      await handle.truncate(0);
      bytesDone = 0;
    }
    const bytesTotal = bytesDone + Number(answer.headers.get('content-length') ?? Number.NaN);
    for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
      await handle.writeFile(chunk);
      bytesDone += chunk.length;
      onProgress?.({ bytesDone, bytesTotal });
    }
  } catch (cause) {
    if (ToolkitError.is(cause) || isAbort(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    const isFull = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
    throw new ToolkitError(
      isFull ? 'store-failed' : 'network',
      `${shown(url)} broke off: ${why}. What came is kept in ${path}.`,
      { retryable: !isFull, cause },
    );
  } finally {
    await handle.close();
  }
}

async function request(
  url: string,
  from: number,
  signal: AbortSignal | undefined,
): Promise<Response | 'complete'> {
  const answer = await fetch(url, {
    headers: from > 0 ? { range: `bytes=${from}-` } : {},
    ...(signal === undefined ? {} : { signal }),
  });
  if (answer.ok) return answer;
  await answer.body?.cancel();
  // Nothing lies behind the end of a file that is all there.
  if (answer.status === 416 && from > 0) return 'complete';
  throw new ToolkitError('network', `${shown(url)} answered with status ${answer.status}.`, {
    retryable: answer.status === 408 || answer.status === 429 || answer.status >= 500,
  });
}

/** An address without what stands behind its path, which may be a signature: that is nobody's to read in a log. */
export function shown(url: string): string {
  return url.replace(/[?#].*$/s, '');
}
