import { sha256 } from '@internvid/core';

import { checkTar, splitName } from '../exports/check-tar.js';
import type { Finding } from '../exports/finding.js';
import type { ExportedFile } from '../exports/manifest.js';
import type { CheckedSet } from '../generated-check.js';

/** What is remembered of a row: the hashes of its line, its part of a tar, its caption and its clip file. */
export type RowProof = {
  readonly line: string;
  readonly part: string;
  readonly caption: string;
  readonly clip: string | undefined;
};

const PARTS = ['json', 'txt', 'mp4'];

/** Looks into a tar of a bucket: whole, the parts of each sample together, the same as the row and the clip file of the set. */
export async function* checkBucketTar(
  checked: CheckedSet,
  tar: ExportedFile,
  rows: ReadonlyMap<string, RowProof>,
): AsyncGenerator<Finding> {
  const file = tar.name;
  const found = new Map<string, string[]>();
  let last: string | undefined;
  const isWhole = yield* checkTar(checked, file, function* ({ name, bytes }) {
    const [key, part] = splitName(name);
    const parts = found.get(key) ?? [];
    if (parts.length > 0 && key !== last)
      yield { file, problem: 'split-key', message: `The parts of ${key} do not lie together.` };
    if (parts.includes(part))
      yield { file, problem: 'duplicate-part', message: `${name} is there twice.` };
    found.set(key, [...parts, part]);
    last = key;
    yield* wrongPart(file, { key, part, bytes }, rows.get(key));
  });
  if (!isWhole) return;
  for (const [key, parts] of found) {
    if (PARTS.every((part) => parts.includes(part)) && parts.length === PARTS.length) continue;
    const message = `${key} has the parts ${parts.join(', ')}; it should have ${PARTS.join(', ')}.`;
    yield { file, problem: 'different-parts', message };
  }
  if (found.size !== tar.samples)
    yield {
      file,
      problem: 'wrong-count',
      message: `It holds ${found.size} samples, the list says ${tar.samples ?? 'nothing of any'}.`,
    };
}

type Part = { readonly key: string; readonly part: string; readonly bytes: Uint8Array };

function* wrongPart(
  file: string,
  { key, part, bytes }: Part,
  row: RowProof | undefined,
): Generator<Finding> {
  if (row === undefined) {
    if (part === 'json')
      yield { file, problem: 'wrong-key', message: `The set has no row of ${key}.` };
    return;
  }
  if (part === 'json' && sha256(bytes) !== row.part)
    yield { file, problem: 'bad-row', message: `${key}.json is not the row of the table.` };
  if (part === 'mp4' && sha256(bytes) !== row.clip)
    yield { file, problem: 'changed-clip', message: `${key}.mp4 is not the clip of the row.` };
  if (part === 'txt' && sha256(bytes) !== row.caption)
    yield {
      file,
      problem: 'different-captions',
      message: `${key}.txt is not the caption of the row.`,
    };
}
