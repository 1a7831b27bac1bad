import { ToolkitError } from '@internvid/core';

/** What the command line was used wrongly with: ends with code 2. */
export class UsageError extends Error {}

/** 0: the work is done. 1: it failed, wholly or where it must not. 2: the command line was used wrongly. */
export type ExitCode = 0 | 1 | 2;

/** The exit code that an error stands for. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return 2;
  return ToolkitError.is(error) && error.code === 'invalid-config' ? 2 : 1;
}

/** What to print for an error: its message, its code, and the stack only of what nobody expected. */
export function describeError(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  if (ToolkitError.is(error) && error.code !== 'internal')
    return `${error.message} [${error.code}]`;
  const cause = ToolkitError.is(error) && error.cause !== undefined ? error.cause : error;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

/** What came of a call whose options are words of the command line: options that it refuses are the command line's fault. */
export async function wordsAsUsage<Out>(call: Promise<Out>): Promise<Out> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}
