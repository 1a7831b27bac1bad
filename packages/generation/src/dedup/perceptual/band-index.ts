import { HASH_WORDS } from './frame-hash.js';

const BANDS = 8;
const BITS_IN_BAND = 24;
const MOST_SLOT_BITS = 24;

/**
 * Entries that one probe looks at in one band, those first that were entered last. Only content that very many clips share, such
 * as a title, fills a slot so far.
 */
const MOST_WALKED = 512;

/** Finds hashes that are near a hash without looking at all of them. */
export interface BandIndex {
  /** Enters the hash at `words[at]` under a number of the caller's. Later entries are found first. */
  add(words: Uint32Array, at: number, entry: number): void;
  /**
   * Calls `visit` with the entries that share a band with a hash, some more than once, and some that share none by accident of
   * the table: distances are the caller's to check. Every entry that differs in fewer than 8 bits is among them, but for slots
   * that overflow.
   */
  visitNear(words: Uint32Array, at: number, visit: (entry: number) => void): void;
}

/**
 * An index over parts of the hash: 192 of its bits, those of the slowest waves, in 8 bands of 24, each wave length in every band.
 * Two hashes meet when they agree in a whole band. Measured on real pictures: a copy with one bit in twelve flipped meets in three
 * of four pictures, an unrelated picture in one of 5,000.
 *
 * Memory: 32 bytes an entry and up to 512 MB of slots.
 *
 * @param entries how many will be entered; their numbers run from 0.
 */
export function bandIndex(entries: number): BandIndex {
  const slotBits = Math.min(MOST_SLOT_BITS, Math.max(8, Math.ceil(Math.log2(entries + 1))));
  const heads = Array.from({ length: BANDS }, () => new Uint32Array(2 ** slotBits));
  const next = Array.from({ length: BANDS }, () => new Uint32Array(entries));
  // Fibonacci hashing: the upper bits of the product spread keys that are alike.
  const slotOf = (key: number): number => Math.imul(key, 0x9e3779b1) >>> (32 - slotBits);
  return {
    add(words, at, entry) {
      for (let band = 0; band < BANDS; band++) {
        const slot = slotOf(bandKey(words, at, band));
        const head = heads[band] as Uint32Array;
        (next[band] as Uint32Array)[entry] = head[slot] as number;
        head[slot] = entry + 1;
      }
    },
    visitNear(words, at, visit) {
      for (let band = 0; band < BANDS; band++) {
        const chain = next[band] as Uint32Array;
        let link = (heads[band] as Uint32Array)[slotOf(bandKey(words, at, band))] as number;
        for (let walked = 0; link !== 0 && walked < MOST_WALKED; walked++) {
          visit(link - 1);
          link = chain[link - 1] as number;
        }
      }
    },
  };
}

/** Whether there is anything to look up: pictures without detail have the hash 0. */
export function isBlank(words: Uint32Array, at: number): boolean {
  for (let word = 0; word < HASH_WORDS; word++) if (words[at + word] !== 0) return false;
  return true;
}

function bandKey(words: Uint32Array, at: number, band: number): number {
  const first = band * BITS_IN_BAND;
  let key = 0;
  for (let place = first; place < first + BITS_IN_BAND; place++) {
    const bit = BAND_BITS[place] as number;
    key = (key << 1) | (((words[at + (bit >>> 5)] as number) >>> (bit & 31)) & 1);
  }
  return key;
}

/** Numbers of the hash bits, band after band. */
const BAND_BITS = Uint8Array.from(bandBits());

function bandBits(): readonly number[] {
  const waves = (bit: number): number => (bit >>> 4) + (bit & 15);
  const slowest = Array.from({ length: 255 }, (_, at) => at + 1)
    .sort((a, b) => waves(a) - waves(b) || a - b)
    .slice(0, BANDS * BITS_IN_BAND);
  return Array.from({ length: BANDS }, (_, band) =>
    slowest.filter((_bit, at) => at % BANDS === band),
  ).flat();
}
