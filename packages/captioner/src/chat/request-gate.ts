import { setTimeout as sleep } from 'node:timers/promises';

/** How many requests at once and how many a minute. */
export type GateOptions = {
  /** Requests under way at most, at least 1. */
  readonly concurrency: number;
  /** Requests begun in a minute at most, evenly spaced. Default: no limit. */
  readonly requestsPerMinute?: number;
};

/** Lets requests through one after the other as the limits allow. */
export interface RequestGate {
  /** Runs `work` when there is room for it, in the order of asking. */
  pass<Out>(work: () => Promise<Out>, signal: AbortSignal): Promise<Out>;
  /** Lets nobody through for so long: a server that told one of us to wait means all. */
  hold(ms: number): void;
}

const MINUTE_MS = 60_000;

/** Opens a gate. */
export function requestGate({ concurrency, requestsPerMinute }: GateOptions): RequestGate {
  const spacingMs = requestsPerMinute === undefined ? 0 : MINUTE_MS / requestsPerMinute;
  const waiting: (() => void)[] = [];
  let free = concurrency;
  let nextMs = 0;

  const enter = async (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    if (free > 0) {
      free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', give);
        resolve();
      };
      const give = (): void => {
        waiting.splice(waiting.indexOf(go), 1);
        reject(signal.reason as Error);
      };
      waiting.push(go);
      signal.addEventListener('abort', give, { once: true });
    });
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  const untilTurn = async (signal: AbortSignal): Promise<void> => {
    // A hold that comes while we wait moves our turn too.
    for (let waitMs = nextMs - performance.now(); waitMs > 0; waitMs = nextMs - performance.now()) {
      await sleep(waitMs, undefined, { signal });
    }
    nextMs = Math.max(nextMs, performance.now()) + spacingMs;
  };

  return {
    async pass(work, signal) {
      await enter(signal);
      try {
        await untilTurn(signal);
        return await work();
      } finally {
        leave();
      }
    },
    hold(ms) {
      nextMs = Math.max(nextMs, performance.now() + ms);
    },
  };
}
