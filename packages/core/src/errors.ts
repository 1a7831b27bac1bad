import type { JsonObject } from './json.js';

/** Every way in which the world can fail us. Codes are stable: they stand in reports and exit messages. */
export type ErrorCode =
  | 'aborted'
  | 'accounting'
  | 'corrupt'
  | 'decode-failed'
  | 'encrypted'
  | 'internal'
  | 'invalid-config'
  | 'invalid-record'
  | 'missing-dependency'
  | 'model-failed'
  | 'network'
  | 'not-found'
  | 'process-failed'
  | 'store-failed'
  | 'timeout'
  | 'too-many-failures'
  | 'unreadable';

/** Codes that no other input would escape: a run stops at them instead of failing item by item. */
const STOPS_A_RUN: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'aborted',
  'accounting',
  'invalid-config',
  'missing-dependency',
  'store-failed',
  'too-many-failures',
]);

/** What a failure carries besides its message. */
export type ToolkitErrorOptions = {
  /** Whether the same call may succeed later. Default false. */
  readonly retryable?: boolean;
  /** How long the other side asked us to wait. */
  readonly retryAfterMs?: number;
  /** Facts for a program: exit codes, keys, counts. */
  readonly details?: JsonObject;
  readonly cause?: unknown;
};

/**
 * What the world did wrong, as opposed to misuse (`TypeError`, `RangeError`) and judgement (`drop`).
 * The message says what happened, to which input, and what to do.
 */
export class ToolkitError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly details: JsonObject;
  /** Tells a `ToolkitError` from any other, whichever copy of this package made it. */
  readonly isToolkitError = true as const;

  constructor(code: ErrorCode, message: string, options: ToolkitErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ToolkitError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details ?? {};
  }

  /** Whether a run must stop: no other input would fare better. */
  get stopsRun(): boolean {
    return STOPS_A_RUN.has(this.code);
  }

  /** True also for errors made by another copy of this package. */
  static is(error: unknown): error is ToolkitError {
    return typeof error === 'object' && error !== null && 'isToolkitError' in error;
  }

  /** The error as a `ToolkitError`: itself, or wrapped; an abort becomes `aborted`, anything unknown `internal`. */
  static from(error: unknown): ToolkitError {
    if (ToolkitError.is(error)) return error;
    if (isAbort(error))
      return new ToolkitError('aborted', 'The work was cancelled.', { cause: error });
    const message = error instanceof Error ? error.message : String(error);
    return new ToolkitError('internal', `Unexpected error: ${message}`, { cause: error });
  }
}

/** Whether an error is the consequence of an abort rather than a failure. */
export function isAbort(error: unknown): boolean {
  if (ToolkitError.is(error)) return error.code === 'aborted';
  return (
    typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError'
  );
}
