import type { Clip } from '@internvid/core';

import { regionWithoutBars } from './borders.js';
import { HASHES_PER_SECOND, type ClipHash } from './clip-hash.js';
import { HASH_WORDS, type Region } from './frame-hash.js';
import { DECODED_SIDE, hashViews, VIEWS } from './views.js';

const STEP_MS = 1000 / HASHES_PER_SECOND;

/** Pictures that bars are looked for in: the first minute. They are held until then, 4 MB. */
const PICTURES_FOR_BARS = 60 * HASHES_PER_SECOND;

/** Takes the pictures of one clip in order of time and makes its hashes. */
export interface ClipHasher {
  readonly clip: Clip;
  /** @param picture `DECODED_SIDE` x `DECODED_SIDE` grey values; it is copied. */
  add(timeMs: number, picture: Uint8Array): void;
  /** Undefined where no picture came. */
  finish(size: { readonly width: number; readonly height: number }): ClipHash | undefined;
}

/** Starts hashing a clip. */
export function clipHasher(clip: Clip): ClipHasher {
  const { startMs, endMs } = clip.span;
  const places = Math.max(1, Math.round((endMs - startMs) / STEP_MS));
  const hashed: (Uint32Array | undefined)[] = Array.from({ length: places }, () => undefined);
  const waiting: { readonly place: number; readonly picture: Uint8Array }[] = [];
  let content: Region | undefined;
  const hashWaiting = (): void => {
    content ??= regionWithoutBars(
      waiting.map(({ picture }) => picture),
      DECODED_SIDE,
    );
    for (const { place, picture } of waiting.splice(0)) hashed[place] = hashViews(picture, content);
  };
  return {
    clip,
    add(timeMs, picture) {
      const place = Math.min(places - 1, Math.floor((timeMs - startMs) / STEP_MS));
      waiting.push({ place, picture: picture.slice() });
      if (content !== undefined || waiting.length === PICTURES_FOR_BARS) hashWaiting();
    },
    finish(size) {
      if (waiting.length > 0) hashWaiting();
      const hashes = inOrder(hashed);
      if (hashes === undefined) return undefined;
      const { id, video, span } = clip;
      return { id, video: video.id, span, ...size, pictures: places, hashes };
    },
  };
}

/** View by view; a place without a picture shows the one before it, the first places the first picture. */
function inOrder(hashed: readonly (Uint32Array | undefined)[]): Uint32Array | undefined {
  let shown = hashed.find((hash) => hash !== undefined);
  if (shown === undefined) return undefined;
  const hashes = new Uint32Array(VIEWS * hashed.length * HASH_WORDS);
  for (const [place, own] of hashed.entries()) {
    shown = own ?? shown;
    for (let view = 0; view < VIEWS; view++) {
      const words = shown.subarray(view * HASH_WORDS, (view + 1) * HASH_WORDS);
      hashes.set(words, (view * hashed.length + place) * HASH_WORDS);
    }
  }
  return hashes;
}
