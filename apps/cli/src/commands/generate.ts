import { basename } from 'node:path';

import { slug, type Store } from '@internvid/core';
import type {
  DocumentMediaKind,
  ExportedFile,
  InterleavedFormat,
  InterleaveOptions,
  SampledDocument,
} from '@internvid/generation';

import { chosenSamples, type ChoiceFlags } from '../chosen-clips.js';
import { readSamples } from '../dataset.js';
import { UsageError } from '../exit.js';
import { clipFiles } from '../export-samples.js';
import { formatBytes, plural } from '../format.js';
import { print } from '../output.js';
import { oneOf, openSession, wholeNumber, type CommonFlags, type Session } from '../session.js';

/** Flags of `generate interleaved`. */
export type InterleavedFlags = CommonFlags &
  ChoiceFlags & {
    readonly form: string;
    readonly format: string;
    readonly media: string;
    readonly name?: string;
    readonly dropClips?: string;
    readonly seed?: string;
  };

const FORMS: readonly InterleaveOptions['form'][] = ['captions', 'transcripts', 'joined'];
const FORMATS: readonly (InterleavedFormat | 'webdataset')[] = [
  'documents',
  'obelics',
  'mmc4',
  'chat',
  'webdataset',
];
const MEDIA: readonly DocumentMediaKind[] = ['frame', 'frames', 'clips'];

/** `internvid generate interleaved`: documents of clips and captions, as in InternVid-ICL. */
export async function generateInterleaved(
  dataset: string | undefined,
  flags: InterleavedFlags,
): Promise<void> {
  const { interleaveSamples } = await import('@internvid/generation');
  const session = await openSession(flags, dataset);
  const { store, signal } = session;
  const form = oneOf('--form', flags.form, FORMS);
  const format = oneOf('--format', flags.format, FORMATS);
  const media = oneOf('--media', flags.media, MEDIA);
  const words = [slug(basename(store.location)), flags.subset, flags.part, form];
  const name = flags.name ?? words.filter((word) => word !== undefined).join('-');
  const said = form === 'transcripts' ? new Map<string, string>() : undefined;
  const samples = await chosenSamples(session, flags, readSamples(store, signal, said));
  const documents = interleaveSamples(samples, {
    form,
    ...(said === undefined ? {} : { transcript: ({ clip }) => said.get(clip.id) }),
    ...(flags.dropClips === undefined ? {} : { dropClips: shareOf(flags.dropClips) }),
    ...(flags.seed === undefined ? {} : { seed: wholeNumber('--seed', flags.seed, 0) }),
    fail: (_, error) => {
      process.stderr.write(`left out  ${error.message} [${error.code}]\n`);
    },
  });
  const to = { store, prefix: `generated/${name}`, name, signal };
  const written =
    format === 'webdataset'
      ? await writePacked(session, documents, { ...to, media })
      : await writeLines(documents, { ...to, format });
  if (written.documents === 0 || written.failed > 0) process.exitCode = 1;
  const { files, ...counts } = written;
  const lost =
    written.failed > 0 ? ` ${plural(written.failed, 'document')} could not be packed.` : '';
  print(flags, { prefix: to.prefix, ...counts, files }, () =>
    [
      `${plural(written.documents, 'document')} of ${plural(written.clips, 'clip')} and ${plural(written.words, 'word')}, ${formatBytes(files.reduce((sum, { bytes }) => sum + bytes, 0))}.${lost}`,
      ...files.map((file) => `Written to ${store.location}/${to.prefix}/${file.name}`),
    ].join('\n'),
  );
}

type Place = {
  readonly store: Store;
  readonly prefix: string;
  readonly name: string;
  readonly signal: AbortSignal;
};

type Written = {
  readonly documents: number;
  readonly clips: number;
  readonly words: number;
  readonly failed: number;
  readonly files: readonly ExportedFile[];
};

async function writeLines(
  documents: AsyncIterable<SampledDocument>,
  to: Place & { readonly format: InterleavedFormat },
): Promise<Written> {
  const { writeDocuments } = await import('@internvid/generation');
  const bare = async function* () {
    for await (const { document } of documents) yield document;
  };
  const { file, ...counts } = await writeDocuments(bare(), to);
  return { ...counts, failed: 0, files: [file] };
}

/** Documents with their pictures or clips inside; one that lacks any is left out and named on stderr. */
async function writePacked(
  session: Session,
  documents: AsyncIterable<SampledDocument>,
  { media, ...to }: Place & { readonly media: DocumentMediaKind },
): Promise<Written> {
  const { withMedia, writeDocumentTars } = await import('@internvid/generation');
  let failed = 0;
  const packed = withMedia(documents, {
    kind: media,
    store: to.store,
    ...(media === 'clips' ? { clipFile: await clipFiles(session) } : {}),
    fail: ({ id }, error) => {
      failed++;
      process.stderr.write(`failed  ${id}  ${error.message} [${error.code}]\n`);
    },
    signal: to.signal,
  });
  const written = await writeDocumentTars(packed, { ...to, settings: { media } });
  return { ...written, failed };
}

function shareOf(text: string): number {
  const share = Number(text);
  if (text.trim() === '' || !(share >= 0 && share < 1))
    throw new UsageError(`--drop-clips takes a share from 0 to below 1, got "${text}".`);
  return share;
}
