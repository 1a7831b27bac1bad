import { canonicalJson, ToolkitError } from '@internvid/core';

import { TIMES } from './layout.js';
import type { Weights } from './weights.js';

/**
 * Weights between a tuned model and the one that it started from (WiSE-FT, Wortsman et al. 2022, arXiv 2109.01903), as the
 * published evaluation makes them: coefficient x tuned + (1 - coefficient) x initial for every parameter, the temperature
 * included, but the table of times stays as tuned. The published coefficient is 0.5.
 *
 * Disposing of them disposes of both.
 *
 * @throws RangeError for a coefficient outside 0 to 1. ToolkitError `invalid-config` for models of different sizes.
 */
export function averaged(tuned: Weights, initial: Weights, coefficient: number): Weights {
  if (!(coefficient >= 0 && coefficient <= 1)) {
    throw new RangeError(`coefficient must be from 0 to 1, got ${coefficient}.`);
  }
  const [a, b] = [tuned, initial].map(({ config }) => canonicalJson(config));
  if (a !== b) {
    throw new ToolkitError(
      'invalid-config',
      `The models to be averaged differ in size: ${a} and ${b}.`,
    );
  }
  return {
    config: tuned.config,
    changes: [
      ...tuned.changes,
      `averaged with the initial weights: ${coefficient} x tuned + ${1 - coefficient} x initial`,
    ],
    async read(name, signal) {
      const values = await tuned.read(name, signal);
      if (name === TIMES) return values;
      const start = await initial.read(name, signal);
      return values.map(
        (value, index) => coefficient * value + (1 - coefficient) * (start[index] ?? 0),
      );
    },
    async [Symbol.asyncDispose]() {
      await tuned[Symbol.asyncDispose]();
      await initial[Symbol.asyncDispose]();
    },
  };
}
