import { drop, mapStage, sha256, type Caption, type Identified, type Stage } from '@internvid/core';

/** A caption with the video that its clip belongs to. */
export type CaptionOfVideo = Identified & { readonly caption: Caption; readonly video: string };

/** When a caption that comes back counts as a model's fault. */
export type RepeatedCaptionsOptions = {
  /** Different videos with the same words, at least. Default 3: two may be copies of each other. */
  readonly minVideos?: number;
  /**
   * Captions of fewer words come back by chance ("A man is talking."); they must be on `shortShare` of all videos besides.
   * Default 8.
   */
  readonly minWords?: number;
  /** Default 0.05. */
  readonly shortShare?: number;
  /**
   * Whether two clips look alike, such as by perceptual hash: a repeated caption of clips that all look like the first is
   * right to be repeated. Without it clips of different videos count as different pictures.
   */
  alike?(clip: string, other: string): boolean;
};

/** The texts that one model gave for many different clips, each by its `repeatedCaptionKey`. */
export type RepeatedCaptions = ReadonlySet<string>;

type Seen = { readonly words: number; readonly clipOfVideo: Map<string, string> };

/**
 * Looks over the captions of a whole dataset for those that were given to many different clips: a model that answers
 * everything with one sentence. Captions of scale `frame` are left out: neighbours are alike. Holds one hash for each
 * different text, and the names of its videos.
 */
export async function findRepeatedCaptions(
  captions: Iterable<CaptionOfVideo> | AsyncIterable<CaptionOfVideo>,
  options: RepeatedCaptionsOptions = {},
): Promise<RepeatedCaptions> {
  const { minVideos = 3, minWords = 8, shortShare = 0.05, alike = () => false } = options;
  if (!Number.isSafeInteger(minVideos) || minVideos < 2)
    throw new RangeError(
      `options.minVideos must be a whole number of at least 2, got ${minVideos}.`,
    );
  const videos = new Set<string>();
  const texts = new Map<string, Seen>();
  for await (const { caption, video } of captions) {
    if (caption.scale === 'frame') continue;
    videos.add(video);
    const key = repeatedCaptionKey(caption);
    const seen = texts.get(key) ?? { words: wordsOf(caption.text).length, clipOfVideo: new Map() };
    if (!seen.clipOfVideo.has(video)) seen.clipOfVideo.set(video, caption.clip);
    texts.set(key, seen);
  }
  const isRepeated = ({ words, clipOfVideo }: Seen): boolean => {
    const needed = words < minWords ? Math.max(minVideos, shortShare * videos.size) : minVideos;
    if (clipOfVideo.size < needed) return false;
    const [first = '', ...others] = clipOfVideo.values();
    return others.filter((clip) => !alike(first, clip)).length >= needed - 1;
  };
  return new Set([...texts].filter(([, seen]) => isRepeated(seen)).map(([key]) => key));
}

/** A caption of which it is known whether it was given to many different clips. */
export type MaybeRepeatedCaption = Identified & {
  readonly caption: Caption;
  readonly isRepeated: boolean;
};

/**
 * Sets aside repeated captions: drops them as `repeated-caption`, so that a run's table of rejects holds them. Which ones they are is
 * in the items and not in the stage's settings: a dataset that grows would else be another dataset each time.
 */
export function quarantineCaptions<Item extends MaybeRepeatedCaption>(): Stage<Item, Item> {
  return mapStage({
    name: 'quarantine-captions',
    version: 1,
    config: {},
    map: (item: Item) => (item.isRepeated ? drop('repeated-caption') : item),
  });
}

/** What `findRepeatedCaptions` knows a caption by. Case, spaces and signs make no other caption; another model does. */
export function repeatedCaptionKey({ text, by }: Caption): string {
  return sha256(`${by.name}\n${by.version}\n${wordsOf(text).join(' ')}`);
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
