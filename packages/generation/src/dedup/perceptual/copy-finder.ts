import type { Span } from '@internvid/core';

import { bandIndex, isBlank, type BandIndex } from './band-index.js';
import { HASHES_PER_SECOND, type ClipHash } from './clip-hash.js';
import { HASH_WORDS, hashDistance } from './frame-hash.js';
import { followRuns, MOST_BITS, type HashRun, type SharedRun } from './overlap.js';
import { VIEWS } from './views.js';

const STEP_MS = 1000 / HASHES_PER_SECOND;

/** A shared stretch shorter than this counts only where it is most of the shorter clip. */
const LEAST_OVERLAP_MS = 1000;
const MOST_OF_A_SHORT_CLIP = 0.8;

/** A picture so like the last one that was looked up is not looked up: fewer bits than always meet in the index. */
const SAME_BITS = 4;

/** Alignments of two clips that are followed: those that most pictures speak for. */
const MOST_ALIGNMENTS = 3;

const WORDS_IN_PAGE = 1 << 20;

/** A stretch of time that two clips share. */
export type Overlap = {
  /** Number of the other clip, in the order of adding. */
  readonly other: number;
  readonly span: Span;
  readonly otherSpan: Span;
  /** 1 for equal pictures, 0 for what chance gives: 1 - differing bits / 128, over the matching pictures. */
  readonly similarity: number;
  /** Whether one is the other's mirror image. */
  readonly isMirrored: boolean;
};

/** How clips are compared. */
export type CopyFinderOptions = {
  /** Also finds copies that are mirrored left to right. Twice the work. Default false. */
  readonly mirrored?: boolean;
  /**
   * Where more clips share a picture than are looked at, those of the lowest rank are. Default: the order of adding.
   */
  readonly rank?: (id: string) => number;
};

/**
 * Finds clips that share pictures over time, among very many. Add all of them first; what is held of each is its uncropped
 * hashes, 128 bytes for each second, and some 100 bytes for each second in the index.
 */
export interface CopyFinder {
  add(clip: ClipHash): void;
  /** How many were added. */
  readonly size: number;
  /** Clips among those added that share a stretch of time with a clip, itself by id left out; nearest first. */
  find(clip: ClipHash): readonly Overlap[];
}

type Held = HashRun & { readonly id: string; readonly span: Span };

/** Opens an empty finder. */
export function copyFinder({ mirrored = false, rank }: CopyFinderOptions = {}): CopyFinder {
  const clips: Held[] = [];
  let page = new Uint32Array(WORDS_IN_PAGE);
  let free = 0;
  let index: Index | undefined;
  return {
    get size() {
      return clips.length;
    },
    add({ id, span, pictures, hashes }) {
      const words = pictures * HASH_WORDS;
      if (free + words > page.length) {
        page = new Uint32Array(Math.max(WORDS_IN_PAGE, words));
        free = 0;
      }
      page.set(hashes.subarray(0, words), free);
      clips.push({ id, span, words: page, at: free, pictures });
      free += words;
      index = undefined;
    },
    find(clip) {
      index ??= indexOf(clips, rank);
      const found = new Map<number, Overlap>();
      for (const isMirrored of mirrored ? [false, true] : [false]) {
        const hashes = isMirrored ? mirroredHashes(clip.hashes) : clip.hashes;
        const query = { ...clip, hashes };
        for (const [other, hits] of findHits(query, index, clips)) {
          const held = clips[other] as Held;
          const shared = bestRun(query, held, hits);
          if (shared === undefined) continue;
          const overlap = overlapOf(clip, held, other, shared, isMirrored);
          const known = found.get(other);
          if (known === undefined || isBetter(overlap, known)) found.set(other, overlap);
        }
      }
      return [...found.values()].sort((a, b) => b.similarity - a.similarity || a.other - b.other);
    },
  };
}

/** A moment at which two clips look alike; `weight` sums how alike all pictures at the same offset in time and crop are. */
type Hit = { readonly view: number; readonly at: number; readonly otherAt: number; weight: number };

type Index = {
  readonly bands: BandIndex;
  readonly clipOf: Uint32Array;
  readonly placeOf: Uint32Array;
};

/** About a picture a second of each clip, fewer where it stands still. */
function indexOf(clips: readonly Held[], rank: CopyFinderOptions['rank']): Index {
  const firsts = new Uint32Array(clips.length + 1);
  let entries = 0;
  for (const [number, clip] of clips.entries()) {
    firsts[number] = entries;
    for (const _ of placesToLookUp(clip, HASHES_PER_SECOND)) entries++;
  }
  firsts[clips.length] = entries;
  const clipOf = new Uint32Array(entries);
  const placeOf = new Uint32Array(entries);
  let entry = 0;
  for (const [number, clip] of clips.entries()) {
    for (const place of placesToLookUp(clip, HASHES_PER_SECOND)) {
      clipOf[entry] = number;
      placeOf[entry++] = place;
    }
  }
  const each = (enter: (words: Uint32Array, at: number) => void): void => {
    for (let own = 0; own < entries; own++) {
      const { words, at } = clips[clipOf[own] as number] as Held;
      enter(words, at + (placeOf[own] as number) * HASH_WORDS);
    }
  };
  return { bands: bandIndex({ entries, each, order: order() }), clipOf, placeOf };

  function order(): Uint32Array {
    const found = new Uint32Array(entries);
    let place = 0;
    for (const number of lowestFirst(clips, rank))
      for (let own = firsts[number] as number; own < (firsts[number + 1] as number); own++)
        found[place++] = own;
    return found;
  }
}

