import { parameterShapes } from '../model/parameters.js';
import type { ViclipConfig } from '../variants.js';
import type { Weights } from './weights.js';

const GOLDEN_RATIO = 0x9e3779b9;

/** Numbers that depend on a name alone: `offset` plus or minus up to `amplitude`, evenly spread. */
export function seededValues(
  name: string,
  length: number,
  { offset = 0, amplitude }: { readonly offset?: number; readonly amplitude: number },
): Float32Array {
  const seed = fnv1a(name);
  const values = new Float32Array(length);
  for (let index = 0; index < length; index++) {
    const u = mix((seed + Math.imul(index, GOLDEN_RATIO)) >>> 0) / 2 ** 32;
    values[index] = offset + amplitude * (2 * u - 1);
  }
  return values;
}

/**
 * Weights without training, the same on every machine and healthy (activations neither vanish nor explode): what tests and
 * speed measurements need where no checkpoint is at hand. The reference numbers of this project were made with them.
 *
 * @param seed words before each name: others give other weights.
 */
export function seededWeights(config: ViclipConfig, seed = ''): Weights {
  const shapes = parameterShapes(config);
  return {
    config,
    changes: ['made up from a formula, not trained'],
    read(name) {
      const shape = shapes.get(name);
      if (shape === undefined) throw new RangeError(`The model has no parameter ${name}.`);
      const length = shape.reduce((product, size) => product * size, 1);
      return Promise.resolve(seededValues(`${seed}${name}`, length, spreadOf(name, shape)));
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function spreadOf(name: string, shape: readonly number[]): { offset: number; amplitude: number } {
  const [rows = 1, columns = 1] = shape;
  if (name === 'temp') return { offset: 0.02, amplitude: 0 };
  if (/\.ln_\w+\.weight$/.test(name)) return { offset: 1, amplitude: 0.1 };
  if (name.endsWith('bias')) return { offset: 0, amplitude: 0.02 };
  if (/(positional_embedding|class_embedding|token_embedding\.weight)$/.test(name)) {
    return { offset: 0, amplitude: 0.05 };
  }
  const inputs = /proj(ection)?$/.test(name)
    ? rows
    : shape.length === 5
      ? shape.slice(1).reduce((product, size) => product * size, 1)
      : columns;
  return { offset: 0, amplitude: Math.sqrt(3 / inputs) };
}

/** FNV-1a with 32 bits over UTF-8. */
function fnv1a(text: string): number {
  return new TextEncoder()
    .encode(text)
    .reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
}

/** The last step of MurmurHash3 with 32 bits. */
function mix(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
