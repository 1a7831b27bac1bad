import { basename, dirname, resolve } from 'node:path';

import { fileStore } from '@internvid/core';
import type { Change, ChangeCounts, ExportPlace } from '@internvid/generation';

import { UsageError } from '../exit.js';
import { plural } from '../format.js';
import { print } from '../output.js';
import { signalOfInterrupts } from '../session.js';

/** Flags of `diff`. */
export type DiffFlags = {
  readonly json?: boolean;
  readonly out?: string;
  readonly apply?: string;
};

/** `internvid diff`: what changed from one version of an export to the next; writes it, or applies what was written. */
export async function diff(old: string, next: string | undefined, flags: DiffFlags): Promise<void> {
  const signal = signalOfInterrupts('Stopped. Run the same command again.');
  if (flags.apply !== undefined) return apply(old, next, flags, signal);
  if (next === undefined) throw new UsageError('Name both versions: internvid diff OLD NEW.');
  if (flags.out !== undefined) return write(old, next, flags, signal);
  const { compareExports } = await import('@internvid/generation');
  const { changes, ...counts } = await compareExports(placeOf(old), placeOf(next), signal);
  print(flags, { ...counts, changes: changes.map((change) => ({ ...change })) }, () =>
    [...listOf(changes), sentence(counts)].join('\n'),
  );
}

async function write(
  old: string,
  next: string,
  flags: DiffFlags,
  signal: AbortSignal,
): Promise<void> {
  const { writeDifference } = await import('@internvid/generation');
  const out = flags.out ?? '';
  const places = { old: placeOf(old), new: placeOf(next), to: placeOf(out) };
  const { counts } = await writeDifference({ ...places, signal });
  print(flags, { ...counts, out: resolve(out) }, () =>
    [
      sentence(counts),
      `Written to ${resolve(out)}; it leads from the old version to the new one, sample for sample.`,
    ].join('\n'),
  );
}

async function apply(
  old: string,
  next: string | undefined,
  { out, apply: difference = '', ...flags }: DiffFlags,
  signal: AbortSignal,
): Promise<void> {
  if (next !== undefined || out === undefined)
    throw new UsageError('Write: internvid diff OLD --apply DIFFERENCE --out NEW.');
  const { applyDifference } = await import('@internvid/generation');
  const places = { old: placeOf(old), difference: placeOf(difference), to: placeOf(out) };
  const { counts, new: made } = await applyDifference({ ...places, signal });
  print(flags, { ...counts, samples: made.samples, out: resolve(out) }, () =>
    [
      sentence(counts),
      `Written to ${resolve(out)}: ${plural(made.samples, 'sample')}, every file as it is in the new version.`,
    ].join('\n'),
  );
}

function placeOf(folder: string): ExportPlace {
  const path = resolve(folder);
  if (basename(path) === '') throw new UsageError(`"${folder}" is no folder of an export.`);
  return { store: fileStore(dirname(path)), prefix: basename(path) };
}

const SHOWN = 20;

function listOf(changes: readonly Change[]): readonly string[] {
  const lines = changes.slice(0, SHOWN).map(({ change, key }) => `${change.padEnd(9)}  ${key}`);
  const more = changes.length - SHOWN;
  return more > 0 ? [...lines, `… and ${more.toLocaleString('en')} more`, ''] : [...lines, ''];
}

function sentence({ added, changed, withdrawn, unchanged }: ChangeCounts): string {
  return `${plural(added, 'sample')} added, ${changed} changed, ${withdrawn} withdrawn, ${unchanged} as before.`;
}
