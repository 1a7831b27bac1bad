const STATE_WORDS = 624;
const SHIFT_WORDS = 397;

/** A stream of random numbers that a seed fixes. */
export interface RandomStream {
  /** The next 32-bit output, 0 to 2^32 - 1. */
  nextWord(): number;
  /** The next number in [0, 1), of 53 random bits: two outputs. */
  nextUniform(): number;
}

/**
 * MT19937 (Matsumoto and Nishimura 1998), seeded and read as NumPy's legacy generator does, so that a subset drawn with
 * `np.random.seed(s)` is drawn again here.
 *
 * @param seed a whole number, 0 to 2^32 - 1.
 * @throws RangeError for another seed.
 */
export function mersenneTwister(seed: number): RandomStream {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
    throw new RangeError(`The seed must be a whole number from 0 to 2^32 - 1, got ${seed}.`);
  const state = seededState(seed);
  let at = STATE_WORDS;
  const nextWord = (): number => {
    if (at === STATE_WORDS) {
      twist(state);
      at = 0;
    }
    return tempered(state[at++] as number);
  };
  return {
    nextWord,
    nextUniform() {
      const high = nextWord() >>> 5;
      const low = nextWord() >>> 6;
      return (high * 67_108_864 + low) / 9_007_199_254_740_992;
    },
  };
}

function seededState(seed: number): Uint32Array {
  const state = new Uint32Array(STATE_WORDS);
  state[0] = seed;
  for (let at = 1; at < STATE_WORDS; at++) {
    const before = state[at - 1] as number;
    state[at] = Math.imul(1_812_433_253, before ^ (before >>> 30)) + at;
  }
  return state;
}

function twist(state: Uint32Array): void {
  for (let at = 0; at < STATE_WORDS; at++) {
    const next = state[(at + 1) % STATE_WORDS] as number;
    const mixed = ((state[at] as number) & 0x80000000) | (next & 0x7fffffff);
    const far = state[(at + SHIFT_WORDS) % STATE_WORDS] as number;
    state[at] = far ^ (mixed >>> 1) ^ ((mixed & 1) === 1 ? 0x9908b0df : 0);
  }
}

function tempered(word: number): number {
  let value = word;
  value ^= value >>> 11;
  value ^= (value << 7) & 0x9d2c5680;
  value ^= (value << 15) & 0xefc60000;
  value ^= value >>> 18;
  return value >>> 0;
}
