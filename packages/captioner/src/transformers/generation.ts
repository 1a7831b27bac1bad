import type { Transformers } from './load-transformers.js';

/** What `generate` is told besides its inputs. */
export type GenerationSettings = {
  readonly max_new_tokens: number;
  readonly do_sample: boolean;
  readonly repetition_penalty?: number;
  readonly no_repeat_ngram_size?: number;
  readonly temperature?: number;
  readonly top_k?: number;
};

/**
 * How a model is to write its answer: the likeliest words at first; then without words in the same order again; then drawn at random, by a
 * generator that is seeded with the number of the try, so that the same pictures have the same answer on every run.
 *
 * @param attempt from 0.
 */
export function generationFor(
  { random }: Transformers,
  attempt: number,
  maxNewTokens: number,
): GenerationSettings {
  const settings = { max_new_tokens: maxNewTokens, do_sample: false };
  if (attempt === 0) return settings;
  if (attempt === 1) return { ...settings, repetition_penalty: 1.2, no_repeat_ngram_size: 3 };
  // Its declarations say `any`.
  (random.seed as (seed: number) => void)(attempt);
  return { ...settings, do_sample: true, temperature: 0.7, top_k: 50, no_repeat_ngram_size: 3 };
}
