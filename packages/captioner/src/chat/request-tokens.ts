import type { Question } from './question.js';
import { messageTexts } from './messages.js';

/** Characters of English for each token, as the tokenizers of chat models make them; on the safe side. */
const CHARACTERS_PER_TOKEN = 3.5;
/** What protocols put around messages. */
const TOKENS_PER_REQUEST = 12;

/** Tokens of a text at most; an assumption, not a count. */
export function assumedTextTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/**
 * Tokens of the input of a request: its text by length, its pictures at so many each. An assumption, not a count: models
 * differ in how they cut up a picture.
 */
export function assumedInputTokens(question: Question, tokensPerPicture: number): number {
  const text = messageTexts(question).join('\n');
  return assumedTextTokens(text) + TOKENS_PER_REQUEST + question.pictures.length * tokensPerPicture;
}
