import { createHash } from 'node:crypto';

import type { Store } from '@internvid/core';

import type { Finding } from './finding.js';
import { MANIFEST, type ExportedFile } from './manifest.js';

/** Files that a list names, and what else may lie beside them. */
export type ListedFiles = {
  readonly store: Store;
  readonly prefix: string;
  readonly files: readonly ExportedFile[];
  readonly signal: AbortSignal | undefined;
};

/** Finds listed files that are missing, of another size or of other bytes. @returns those that are there. */
export async function* checkFiles(
  listed: ListedFiles,
): AsyncGenerator<Finding, readonly ExportedFile[]> {
  const present: ExportedFile[] = [];
  for (const file of listed.files) {
    const finding = await checkFile(listed, file);
    if (finding !== undefined) yield finding;
    if (finding?.problem !== 'missing-file') present.push(file);
  }
  return present;
}

async function checkFile(
  { store, prefix, signal }: ListedFiles,
  file: ExportedFile,
): Promise<Finding | undefined> {
  const key = `${prefix}/${file.name}`;
  const info = await store.stat(key, signal);
  if (info === undefined)
    return {
      file: file.name,
      problem: 'missing-file',
      message: 'The list names it, but it is not there.',
    };
  if (info.bytes !== file.bytes) {
    return {
      file: file.name,
      problem: 'wrong-size',
      message: `It has ${info.bytes} bytes, the list says ${file.bytes}.`,
    };
  }
  const hash = createHash('sha256');
  for await (const chunk of store.stream(key, signal)) hash.update(chunk);
  if (hash.digest('hex') === file.sha256) return undefined;
  return {
    file: file.name,
    problem: 'wrong-checksum',
    message: 'Its bytes are not those that were written.',
  };
}

/** Finds files that no list names. @param isKnown says which of the others belong to it all the same. */
export async function* unlistedFiles(
  { store, prefix, files, signal }: ListedFiles,
  isKnown: (file: string) => boolean = () => false,
): AsyncGenerator<Finding> {
  const listed = new Set([MANIFEST, ...files.map((file) => file.name)]);
  for await (const { key } of store.list(prefix, signal)) {
    const file = key.slice(prefix.length + 1);
    if (!listed.has(file) && !isKnown(file))
      yield { file, problem: 'unlisted-file', message: 'It is no part of the export. Remove it.' };
  }
}
