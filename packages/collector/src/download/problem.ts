import { ToolkitError, type ErrorCode, type JsonObject } from '@internvid/core';

/** Why a download did not end with a video. The words stand in reports, in the retry book and in `details.reason`. */
export type DownloadProblem =
  | 'bad-url'
  | 'forbidden-address'
  | 'gone'
  | 'private'
  | 'geo-blocked'
  | 'too-large'
  | 'live-stream'
  | 'unsupported-site'
  | 'not-a-video'
  | 'no-video-track'
  | 'still-image'
  | 'encrypted'
  | 'malformed'
  | 'throttled'
  | 'bot-check'
  | 'network'
  | 'stalled'
  | 'unknown'
  | 'not-yet'
  | 'over-budget';

/** What a problem means: `drop` and `fail` are for good, `retry` may pass, `postpone` was no try at all. */
type Ending = 'drop' | 'fail' | 'retry' | 'postpone';

const PROBLEMS: Readonly<Record<DownloadProblem, readonly [Ending, ErrorCode]>> = {
  'bad-url': ['drop', 'unreadable'],
  'forbidden-address': ['drop', 'unreadable'],
  gone: ['drop', 'not-found'],
  private: ['drop', 'unreadable'],
  'geo-blocked': ['drop', 'unreadable'],
  'too-large': ['drop', 'unreadable'],
  'live-stream': ['drop', 'unreadable'],
  'unsupported-site': ['drop', 'unreadable'],
  'not-a-video': ['drop', 'unreadable'],
  'no-video-track': ['drop', 'unreadable'],
  'still-image': ['drop', 'unreadable'],
  encrypted: ['drop', 'encrypted'],
  malformed: ['fail', 'unreadable'],
  throttled: ['retry', 'network'],
  'bot-check': ['retry', 'network'],
  network: ['retry', 'network'],
  stalled: ['retry', 'timeout'],
  unknown: ['retry', 'process-failed'],
  'not-yet': ['postpone', 'network'],
  'over-budget': ['postpone', 'timeout'],
};

/** What a problem means: `drop` and `fail` are for good, `retry` may pass, `postpone` was no try at all. */
export function endingOf(problem: DownloadProblem): Ending {
  return PROBLEMS[problem][0];
}

/** Whether a word names a problem: for what comes from a file. */
export function isDownloadProblem(word: unknown): word is DownloadProblem {
  return typeof word === 'string' && Object.hasOwn(PROBLEMS, word);
}

/** What a download error may carry besides its message. */
export type DownloadErrorOptions = {
  /** How long the server asked us to wait. */
  readonly retryAfterMs?: number;
  readonly details?: JsonObject;
  readonly cause?: unknown;
};

/** The error for a problem: `details.reason` names it, `retryable` follows from it. */
export function downloadError(
  problem: DownloadProblem,
  message: string,
  { details = {}, ...options }: DownloadErrorOptions = {},
): ToolkitError {
  const [ending, code] = PROBLEMS[problem];
  const retryable = ending === 'retry' || ending === 'postpone';
  return new ToolkitError(code, message, {
    ...options,
    retryable,
    details: { ...details, reason: problem },
  });
}

/** The problem that an error stands for, where `downloadError` made it. */
export function problemOf(error: unknown): DownloadProblem | undefined {
  if (!ToolkitError.is(error)) return undefined;
  const { reason } = error.details;
  return isDownloadProblem(reason) ? reason : undefined;
}
