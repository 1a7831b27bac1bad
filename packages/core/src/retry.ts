import { setTimeout as sleep } from 'node:timers/promises';

import { ToolkitError } from './errors.js';

/** How often and how patiently. */
export type RetryOptions = {
  /** Calls in all, the first included. Default 4. */
  readonly attempts?: number;
  /** Wait before the second call; doubles each time. Default 500 ms. */
  readonly baseMs?: number;
  /** Longest wait of our own making. Default 30,000 ms. */
  readonly maxMs?: number;
  /** A server that asks for more than this is not waited for. Default 120,000 ms. */
  readonly maxServerWaitMs?: number;
  readonly signal?: AbortSignal;
  /** 0 to 1; spreads the waits of many callers. Default `Math.random`. */
  readonly random?: () => number;
};

/**
 * Calls `work` again as long as it throws a retryable `ToolkitError`, with exponential waits from half to the whole of the
 * step, or as long as the server asked (`retryAfterMs`).
 */
export async function retry<Out>(
  work: (attempt: number) => Promise<Out>,
  options: RetryOptions = {},
): Promise<Out> {
  const { attempts = 4, maxServerWaitMs = 120_000, signal } = options;
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await work(attempt);
    } catch (error) {
      if (!ToolkitError.is(error) || !error.retryable || attempt >= attempts) throw error;
      const serverWaitMs = error.retryAfterMs ?? 0;
      if (serverWaitMs > maxServerWaitMs) throw error;
      await sleep(
        Math.max(serverWaitMs, ownWaitMs(attempt, options)),
        undefined,
        signal ? { signal } : {},
      );
    }
  }
}

function ownWaitMs(attempt: number, options: RetryOptions): number {
  const { baseMs = 500, maxMs = 30_000, random = Math.random } = options;
  const step = Math.min(maxMs, baseMs * 2 ** (attempt - 1));
  return (step * (1 + random())) / 2;
}
