import type { MediaInfo, Store } from '@internvid/core';
import { addressGuard, type AddressGuard } from './address-guard.js';
import { openBudget, type Budget } from './budget.js';
import {
  downloadSettings,
  type DownloadSettings,
  type DownloadVideosOptions,
} from './download-settings.js';
import type { FinishedFile } from './finished-file.js';
import { hostGate, type HostGate } from './host-gate.js';
import { findYtDlp, type FoundYtDlp } from './yt-dlp/find-yt-dlp.js';

/** What all downloads of a run share. */
export type DownloadTools = {
  readonly settings: DownloadSettings;
  readonly guard: AddressGuard;
  readonly gate: HostGate;
  readonly budget: Budget;
  readonly ytDlp: () => FoundYtDlp;
  readonly ffmpegPath: string | undefined;
};

/** What one download has of the run around it. */
export type DownloadContext = {
  readonly store: Store;
  readonly signal: AbortSignal;
  progress(fraction: number): void;
};

/** A file that is in its place and proved to be a video. */
export type Downloaded = { readonly file: FinishedFile; readonly info: MediaInfo };

/** Makes what the downloads of one stage share; its budget and its pauses begin with it. */
export function openTools(options: DownloadVideosOptions): DownloadTools {
  const settings = downloadSettings(options);
  const { perHost = {}, budget = {}, ytDlp = {} } = options;
  let program: FoundYtDlp | undefined;
  return {
    settings,
    guard: addressGuard(options),
    gate: hostGate({ ...perHost, maxWaitMs: settings.retry.maxWaitMs }),
    budget: openBudget(budget),
    // Looked for when the first candidate needs it: many lists never do.
    ytDlp: () => (program ??= findYtDlp(ytDlp.path)),
    ffmpegPath: ytDlp.ffmpegPath,
  };
}
