import { setTimeout as sleep } from 'node:timers/promises';
import { downloadError } from './problem.js';

/** How politely one host is asked. */
export type PerHostOptions = {
  /** Downloads from one host at once, at least 1. Default 2. */
  readonly concurrency?: number;
  /** Downloads begun per second at one host, retries included. Default 2. */
  readonly requestsPerSecond?: number;
};

/** Lets downloads through, host by host. */
export interface HostGate {
  /**
   * Runs `work` when it is the host's turn.
   *
   * @throws ToolkitError `not-yet` when the host has asked for a longer pause than `maxWaitMs`.
   */
  run<Out>(host: string, signal: AbortSignal, work: () => Promise<Out>): Promise<Out>;
  /** Holds back all that is not begun yet, because the host asked for it. */
  pause(host: string, ms: number): void;
}

type Host = { running: number; nextAt: number; pausedUntil: number; waiting: (() => void)[] };

/** Makes a gate. `maxWaitMs` is the longest pause that is waited for. */
export function hostGate(options: PerHostOptions & { readonly maxWaitMs: number }): HostGate {
  const { concurrency = 2, requestsPerSecond = 2, maxWaitMs } = options;
  const hosts = new Map<string, Host>();
  const hostOf = (name: string): Host => {
    const host = hosts.get(name) ?? { running: 0, nextAt: 0, pausedUntil: 0, waiting: [] };
    hosts.set(name, host);
    return host;
  };
  return {
    async run(name, signal, work) {
      const host = hostOf(name);
      await takePlace(host, concurrency, signal);
      try {
        await waitTurn(name, host, 1000 / requestsPerSecond, maxWaitMs, signal);
        return await work();
      } finally {
        host.running -= 1;
        host.waiting.shift()?.();
      }
    },
    pause(name, ms) {
      const host = hostOf(name);
      host.pausedUntil = Math.max(host.pausedUntil, performance.now() + ms);
    },
  };
}

async function takePlace(host: Host, concurrency: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  while (host.running >= concurrency) {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        host.waiting = host.waiting.filter((other) => other !== wake);
        resolve();
      };
      host.waiting.push(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
    signal.throwIfAborted();
  }
  host.running += 1;
}

async function waitTurn(
  name: string,
  host: Host,
  intervalMs: number,
  maxWaitMs: number,
  signal: AbortSignal,
): Promise<void> {
  // The pause may grow while it is waited for.
  for (;;) {
    const now = performance.now();
    const pauseMs = host.pausedUntil - now;
    if (pauseMs > maxWaitMs) throw notYet(name, pauseMs);
    const waitMs = Math.max(host.pausedUntil, host.nextAt) - now;
    if (waitMs <= 0) break;
    await sleep(waitMs, undefined, { signal });
  }
  host.nextAt = performance.now() + intervalMs;
}

/** The error for what is due later than a run waits. */
export function notYet(what: string, waitMs: number): Error {
  const seconds = Math.ceil(waitMs / 1000);
  const message = `${what} is to be left alone for another ${seconds} s. Run again then.`;
  return downloadError('not-yet', message, { retryAfterMs: waitMs });
}
