import { availableParallelism } from 'node:os';

import {
  fileStore,
  localExecutor,
  ToolkitError,
  type RunReport,
  type Step,
  type Store,
} from '@internvid/core';

import type { Config } from './config.js';
import { detectorNamed } from './detectors.js';
import { UsageError } from './exit.js';
import { loadConfig } from './load-config.js';
import { progressView } from './progress.js';

/** Flags that every command understands. */
export type CommonFlags = {
  readonly config?: string;
  readonly json?: boolean;
  readonly concurrency?: string;
  readonly ffmpeg?: string;
  readonly ffprobe?: string;
  readonly maxFailures?: string;
  readonly retryFailed?: boolean;
};

/** Flags of the steps that make clips. */
export type SplitFlags = {
  readonly detector?: string;
  readonly filters?: string;
  readonly lengths?: string;
  readonly listedClips?: boolean;
};

/** What a command that works on a dataset has at hand. */
export type Session = {
  readonly config: Config;
  readonly store: Store;
  readonly signal: AbortSignal;
  readonly concurrency: number;
  /** Runs a step with progress on the error stream. */
  run(step: Step): Promise<RunReport>;
};

/**
 * Loads the config, lays the flags over it and opens the dataset. Ctrl-C stops the work; a second one ends the process at once.
 *
 * @param directory the dataset; undefined means the config's `out`.
 */
export async function openSession(
  flags: CommonFlags & SplitFlags,
  directory?: string,
): Promise<Session> {
  const { config: loaded } = await loadConfig(flags.config);
  const config = withFlags(loaded, flags);
  const out = directory ?? config.out;
  if (out === undefined)
    throw new UsageError('Say where the dataset is: --out DIR, or `out` in the config.');
  const store = fileStore(out);
  const signal = signalOfInterrupts(
    `Stopped. What is done is kept in ${out}: run the same command again to go on.`,
  );
  const concurrency = config.concurrency ?? availableParallelism();
  const executor = localExecutor({ concurrency });
  return {
    config,
    store,
    signal,
    concurrency,
    async run(step) {
      const isLive = process.stderr.isTTY && flags.json !== true;
      const view = progressView({ stream: process.stderr, isLive });
      const retry = flags.retryFailed === true ? 'all' : 'retryable';
      const limit = config.maxFailures === undefined ? {} : { maxFailures: config.maxFailures };
      try {
        return await executor.run(step, { store, signal, onEvent: view.onEvent, retry, ...limit });
      } finally {
        view.stop();
      }
    },
  };
}

function withFlags(config: Config, flags: CommonFlags & SplitFlags): Config {
  return {
    ...config,
    ...(flags.concurrency === undefined
      ? {}
      : { concurrency: wholeNumber('--concurrency', flags.concurrency, 1) }),
    ...(flags.maxFailures === undefined
      ? {}
      : { maxFailures: wholeNumber('--max-failures', flags.maxFailures, 0) }),
    ...(flags.ffmpeg === undefined ? {} : { ffmpeg: flags.ffmpeg }),
    ...(flags.ffprobe === undefined ? {} : { ffprobe: flags.ffprobe }),
    split: { ...config.split, ...splitSettings(flags) },
  };
}

function splitSettings({
  detector,
  filters,
  lengths,
  listedClips,
}: SplitFlags): NonNullable<Config['split']> {
  return {
    ...(detector === undefined ? {} : { detector: detectorNamed(detector) }),
    ...(listedClips === true ? { clips: 'listed' } : {}),
    ...(filters === undefined ? {} : { filters: oneOf('--filters', filters, FILTER_PRESETS) }),
    ...(lengths === undefined ? {} : { lengths: oneOf('--lengths', lengths, LENGTH_PRESETS) }),
  };
}

const FILTER_PRESETS = ['internvid', 'strict', 'none'] as const;
const LENGTH_PRESETS = ['internvid', 'text-to-video'] as const;

/** Reads a flag that takes one of several words. */
export function oneOf<Name extends string>(
  flag: string,
  name: string,
  known: readonly Name[],
): Name {
  const found = known.find((each) => each === name);
  if (found === undefined)
    throw new UsageError(`${flag} must be one of ${known.join(', ')}, got "${name}".`);
  return found;
}

/** Reads a flag that counts something. */
export function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) {
    throw new UsageError(`${flag} must be a whole number of at least ${least}, got "${text}".`);
  }
  return value;
}

/** A signal that Ctrl-C aborts, with what to say then; a second Ctrl-C ends the process at once. */
export function signalOfInterrupts(message: string): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write('\nStopping. Press Ctrl-C again to stop at once.\n');
    controller.abort(new ToolkitError('aborted', message));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}
