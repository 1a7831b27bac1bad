/** Remembers a whole number for each of many texts, in 24 bytes or fewer a text, whatever its length. */
export interface KeyTable {
  /** The number that was remembered for the text, or for one of the one in 10^9 others that look alike. */
  get(key: string): number | undefined;
  set(key: string, value: number): void;
  readonly size: number;
}

const EMPTY = -1;
const MAX_LOAD = 0.7;

/**
 * Makes a table over 53-bit hashes of texts: a list of millions of videos must fit into memory. Of ten million keys, two share a hash
 * with a chance of about 1 in 180; whoever uses it compares the texts where that matters.
 */
export function keyTable(): KeyTable {
  let capacity = 1024;
  let hashes = new Float64Array(capacity).fill(EMPTY);
  let values = new Int32Array(capacity);
  let size = 0;

  const slotOf = (hash: number): number => {
    let slot = hash % capacity;
    while (hashes[slot] !== EMPTY && hashes[slot] !== hash) slot = (slot + 1) % capacity;
    return slot;
  };
  const grow = (): void => {
    const [oldHashes, oldValues] = [hashes, values];
    capacity *= 2;
    hashes = new Float64Array(capacity).fill(EMPTY);
    values = new Int32Array(capacity);
    for (const [index, hash] of oldHashes.entries()) {
      if (hash === EMPTY) continue;
      const slot = slotOf(hash);
      hashes[slot] = hash;
      values[slot] = oldValues[index] ?? 0;
    }
  };
  return {
    get(key) {
      const slot = slotOf(hash53(key));
      return hashes[slot] === EMPTY ? undefined : values[slot];
    },
    set(key, value) {
      const hash = hash53(key);
      let slot = slotOf(hash);
      if (hashes[slot] === EMPTY) {
        if (size + 1 > capacity * MAX_LOAD) {
          grow();
          slot = slotOf(hash);
        }
        size += 1;
        hashes[slot] = hash;
      }
      values[slot] = value;
    },
    get size() {
      return size;
    },
  };
}

/** Two rounds of 32-bit multiplicative mixing (the public-domain "cyrb53"), joined to a whole number below 2^53. */
function hash53(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
