import { basename } from 'node:path';

import { slug } from '@internvid/core';
import type { InterleavedFormat, InterleaveOptions } from '@internvid/generation';

import { onlySubset } from '../export-samples.js';
import { readSamples } from '../dataset.js';
import { UsageError } from '../exit.js';
import { formatBytes, plural } from '../format.js';
import { print } from '../output.js';
import { oneOf, openSession, wholeNumber, type CommonFlags } from '../session.js';

/** Flags of `generate interleaved`. */
export type InterleavedFlags = CommonFlags & {
  readonly form: string;
  readonly format: string;
  readonly name?: string;
  readonly subset?: string;
  readonly part?: string;
  readonly dropClips?: string;
  readonly seed?: string;
};

const FORMS: readonly InterleaveOptions['form'][] = ['captions', 'transcripts', 'joined'];
const FORMATS: readonly InterleavedFormat[] = ['documents', 'obelics', 'mmc4', 'chat'];

/** `internvid generate interleaved`: documents of clips and captions, as in InternVid-ICL. */
export async function generateInterleaved(
  dataset: string | undefined,
  flags: InterleavedFlags,
): Promise<void> {
  const { interleave, writeDocuments } = await import('@internvid/generation');
  const session = await openSession(flags, dataset);
  const { store, signal } = session;
  const form = oneOf('--form', flags.form, FORMS);
  const format = oneOf('--format', flags.format, FORMATS);
  const words = [slug(basename(store.location)), flags.subset, flags.part, form];
  const name = flags.name ?? words.filter((word) => word !== undefined).join('-');
  const said = form === 'transcripts' ? new Map<string, string>() : undefined;
  const samples = await onlySubset(session, flags, readSamples(store, signal, said));
  const documents = interleave(samples, {
    form,
    ...(said === undefined ? {} : { transcript: ({ clip }) => said.get(clip.id) }),
    ...(flags.dropClips === undefined ? {} : { dropClips: shareOf(flags.dropClips) }),
    ...(flags.seed === undefined ? {} : { seed: wholeNumber('--seed', flags.seed, 0) }),
    fail: (_, error) => {
      process.stderr.write(`left out  ${error.message} [${error.code}]\n`);
    },
  });
  const prefix = `generated/${name}`;
  const written = await writeDocuments(documents, { store, prefix, name, format, signal });
  if (written.documents === 0) process.exitCode = 1;
  print(flags, { prefix, ...written }, () =>
    [
      `${plural(written.documents, 'document')} of ${plural(written.clips, 'clip')} and ${plural(written.words, 'word')}, ${formatBytes(written.file.bytes)}.`,
      `Written to ${store.location}/${prefix}/${written.file.name}`,
    ].join('\n'),
  );
}

function shareOf(text: string): number {
  const share = Number(text);
  if (text.trim() === '' || !(share >= 0 && share < 1))
    throw new UsageError(`--drop-clips takes a share from 0 to below 1, got "${text}".`);
  return share;
}