function lowestFirst(clips: readonly Held[], rank: CopyFinderOptions['rank']): Uint32Array {
  const numbers = Uint32Array.from(clips.keys());
  if (rank === undefined) return numbers;
  const ranks = Float64Array.from(clips, ({ id }) => rank(id));
  return numbers.sort((a, b) => (ranks[a] as number) - (ranks[b] as number) || a - b);
}

/** The first picture with detail, then those at least `every` later that differ from the last. */
function* placesToLookUp({ words, at, pictures }: HashRun, every: number): Generator<number> {
  let last: number | undefined;
  for (let place = 0; place < pictures; place++) {
    if (last !== undefined && place - last < every) continue;
    const here = at + place * HASH_WORDS;
    if (isBlank(words, here)) continue;
    if (last !== undefined && hashDistance(words, here, words, at + last * HASH_WORDS) <= SAME_BITS)
      continue;
    last = place;
    yield place;
  }
}

function findHits(
  clip: ClipHash,
  { bands, clipOf, placeOf }: Index,
  clips: readonly Held[],
): ReadonlyMap<number, readonly Hit[]> {
  const found = new Map<number, Map<number, Hit>>();
  for (let view = 0; view < VIEWS; view++) {
    const run = viewOf(clip, view);
    // A copy lies between the pictures of the index at every offset, so the plain view asks four times as often.
    for (const at of placesToLookUp(run, view === 0 ? 1 : 2)) {
      const here = run.at + at * HASH_WORDS;
      bands.visitNear(run.words, here, (entry) => {
        const other = clipOf[entry] as number;
        const otherAt = placeOf[entry] as number;
        const { id, words, at: start } = clips[other] as Held;
        const bits = hashDistance(run.words, here, words, start + otherAt * HASH_WORDS);
        if (bits > MOST_BITS || id === clip.id) return;
        const hits = found.get(other) ?? new Map<number, Hit>();
        found.set(other, hits);
        const alignment = (otherAt - at) * VIEWS + view;
        const known = hits.get(alignment);
        const weight = MOST_BITS + 1 - bits;
        if (known === undefined) hits.set(alignment, { view, at, otherAt, weight });
        else known.weight += weight;
      });
    }
  }
  return new Map([...found].map(([other, hits]) => [other, mostSpokenFor([...hits.values()])]));
}

function mostSpokenFor(hits: readonly Hit[]): readonly Hit[] {
  return hits.toSorted((a, b) => b.weight - a.weight).slice(0, MOST_ALIGNMENTS);
}

/** The longest stretch of those that the hits lead to; undefined where all are too short. */
function bestRun(clip: ClipHash, held: Held, hits: readonly Hit[]): SharedRun | undefined {
  const least = leastPictures(Math.min(clip.pictures, held.pictures));
  let best: SharedRun | undefined;
  for (const { view, at, otherAt } of hits) {
    const run = followRuns(viewOf(clip, view), held, at, otherAt);
    if (Math.min(run.end - run.start, run.otherEnd - run.otherStart, run.matched) < least) continue;
    if (
      best === undefined ||
      run.matched > best.matched ||
      (run.matched === best.matched && run.meanBits < best.meanBits)
    )
      best = run;
  }
  return best;
}

function leastPictures(pictures: number): number {
  return Math.min(LEAST_OVERLAP_MS / STEP_MS, Math.ceil(pictures * MOST_OF_A_SHORT_CLIP));
}

function overlapOf(
  { span, pictures }: ClipHash,
  held: Held,
  other: number,
  run: SharedRun,
  isMirrored: boolean,
): Overlap {
  return {
    other,
    span: spanOf({ span, pictures }, run.start, run.end),
    otherSpan: spanOf(held, run.otherStart, run.otherEnd),
    similarity: Math.max(0, 1 - run.meanBits / 128),
    isMirrored,
  };
}

/** The last picture stands for what is left of the clip, which is not a whole step. */
function spanOf(
  { span, pictures }: { readonly span: Span; readonly pictures: number },
  start: number,
  end: number,
): Span {
  const endMs = end === pictures ? span.endMs : span.startMs + end * STEP_MS;
  return { startMs: span.startMs + start * STEP_MS, endMs };
}

function isBetter(a: Overlap, b: Overlap): boolean {
  const length = ({ span }: Overlap): number => span.endMs - span.startMs;
  return length(a) > length(b) || (length(a) === length(b) && a.similarity > b.similarity);
}

function viewOf({ hashes, pictures }: ClipHash, view: number): HashRun {
  return { words: hashes, at: view * pictures * HASH_WORDS, pictures };
}

/**
 * Hashes of the mirrored pictures: a wave with an odd number of half waves across changes its sign. Bits of pictures without detail
 * stay 0. Crops off the left and off the right trade places, which finds the same copies.
 */
function mirroredHashes(hashes: Uint32Array): Uint32Array {
  const turned = hashes.slice();
  for (let at = 0; at < turned.length; at += HASH_WORDS) {
    if (isBlank(turned, at)) continue;
    for (let word = 0; word < HASH_WORDS; word++)
      turned[at + word] = ((turned[at + word] as number) ^ ODD_COLUMNS) >>> 0;
  }
  return turned;
}

/** Bits 1, 3, 5, …: odd `u` in both rows of a word. */
const ODD_COLUMNS = 0xaaaaaaaa;
