import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { ToolkitError } from '@internvid/core';

import {
  parseClassNames,
  parseHmdb51,
  parseKineticsCsv,
  parseUcf101,
  type ActionSet,
} from './action-sets.js';
import { parseCaptionSet, type CaptionedVideo, type CaptionSetName } from './caption-sets.js';

/** Formats of annotations of action recognition. */
export type ActionSetName = 'kinetics' | 'ucf101' | 'hmdb51';

/** What is taken of a set. */
export type LoadActionSetOptions = {
  /** Kinetics: a value of the column `split`. HMDB51: `1`, `2` or `3`, default `1`. */
  readonly split?: string;
  /** A file of class names, which stand for the set's own, in their order. Default for UCF101: `classInd.txt` beside the list. */
  readonly classes?: string;
};

/**
 * Reads the annotations of a test of action recognition.
 *
 * @param path the CSV of Kinetics, a list such as `testlist01.txt` of UCF101, the folder of lists of HMDB51.
 * @throws ToolkitError `not-found`, `invalid-record` for a file that is not of the format.
 */
export async function loadActionSet(
  format: ActionSetName,
  path: string,
  { split, classes }: LoadActionSetOptions = {},
): Promise<ActionSet> {
  const set = await told(format, () => readActionSet(format, path, { split, classes }));
  if (set.videos.length === 0) {
    throw new ToolkitError('invalid-record', `${path} names no video of ${format}.`);
  }
  if (classes === undefined) return set;
  return { ...set, classNames: parseClassNames(await readText(classes)) };
}

/** Reads the annotations of a retrieval test. @throws ToolkitError `not-found`, `invalid-record`. */
export async function loadCaptionSet(
  format: CaptionSetName,
  path: string,
): Promise<readonly CaptionedVideo[]> {
  return parseCaptionSet(format, await readText(path));
}

async function readActionSet(
  format: ActionSetName,
  path: string,
  { split, classes }: { readonly split: string | undefined; readonly classes: string | undefined },
): Promise<ActionSet> {
  if (format === 'kinetics') {
    return parseKineticsCsv(await readText(path), split === undefined ? {} : { split });
  }
  if (format === 'ucf101') {
    const own = join(dirname(path), 'classInd.txt');
    return parseUcf101(classes === undefined ? await readText(own) : '', await readText(path));
  }
  const number = Number(split ?? 1);
  if (number !== 1 && number !== 2 && number !== 3) {
    throw new RangeError(`the splits of HMDB51 are 1, 2 and 3, not ${split ?? ''}.`);
  }
  const names = (await readdir(path)).filter((name) => name.endsWith(`_split${number}.txt`));
  const files = await Promise.all(
    names.sort().map(async (name) => ({ name, text: await readText(join(path, name)) })),
  );
  return parseHmdb51(files, { split: number });
}

async function told(format: string, read: () => Promise<ActionSet>): Promise<ActionSet> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const message = `These are no annotations of ${format}: ${cause.message}`;
    throw new ToolkitError('invalid-record', message, { cause });
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const message = isMissing ? `There is no file ${path}.` : `${path} cannot be read.`;
    throw new ToolkitError(isMissing ? 'not-found' : 'unreadable', message, { cause });
  }
}
