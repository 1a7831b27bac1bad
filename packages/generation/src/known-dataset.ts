import { sha256, type Clip, type Span } from '@internvid/core';

import { youtubeId } from './exports/internvid-row.js';
import type { Sample } from './sample.js';

/** What must be true of a clip wherever it is named. */
export type KnownClip = {
  readonly video: string;
  readonly span: Span;
  /** Whether this is one of its captions or the first sentence of one, and, where `framesSha256` is given, one made from these frames. */
  hasCaption(text: string, framesSha256?: string): boolean;
};

/** The clips of a dataset, to compare exports and generated sets with. */
export interface KnownDataset {
  clip(id: string): KnownClip | undefined;
  /** By the id that the published files give a video, and its times. */
  clipAt(video: string, span: Span): KnownClip | undefined;
  /** Whether a clip is of a video that was withdrawn; no such clip is known. */
  isWithdrawn(clip: string): boolean;
  /** As `isWithdrawn`, by what `clipAt` finds a clip by. */
  isWithdrawnAt(video: string, span: Span): boolean;
}

/** Hex digits kept of a hash: 48 bits. */
const DIGITS = 12;

type Entry = { readonly video: string; readonly span: Span; readonly captions: string };

/**
 * Reads the clips of a dataset with their captions; some 500 bytes a clip stay in memory, none of them text.
 *
 * @param withdrawn clips of videos that were withdrawn, which are not among the samples.
 */
export async function knownDataset(
  samples: AsyncIterable<Sample>,
  withdrawn: Iterable<Pick<Clip, 'id' | 'video' | 'span'>> = [],
): Promise<KnownDataset> {
  const clips = new Map<string, Entry>();
  const places = new Map<string, string>();
  for await (const { clip, captions } of samples) {
    const hashes = captions.flatMap(({ text, language, framesSha256 }) =>
      wordings(text, language).map((wording) => hashOf(wording) + framesSha256.slice(0, DIGITS)),
    );
    const { video, span } = clip;
    clips.set(clip.id, { video: video.id, span, captions: hashes.join(' ') });
    places.set(placeOf(youtubeId(video), span), clip.id);
  }
  const clip = (id: string): KnownClip | undefined => {
    const entry = clips.get(id);
    return entry && { ...entry, hasCaption: (text, frames) => has(entry, text, frames) };
  };
  const out = new Set<string>();
  for (const { id, video, span } of withdrawn) out.add(id).add(placeOf(youtubeId(video), span));
  return {
    clip,
    clipAt: (video, span) => clip(places.get(placeOf(video, span)) ?? ''),
    isWithdrawn: (id) => out.has(id),
    isWithdrawnAt: (video, span) => out.has(placeOf(video, span)),
  };
}

function has({ captions }: Entry, text: string, framesSha256 = ''): boolean {
  const wanted = hashOf(text) + framesSha256.slice(0, DIGITS);
  return captions.split(' ').some((known) => known.startsWith(wanted));
}

function wordings(text: string, language: string): readonly string[] {
  const [first] = new Intl.Segmenter(language, { granularity: 'sentence' }).segment(text.trim());
  return [...new Set([text, first?.segment ?? text])];
}

/** White space around a text and the stop at its end do not tell captions apart. */
function hashOf(text: string): string {
  return sha256(text.trim().replace(/\.$/, '')).slice(0, DIGITS);
}

function placeOf(video: string, { startMs, endMs }: Span): string {
  return `${video} ${startMs} ${endMs}`;
}
