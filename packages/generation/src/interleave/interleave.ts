import { sha256, ToolkitError } from '@internvid/core';
import {
  chosenCaption,
  DEFAULT_CAPTION_PREFERENCE,
  type CaptionPreference,
  type Sample,
} from '../sample.js';
import type { InterleavedDocument, InterleavedItem } from './document.js';
import type { SampledDocument } from './document-media.js';

/** How samples become documents. */
export type InterleaveOptions = {
  /**
   * The three forms of InternVid-ICL: `captions` is a video's clips in order of time, each followed by its caption;
   * `transcripts` adds what is said in the clip; `joined` puts several videos of the first form one after another.
   */
  readonly form: 'captions' | 'transcripts' | 'joined';
  /** What is said in a clip; needed for `transcripts`. */
  readonly transcript?: (sample: Sample) => string | undefined;
  /** How likely a clip is left out while its text stays, 0 to below 1. Default 0.3, the paper's. One clip always stays. */
  readonly dropClips?: number;
  /** Videos in a `joined` document, at least 2. Default 3. */
  readonly videosPerDocument?: number;
  /** Clips of a video in a document at most; a longer video gives several documents. Default 16. */
  readonly maxClips?: number;
  /** Words of text in a document at most, whitespace-separated. Default 1,024. */
  readonly maxWords?: number;
  /** Another seed leaves out other clips. Default 42. */
  readonly seed?: number;
  /** Scales to take the caption from. Default `clip`, `fine`, `coarse`. */
  readonly captions?: CaptionPreference;
  /** Told of a sample that cannot take part. Default: throws. */
  readonly fail?: (sample: Sample, error: ToolkitError) => void;
};

type Settings = Required<Omit<InterleaveOptions, 'transcript' | 'fail'>> &
  Pick<InterleaveOptions, 'transcript' | 'fail'>;

/** A clip with its texts, of which the clip itself may be left out. */
type Entry = { readonly sample: Sample; readonly texts: readonly InterleavedItem[] };

/**
 * Makes documents of clips and texts, InternVid's interleaved data.
 *
 * The clips of a video must come together, in order of time. A clip that says the same as the one before it is left out with its
 * text. Which clips are left out follows from the seed and the ids alone. One video is in memory at a time; for `joined`, a
 * document's.
 *
 * @throws RangeError for settings out of range; TypeError for `transcripts` without `transcript`.
 */
export async function* interleave(
  samples: AsyncIterable<Sample>,
  options: InterleaveOptions,
): AsyncGenerator<InterleavedDocument> {
  for await (const { document } of interleaveSamples(samples, options)) yield document;
}

/** As `interleave`, each document with the samples of the clips that it shows, in their order: what packing them needs. */
export async function* interleaveSamples(
  samples: AsyncIterable<Sample>,
  options: InterleaveOptions,
): AsyncGenerator<SampledDocument> {
  const settings = settle(options);
  let waiting: Entry[][] = [];
  for await (const entries of videosOf(samples, settings)) {
    for (const part of partsOf(entries, settings)) {
      if (settings.form !== 'joined') {
        yield documentOf([part], settings);
        continue;
      }
      waiting.push(part);
      if (waiting.length < settings.videosPerDocument) continue;
      yield documentOf(waiting, settings);
      waiting = [];
    }
  }
  // Two videos still make a joined document; one alone would not be what was asked for.
  if (waiting.length > 1) yield documentOf(waiting, settings);
}

function settle(options: InterleaveOptions): Settings {
  const settings = {
    dropClips: 0.3,
    videosPerDocument: 3,
    maxClips: 16,
    maxWords: 1_024,
    seed: 42,
    captions: DEFAULT_CAPTION_PREFERENCE,
    ...options,
  };
  if (!(settings.dropClips >= 0 && settings.dropClips < 1))
    throw new RangeError(`options.dropClips must be from 0 to below 1, got ${settings.dropClips}.`);
  for (const [name, least] of [
    ['videosPerDocument', 2],
    ['maxClips', 1],
    ['maxWords', 1],
  ] as const) {
    const value = settings[name];
    if (!Number.isInteger(value) || value < least)
      throw new RangeError(
        `options.${name} must be a whole number of at least ${least}, got ${value}.`,
      );
  }
  if (settings.form === 'transcripts' && settings.transcript === undefined)
    throw new TypeError('The form "transcripts" needs options.transcript.');
  return settings;
}

