import { ToolkitError } from '@internvid/core';

const REMEDIES: Readonly<Record<string, string>> = {
  EDQUOT: 'Free some of your quota',
  EFBIG: 'Use a file system that takes larger files',
  EIO: 'Check the disk',
  ENOSPC: 'Free some space',
  EROFS: 'Use a folder that may be written to',
};

/**
 * The error for a disk that takes no more, which no other download would escape: it stops the run.
 *
 * @returns undefined for any other error.
 */
export function diskError(error: unknown): ToolkitError | undefined {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  const remedy = REMEDIES[code];
  if (remedy === undefined || ToolkitError.is(error)) return undefined;
  const text = `A download could not be written: ${message}. ${remedy} and run again.`;
  return new ToolkitError('store-failed', text, { cause: error, details: { code } });
}
