import { isAbsolute } from 'node:path';
import { fingerprintOf } from '@internvid/core';
import type { FrameReader } from '@internvid/core/media';
import type { AddressGuardOptions } from './address-guard.js';
import type { BudgetOptions } from './budget.js';
import type { PerHostOptions } from './host-gate.js';

/** How often and how patiently a download that failed is tried again. */
export type DownloadRetryOptions = {
  /** Tries in one run, at least 1. Default 3. */
  readonly perRun?: number;
  /** Tries over all runs; then it is given up. Default 9. */
  readonly ever?: number;
  /** Wait before the second try of a run; doubles with each, spread by up to a half. Default 1,000 ms. */
  readonly backOffMs?: number;
  /** Wait between runs after the first try; doubles with each try, up to a day. Default 60,000 ms. */
  readonly betweenRunsMs?: number;
  /** The longest wait that a run sits out, its own or the server's; what is due later is left to the next run. Default 120,000 ms. */
  readonly maxWaitMs?: number;
};

/** How yt-dlp is called. */
export type YtDlpOptions = {
  /** Default: `INTERNVID_YT_DLP`, then `PATH`. */
  readonly path?: string;
  /** ffmpeg for joining what comes in parts. Default: `PATH`. */
  readonly ffmpegPath?: string;
  /** Subtitles to fetch, written by humans or machines, as BCP 47 tags that the site uses. Default `['en']`; `[]` for none. */
  readonly subtitleLanguages?: readonly string[];
};

/** What downloading needs and is held to. */
export type DownloadVideosOptions = Pick<
  AddressGuardOptions,
  'allowPrivateAddresses' | 'resolve'
> & {
  /** Absolute path of the folder that the files go to. Several processes may share it. */
  readonly folder: string;
  /** Proves that what came is a video. */
  readonly frames: FrameReader;
  /** Downloads at once, over all hosts. Default 4. */
  readonly concurrency?: number;
  readonly perHost?: PerHostOptions;
  /** Larger files are dropped as `too-large`. Default 4 GiB. */
  readonly maxBytesPerFile?: number;
  /** For all downloads of the process that uses the stage. */
  readonly budget?: BudgetOptions;
  /** A transfer is ended when it brings too few bytes for so long. Default 30,000 ms. */
  readonly stallMs?: number;
  /** What counts as too few, on average over `stallMs`. Default 1,000. */
  readonly minBytesPerSecond?: number;
  readonly retry?: DownloadRetryOptions;
  /** Spreads the waits, the same on every run. Default 0. */
  readonly seed?: number;
  readonly ytDlp?: YtDlpOptions;
};

/** The options with their defaults. */
export type DownloadSettings = {
  readonly folder: string;
  readonly frames: FrameReader;
  readonly concurrency: number;
  readonly maxBytes: number;
  readonly stall: { readonly stallMs: number; readonly minBytesPerSecond: number };
  readonly retry: Required<DownloadRetryOptions>;
  readonly seed: number;
  readonly subtitleLanguages: readonly string[];
  /** Fingerprint of the settings by which a download is rejected for good. */
  readonly rules: string;
};

const GIB = 1024 ** 3;

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError or RangeError that names the option.
 */
export function downloadSettings(options: DownloadVideosOptions): DownloadSettings {
  const { folder, frames, concurrency = 4, maxBytesPerFile = 4 * GIB, seed = 0 } = options;
  const { stallMs = 30_000, minBytesPerSecond = 1_000, perHost = {}, budget = {} } = options;
  const { allowPrivateAddresses = false, ytDlp = {} } = options;
  const { subtitleLanguages = ['en'] } = ytDlp;
  if (!isAbsolute(folder)) {
    throw new TypeError(`options.folder must be an absolute path, got "${folder}".`);
  }
  const strange = subtitleLanguages.find((tag) => !/^[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*$/.test(tag));
  if (strange !== undefined) {
    throw new TypeError(
      `options.ytDlp.subtitleLanguages holds "${strange}", which is no BCP 47 tag.`,
    );
  }
  const retry = retrySettings(options.retry ?? {});
  checkAtLeast(1, { maxBytesPerFile, stallMs, 'perHost.concurrency': perHost.concurrency });
  checkAtLeast(0, { minBytesPerSecond, 'budget.bytes': budget.bytes, 'budget.ms': budget.ms });
  const rate = perHost.requestsPerSecond ?? 1;
  if (!(rate > 0)) {
    throw new RangeError(`options.perHost.requestsPerSecond must be positive, got ${rate}.`);
  }
  return {
    ...{ folder, frames, concurrency, maxBytes: maxBytesPerFile, retry, seed, subtitleLanguages },
    stall: { stallMs, minBytesPerSecond },
    rules: fingerprintOf({ maxBytesPerFile, allowPrivateAddresses }),
  };
}

function retrySettings(options: DownloadRetryOptions): Required<DownloadRetryOptions> {
  const { perRun = 3, ever = 9, backOffMs = 1_000 } = options;
  const { betweenRunsMs = 60_000, maxWaitMs = 120_000 } = options;
  checkAtLeast(1, { 'retry.perRun': perRun, 'retry.ever': ever });
  const waits = { 'retry.backOffMs': backOffMs, 'retry.maxWaitMs': maxWaitMs };
  checkAtLeast(0, { ...waits, 'retry.betweenRunsMs': betweenRunsMs });
  return { perRun, ever, backOffMs, betweenRunsMs, maxWaitMs };
}

function checkAtLeast(least: number, values: Readonly<Record<string, number | undefined>>): void {
  for (const [name, value = least] of Object.entries(values)) {
    if (value >= least) continue;
    throw new RangeError(`options.${name} must be at least ${least}, got ${value}.`);
  }
}
