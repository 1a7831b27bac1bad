import type { PlannedQuestion } from './planned-questions.js';
import { assumedInputTokens } from './request-tokens.js';

/** What requests are assumed to cost before any was sent. */
export type AssumedCost = {
  /** Where every first answer is kept. */
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
};

/** Side of the square of pixels that Qwen-VL models make a token of; others take fewer or more. */
const PIXELS_PER_TOKEN = 28;
/** English tokens for each word. */
const TOKENS_PER_WORD = 1.4;
/** Models write less than they may. */
const SHARE_OF_WORDS = 0.7;

/** Tokens of a picture as Qwen-VL counts them: one for each 28 x 28 pixels begun. */
export function assumedPictureTokens(width: number, height: number): number {
  return Math.ceil(width / PIXELS_PER_TOKEN) * Math.ceil(height / PIXELS_PER_TOKEN);
}

/** Adds up what questions are assumed to cost: texts by their length, pictures at so many tokens each, answers by the words asked for. */
export function assumedCost(
  planned: readonly PlannedQuestion[],
  tokensPerPicture: number,
): AssumedCost {
  const inputs = planned.map(({ question }) => assumedInputTokens(question, tokensPerPicture));
  const outputs = planned.map(({ question }) =>
    Math.ceil(Number(question.values['words'] ?? 0) * SHARE_OF_WORDS * TOKENS_PER_WORD),
  );
  const sum = (numbers: readonly number[]): number =>
    numbers.reduce((total, each) => total + each, 0);
  return { requests: planned.length, inputTokens: sum(inputs), outputTokens: sum(outputs) };
}
