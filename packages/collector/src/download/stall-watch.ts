import { downloadError } from './problem.js';

/** When a transfer counts as dead. */
export type StallOptions = {
  /** Length of the window that is looked at, in milliseconds. Default 30,000. */
  readonly stallMs: number;
  /** A transfer that brings less, over a whole window, is ended. Default 1,000. */
  readonly minBytesPerSecond: number;
};

/** Watches a transfer. */
export interface StallWatch {
  /** Says that bytes came. */
  received(bytes: number): void;
  stop(): void;
}

/**
 * Calls `onStall` when a window of `stallMs` brought too few bytes; so a dead transfer is found after one to two windows, and one
 * that drips a byte a second as well as one that is silent.
 *
 * @param isQuietAllowed whether, at the end of a window, there is good reason for the silence.
 */
export function watchForStall(
  what: string,
  { stallMs, minBytesPerSecond }: StallOptions,
  onStall: (error: Error) => void,
  isQuietAllowed: () => boolean = () => false,
): StallWatch {
  const enough = Math.max(1, (minBytesPerSecond * stallMs) / 1000);
  let inWindow = 0;
  const timer = setInterval(() => {
    if (inWindow < enough && !isQuietAllowed()) {
      clearInterval(timer);
      const message = `${what} brought ${inWindow} bytes in ${stallMs} ms and was ended.`;
      onStall(downloadError('stalled', message));
    }
    inWindow = 0;
  }, stallMs);
  return {
    received(bytes) {
      inWindow += bytes;
    },
    stop: () => clearInterval(timer),
  };
}
