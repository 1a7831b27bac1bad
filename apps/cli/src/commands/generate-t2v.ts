import { basename } from 'node:path';

import { parseCondition, slug, type ToolkitError } from '@internvid/core';
import type { BucketRules, CaptionMix, ClipMaker, WrittenTextToVideo } from '@internvid/generation';

import { chosenSamples, type ChoiceFlags } from '../chosen-clips.js';
import { readSamples } from '../dataset.js';
import { UsageError, wordsAsUsage } from '../exit.js';
import { formatCounts, formatTable, plural } from '../format.js';
import { plain, print } from '../output.js';
import { openSession, wholeNumber, type CommonFlags, type Session } from '../session.js';
import { defined } from '../settings.js';
import { openFrameReader } from '../work.js';

/** Flags of `generate t2v`. */
export type TextToVideoFlags = CommonFlags &
  ChoiceFlags & {
    readonly where?: readonly string[];
    readonly name?: string;
    readonly aspects?: readonly string[];
    readonly sides?: readonly string[];
    readonly multipleOf?: string;
    readonly frames?: readonly string[];
    readonly fps?: readonly string[];
    readonly maxCrop?: string;
    readonly upscale?: boolean;
    readonly captions?: string;
    readonly measuredWords?: string;
    readonly seed?: string;
    readonly clips?: boolean;
    readonly tars?: boolean;
  };

/** `internvid generate t2v`: a text-to-video training set, in buckets. */
export async function generateTextToVideo(
  dataset: string | undefined,
  flags: TextToVideoFlags,
): Promise<void> {
  const { writeTextToVideo } = await import('@internvid/generation');
  if (flags.tars === true && flags.clips !== true)
    throw new UsageError('--tars packs the files that --clips makes: give both.');
  const session = await openSession(flags, dataset);
  const { store, signal, concurrency } = session;
  const words = [slug(basename(store.location)), flags.subset, flags.part, 't2v'];
  const name = flags.name ?? words.filter((word) => word !== undefined).join('-');
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(name))
    throw new UsageError(`--name takes lower-case letters, digits, "-" and "_", got "${name}".`);
  const prefix = `generated/${name}`;
  const rules = {
    where: (flags.where ?? []).map(parseCondition),
    buckets: bucketRulesOf(flags),
    captions: captionMixOf(flags),
  };
  const samples = await chosenSamples(session, flags, readSamples(store, signal));
  const clips = flags.clips === true ? { clips: await openClipMaker(session) } : {};
  const fail = (_: string, error: ToolkitError): void => {
    process.stderr.write(`left out  ${error.message} [${error.code}]\n`);
  };
  const to = { store, prefix, name, concurrency, signal, fail, tars: flags.tars === true };
  const written = await wordsAsUsage(writeTextToVideo(samples, { ...to, ...rules, ...clips }));
  if (written.kept === 0 || (written.leftOut['not-cut'] ?? 0) > 0) process.exitCode = 1;
  print(flags, { prefix, ...plain(written) }, () =>
    [describe(written), '', `Written to ${store.location}/${prefix}; look at preview.html.`].join(
      '\n',
    ),
  );
}

async function openClipMaker(session: Session): Promise<ClipMaker> {
  const { clipEncoder } = await import('../encode-clips.js');
  return clipEncoder(await openFrameReader(session), session.config.ffmpeg);
}

function bucketRulesOf(flags: TextToVideoFlags): BucketRules {
  const { aspects, sides, multipleOf, frames, fps, maxCrop, upscale } = flags;
  return defined({
    aspects,
    shortSides: sides?.map((side) => wholeNumber('--sides', side, 1)),
    multipleOf: multipleOf === undefined ? undefined : wholeNumber('--multiple-of', multipleOf, 1),
    frames: frames?.map((count) => wholeNumber('--frames', count, 1)),
    fps: fps?.map((rate) => numberOf('--fps', rate)),
    maxCrop: maxCrop === undefined ? undefined : numberOf('--max-crop', maxCrop),
    upscale,
  });
}

function captionMixOf({ captions, measuredWords, seed }: TextToVideoFlags): CaptionMix {
  return defined({
    shares: captions === undefined ? undefined : sharesOf(captions),
    measuredShare:
      measuredWords === undefined ? undefined : numberOf('--measured-words', measuredWords),
    seed: seed === undefined ? undefined : wholeNumber('--seed', seed, 0),
  });
}

function sharesOf(text: string): NonNullable<CaptionMix['shares']> {
  const entries = text.split(',').map((part) => {
    const [, form, share] = /^\s*(long|short|structured)=([\d.]+)\s*$/.exec(part) ?? [];
    if (form === undefined || share === undefined)
      throw new UsageError(
        `--captions takes shares such as long=0.6,short=0.3,structured=0.1, got "${text}".`,
      );
    return [form, Number(share)] as const;
  });
  return Object.fromEntries(entries);
}

function numberOf(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value))
    throw new UsageError(`${flag} takes a number, got "${text}".`);
  return value;
}

function describe(written: WrittenTextToVideo): string {
  const { in: all, kept, conditions, leftOut, buckets, captionForms } = written;
  const funnel = conditions.map((row) => [row.rule, row.in, row.kept, row.missing]);
  const rows = Object.entries(buckets).sort(([a], [b]) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  const reasons = formatCounts(leftOut);
  return [
    ...(funnel.length === 0
      ? []
      : [formatTable(['condition', 'in', 'kept', 'without such a value'], funnel), '']),
    ...(rows.length === 0 ? [] : [formatTable(['bucket', 'clips'], rows), '']),
    `${plural(kept, 'clip')} of ${all.toLocaleString('en')}.${reasons === '' ? '' : ` In no bucket: ${reasons}.`}`,
    `Captions: ${formatCounts(captionForms) || 'none'}.`,
  ].join('\n');
}
