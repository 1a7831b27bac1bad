import type { Store } from '@internvid/core';

import type { Finding } from './exports/finding.js';
import { linesOf } from './exports/lines.js';
import type { ExportedFile } from './exports/manifest.js';
import type { GeneratedManifest } from './generated.js';
import type { KnownDataset } from './known-dataset.js';

/** A generated folder to look into: the files of its list that are there. */
export type CheckedSet = {
  readonly store: Store;
  readonly prefix: string;
  readonly manifest: GeneratedManifest;
  readonly files: readonly ExportedFile[];
  readonly known: KnownDataset | undefined;
  readonly signal: AbortSignal | undefined;
};

/** Looks into the files of one kind of set. */
export type SetCheck = (checked: CheckedSet) => AsyncIterable<Finding>;

/** A line that is not blank, and its number, from 1. */
export type NumberedLine = { readonly line: number; readonly text: string };

/** The lines of a file of the set. */
export async function* numberedLines(
  { store, prefix, signal }: CheckedSet,
  file: string,
): AsyncGenerator<NumberedLine> {
  let line = 0;
  for await (const text of linesOf(store.stream(`${prefix}/${file}`, signal))) {
    line++;
    if (text.trim() !== '') yield { line, text };
  }
}

/** A line that holds JSON: the value, or undefined where it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Finds lines that a list counts otherwise. */
export function* wrongLineCount(file: ExportedFile | undefined, found: number): Generator<Finding> {
  if (file === undefined || file.samples === found) return;
  const message = `It holds ${found} lines, the list says ${file.samples ?? 'nothing of any'}.`;
  yield { file: file.name, problem: 'wrong-count', message };
}

/** Finds ids that come twice. */
export function repeatedKeys(file: string): (key: string, line: number) => Generator<Finding> {
  const seen = new Map<string, number>();
  return function* (key, line) {
    const before = seen.get(key);
    if (before === undefined) seen.set(key, line);
    else
      yield {
        file,
        problem: 'duplicate-key',
        message: `line ${line}: ${key} is on line ${before} as well.`,
      };
  };
}
