import type { Tensor } from '@huggingface/transformers';

/** What a decoder's own probabilities say of its answer. */
export interface TokenRecorder {
  /**
   * To be given to `generate` as a logits processor: it also rules out the suppressed tokens.
   *
   * @throws Error after more tokens than 30 seconds of speech ever have.
   */
  process(inputIds: readonly (readonly bigint[])[], logits: Tensor): Tensor;
  /** Mean natural logarithm of the probabilities of the tokens that were chosen; 0 for none. The last one, which ends the text, is not among them. */
  averageLogProbability(): number;
  /** Probability of a token at the first step. */
  firstProbability(token: number): number;
  /** That nobody speaks: of its token at the first step, where only the start token stands before it, as it was trained. */
  noSpeechProbability(): number | undefined;
  /** Whether there were too many tokens. */
  isEndless(): boolean;
}

/** Fast speech has some 300 tokens in 30 seconds. The loop of transformers.js (4.3.1) that starts over within a piece may never end. */
const MAX_STEPS = 2_000;

/** Records the probabilities of one answer; several answers of one call (a piece in which the model starts over) count as one. */
export function tokenRecorder(options: {
  readonly suppressed: readonly number[];
  readonly noSpeechToken?: number;
}): TokenRecorder {
  let first: { readonly logProbabilities: Float32Array; readonly tokensBefore: number } | undefined;
  let last: { readonly logProbabilities: Float32Array; readonly length: number } | undefined;
  let sum = 0;
  let count = 0;
  let steps = 0;
  return {
    process([ids = []], logits) {
      steps += 1;
      if (steps > MAX_STEPS) throw new Error('The model does not come to an end.');
      const data = logits.data as Float32Array;
      first ??= { logProbabilities: logSoftmax(data), tokensBefore: ids.length };
      if (last !== undefined && ids.length === last.length + 1) {
        sum += last.logProbabilities[Number(ids.at(-1))] ?? 0;
        count += 1;
      }
      for (const token of options.suppressed) data[token] = -Infinity;
      last = { logProbabilities: logSoftmax(data), length: ids.length };
      return logits;
    },
    averageLogProbability: () => (count === 0 ? 0 : sum / count),
    firstProbability: (token) => Math.exp(first?.logProbabilities[token] ?? -Infinity),
    noSpeechProbability: () =>
      options.noSpeechToken === undefined || first?.tokensBefore !== 1
        ? undefined
        : Math.exp(first.logProbabilities[options.noSpeechToken] ?? -Infinity),
    isEndless: () => steps > MAX_STEPS,
  };
}

function logSoftmax(logits: Float32Array): Float32Array {
  let highest = -Infinity;
  for (const logit of logits) if (logit > highest) highest = logit;
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - highest);
  const norm = highest + Math.log(total);
  return logits.map((logit) => logit - norm);
}