/** The entries of one video after another; a video of which nothing is left gives none. */
async function* videosOf(
  samples: AsyncIterable<Sample>,
  settings: Settings,
): AsyncGenerator<readonly Entry[]> {
  let entries: Entry[] = [];
  let video: string | undefined;
  for await (const sample of samples) {
    if (sample.clip.video.id !== video) {
      if (entries.length > 0) yield entries;
      entries = [];
      video = sample.clip.video.id;
    }
    const entry = entryOf(sample, settings);
    if (entry !== undefined && !saysTheSame(entry, entries.at(-1))) entries.push(entry);
  }
  if (entries.length > 0) yield entries;
}

function entryOf(
  sample: Sample,
  { captions, form, transcript, fail }: Settings,
): Entry | undefined {
  try {
    const caption = chosenCaption(sample, captions).text.trim();
    const said = form === 'transcripts' ? (transcript?.(sample)?.trim() ?? '') : '';
    const texts: InterleavedItem[] = [{ kind: 'text', text: caption, of: 'caption' }];
    if (said !== '') texts.push({ kind: 'text', text: said, of: 'transcript' });
    return { sample, texts };
  } catch (error) {
    if (fail === undefined || !ToolkitError.is(error)) throw error;
    fail(sample, error);
    return undefined;
  }
}

function saysTheSame(entry: Entry, before: Entry | undefined): boolean {
  return before !== undefined && textOf(entry) === textOf(before);
}

function textOf({ texts }: Entry): string {
  return texts.map((item) => (item.kind === 'text' ? item.text.toLowerCase() : '')).join('\n');
}

/** A video in parts that keep the limits; an entry that is longer alone is a part of its own. */
function partsOf(entries: readonly Entry[], { maxClips, maxWords }: Settings): Entry[][] {
  const parts: Entry[][] = [];
  let words = 0;
  for (const entry of entries) {
    const more = wordsIn(textOf(entry));
    const part = parts.at(-1);
    if (part === undefined || part.length === maxClips || words + more > maxWords) {
      parts.push([entry]);
      words = more;
    } else {
      part.push(entry);
      words += more;
    }
  }
  return parts;
}

function wordsIn(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length;
}

function documentOf(parts: readonly (readonly Entry[])[], settings: Settings): SampledDocument {
  const entries = parts.flat();
  const { form, seed, dropClips } = settings;
  const clips = entries.map(({ sample }) => sample.clip.id);
  const id = `${form}-${sha256(JSON.stringify([form, seed, clips])).slice(0, 12)}`;
  const draws = clips.map((clip) => uniformOf(`${seed}:${id}:${clip}`));
  const surest = draws.indexOf(Math.max(...draws));
  const samples: Sample[] = [];
  const items = entries.flatMap(({ sample, texts }, at) => {
    const stays = at === surest || (draws[at] ?? 1) >= dropClips;
    if (!stays) return texts;
    samples.push(sample);
    return [clipItem(sample), ...texts];
  });
  const videos = [...new Set(entries.map(({ sample }) => sample.clip.video.id))];
  return { document: { id, videos, items }, samples };
}

function clipItem({ clip }: Sample): InterleavedItem {
  const { startMs, endMs } = clip.span;
  return { kind: 'clip', clip: clip.id, video: clip.video.id, startMs, endMs };
}

/** A number in [0, 1) that a text fixes. */
function uniformOf(text: string): number {
  return Number.parseInt(sha256(text).slice(0, 13), 16) / 16 ** 13;
}
