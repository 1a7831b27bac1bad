import { framesSha256, type Span } from '@internvid/core';

import type { ComparedClip, CopyPair } from './copies.js';

/**
 * Pairs of clips with the same bytes: clips with a key in common, and overlapping spans of files with the same content, whatever
 * their names.
 *
 * @param clips in the order of keeping. The content of a video is the hash that its id ends in.
 */
export function* exactPairs(clips: readonly ComparedClip[]): Generator<CopyPair> {
  const first = new Map<string, number>();
  const byContent = new Map<string, number[]>();
  for (const [number, { exactKeys = [], video }] of clips.entries()) {
    for (const key of exactKeys) {
      const known = first.get(key);
      if (known === undefined) first.set(key, number);
      else if (known !== number) yield wholePair(clips, known, number);
    }
    const content = contentOf(video);
    if (content === undefined) continue;
    const same = byContent.get(content);
    if (same === undefined) byContent.set(content, [number]);
    else same.push(number);
  }
  for (const same of byContent.values()) if (same.length > 1) yield* overlapping(clips, same);
}

/**
 * The key of a clip's sampled pictures; undefined where they are all the same one, which says too little: two clips that are black
 * have it in common.
 *
 * @param pictureHashes SHA-256 of each, in order of time.
 */
export function pictureKey(pictureHashes: readonly string[]): string | undefined {
  return new Set(pictureHashes).size < 2 ? undefined : `pictures:${framesSha256(pictureHashes)}`;
}

/** The twelve digits of its content's SHA-256 that a video id ends in; undefined for an id of another make. */
export function contentOf(video: string): string | undefined {
  return /-([0-9a-f]{12})$/.exec(video)?.[1];
}

function* overlapping(
  clips: readonly ComparedClip[],
  numbers: readonly number[],
): Generator<CopyPair> {
  const spanOf = (number: number): Span => clips[number]?.span ?? { startMs: 0, endMs: 0 };
  const byStart = numbers.toSorted((x, y) => spanOf(x).startMs - spanOf(y).startMs || x - y);
  for (const [at, number] of byStart.entries()) {
    const own = spanOf(number);
    for (const later of byStart.slice(at + 1)) {
      const { startMs, endMs } = spanOf(later);
      if (startMs >= own.endMs) break;
      const shared = { startMs, endMs: Math.min(endMs, own.endMs) };
      const [a, b] = number < later ? [number, later] : [later, number];
      yield { a, b, level: 'exact', similarity: 1, spanA: shared, spanB: shared };
    }
  }
}

function wholePair(clips: readonly ComparedClip[], a: number, b: number): CopyPair {
  const spanOf = (number: number): Span => clips[number]?.span ?? { startMs: 0, endMs: 0 };
  return { a, b, level: 'exact', similarity: 1, spanA: spanOf(a), spanB: spanOf(b) };
}
