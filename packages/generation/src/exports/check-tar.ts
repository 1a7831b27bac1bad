import { isAbort, ToolkitError } from '@internvid/core';

import type { CheckedExport, Finding } from './finding.js';
import { hasTarEnd, tarEntries, type TarEntry } from './tar.js';

/** webdataset's own rule: the key ends at the first dot of the base name. */
export function splitName(name: string): readonly [key: string, part: string] {
  const dot = name.indexOf('.', name.lastIndexOf('/') + 1);
  return dot === -1 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
}

/**
 * Looks into a tar entry by entry, and finds one that was cut or cannot be read.
 *
 * @param look what to find in an entry.
 * @returns whether it could be read to its last entry.
 */
export async function* checkTar(
  { store, prefix, signal }: Pick<CheckedExport, 'store' | 'prefix' | 'signal'>,
  file: string,
  look: (entry: TarEntry) => Iterable<Finding>,
): AsyncGenerator<Finding, boolean> {
  const key = `${prefix}/${file}`;
  let last: string | undefined;
  try {
    for await (const entry of tarEntries(store, key, signal)) {
      last = splitName(entry.name)[0];
      yield* look(entry);
    }
  } catch (error) {
    if (isAbort(error) || ToolkitError.is(error) || !(error instanceof Error)) throw error;
    yield unreadable(file, error, last);
    return false;
  }
  if (!(await hasTarEnd(store, key, signal)))
    yield {
      file,
      problem: 'truncated-tar',
      message: 'It lacks the two empty blocks that end a tar.',
    };
  return true;
}

function unreadable(file: string, error: Error, key: string | undefined): Finding {
  const where = key === undefined ? 'before its first sample' : `after ${key}`;
  const isCut = error.message === 'Unexpected end of data';
  return {
    file,
    problem: isCut ? 'truncated-tar' : 'unreadable-tar',
    message: `It ${isCut ? 'ends' : 'cannot be read'} ${where}: ${error.message}.`,
  };
}

/** Start and end of image, as every JPEG has them (ITU T.81, B.1.1.3). */
export function isWholeJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes.at(-2) === 0xff && bytes.at(-1) === 0xd9;
}
