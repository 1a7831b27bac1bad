import { HASH_WORDS } from './frame-hash.js';

const BANDS = 8;
const BITS_IN_BAND = 24;
const MOST_SLOT_BITS = 24;

/**
 * Entries of one slot that one probe looks at, the most wanted ones. Only content that very many clips share, such as a title, fills a
 * slot so far.
 */
const MOST_LOOKED_AT = 512;

/**
 * Bits in which the signatures of two hashes may differ. Each has 32 of the hash's bits, of which 28 may differ where a band agrees: of
 * unrelated random hashes one in eleven differs in so few, of hashes that differ in 48 bits of 256 all but one in 110, and of hashes that
 * differ in fewer than 8 bits all.
 */
const MOST_SIGNATURE_BITS = 10;

/** The hashes to be found: entries from 0 to below `entries`. */
export type IndexedHashes = {
  readonly entries: number;
  /** Calls `enter` with the hash of each entry in turn, at `words[at]`. Called several times. */
  each(enter: (words: Uint32Array, at: number) => void): void;
  /** The entries in the order in which they are found. */
  readonly order: Uint32Array;
};

/** Finds hashes that are near a hash without looking at all of them. */
export interface BandIndex {
  /**
   * Calls `visit` with the entries that share a band with a hash and are like it elsewhere, some more than once: distances are the
   * caller's to check. Every entry that differs in fewer than 8 bits is among them, but for slots that overflow.
   */
  visitNear(words: Uint32Array, at: number, visit: (entry: number) => void): void;
}

/**
 * An index over parts of the hash: 192 of its bits, those of the slowest waves, in 8 bands of 24, each wave length in every band.
 * Two hashes meet when they agree in a whole band. Measured on real pictures: a copy with one bit in twelve flipped meets in three
 * of four pictures, an unrelated picture in one of 5,000; signatures, which lie beside the entries, keep most of those from
 * being looked up in a memory that no cache holds.
 *
 * Memory: 64 bytes an entry, 16 to 32 for its slots, up to 512 MB of slots, and 8 more while it is made.
 */
export function bandIndex(hashes: IndexedHashes): BandIndex {
  const { entries } = hashes;
  const slotBits = Math.min(MOST_SLOT_BITS, Math.max(8, Math.floor(Math.log2(entries + 1))));
  const signatures = new Uint32Array(entries);
  let entry = 0;
  hashes.each((words, at) => {
    signatures[entry++] = gathered(words, at, SIGNATURE_BITS, 0, 32);
  });
  const bands = Array.from({ length: BANDS }, (_, band) =>
    slotsOf(hashes, signatures, band, slotBits),
  );
  return {
    visitNear(words, at, visit) {
      const signature = gathered(words, at, SIGNATURE_BITS, 0, 32);
      for (let band = 0; band < BANDS; band++) {
        const { ends, places } = bands[band] as Slots;
        const slot = slotOf(words, at, band, slotBits);
        const begin = slot === 0 ? 0 : (ends[slot - 1] as number);
        const end = Math.min(ends[slot] as number, begin + MOST_LOOKED_AT);
        for (let place = begin; place < end; place++)
          if (bitsOf((places[2 * place + 1] as number) ^ signature) <= MOST_SIGNATURE_BITS)
            visit(places[2 * place] as number);
      }
    },
  };
}

/** The slots of a band, one behind the other: where each ends, and the entries in it, each with its signature. */
type Slots = { readonly ends: Uint32Array; readonly places: Uint32Array };

function slotsOf(
  { entries, each, order }: IndexedHashes,
  signatures: Uint32Array,
  band: number,
  slotBits: number,
): Slots {
  const slots = new Uint32Array(entries);
  const ends = new Uint32Array(2 ** slotBits);
  let entry = 0;
  each((words, at) => {
    const slot = slotOf(words, at, band, slotBits);
    slots[entry++] = slot;
    ends[slot] = (ends[slot] as number) + 1;
  });
  let begin = 0;
  for (let slot = 0; slot < ends.length; slot++) {
    const count = ends[slot] as number;
    ends[slot] = begin;
    begin += count;
  }
  const places = new Uint32Array(2 * entries);
  for (const number of order) {
    const slot = slots[number] as number;
    // Counts on from where the slot begins to where it ends.
    const place = ends[slot] as number;
    ends[slot] = place + 1;
    places[2 * place] = number;
    places[2 * place + 1] = signatures[number] as number;
  }
  return { ends, places };
}

/** Whether there is anything to look up: pictures without detail have the hash 0. */
export function isBlank(words: Uint32Array, at: number): boolean {
  for (let word = 0; word < HASH_WORDS; word++) if (words[at + word] !== 0) return false;
  return true;
}

function slotOf(words: Uint32Array, at: number, band: number, slotBits: number): number {
  const key = gathered(words, at, BAND_BITS, band * BITS_IN_BAND, BITS_IN_BAND);
  // Fibonacci hashing: the upper bits of the product spread keys that are alike.
  return Math.imul(key, 0x9e3779b1) >>> (32 - slotBits);
}

/** Some bits of a hash as a number: those whose numbers stand in a list. */
function gathered(
  words: Uint32Array,
  at: number,
  bits: Uint8Array,
  first: number,
  count: number,
): number {
  let key = 0;
  for (let place = first; place < first + count; place++) {
    const bit = bits[place] as number;
    key = (key << 1) | (((words[at + (bit >>> 5)] as number) >>> (bit & 31)) & 1);
  }
  return key >>> 0;
}

/** Bits that are set in a 32-bit word. */
function bitsOf(word: number): number {
  let x = word >>> 0;
  x -= (x >>> 1) & 0x55555555;
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  x = (x + (x >>> 4)) & 0x0f0f0f0f;
  return Math.imul(x, 0x01010101) >>> 24;
}

/** Numbers of the hash bits, band after band. */
const BAND_BITS = Uint8Array.from(bandBits());

/** Four bits of each band. */
const SIGNATURE_BITS = BAND_BITS.filter((_, at) => at % (BITS_IN_BAND / 4) === 0);

function bandBits(): readonly number[] {
  const waves = (bit: number): number => (bit >>> 4) + (bit & 15);
  const slowest = Array.from({ length: 255 }, (_, at) => at + 1)
    .sort((a, b) => waves(a) - waves(b) || a - b)
    .slice(0, BANDS * BITS_IN_BAND);
  return Array.from({ length: BANDS }, (_, band) =>
    slowest.filter((_bit, at) => at % BANDS === band),
  ).flat();
}
