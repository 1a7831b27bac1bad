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

/** Hashes of the texts that one model gave for many different clips. */
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
    const key = keyOf(caption);
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

/** Sets aside the captions that `findRepeatedCaptions` found, and their frame captions of the same words. Drops `repeated-caption`. */
export function quarantineCaptions({
  repeated,
}: {
  readonly repeated: RepeatedCaptions;
}): Stage<CaptionOfVideo, Caption> {
  return mapStage({
    name: 'quarantine-captions',
    version: 1,
    config: { repeated: [...repeated].sort() },
    map: ({ caption }: CaptionOfVideo) =>
      repeated.has(keyOf(caption)) ? drop('repeated-caption') : caption,
  });
}

/** Case, spaces and signs make no other caption; another model does. */
function keyOf({ text, by }: Caption): string {
  return sha256(`${by.name}\n${by.version}\n${wordsOf(text).join(' ')}`);
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
