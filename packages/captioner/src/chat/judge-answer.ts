import type { JsonObject } from '@internvid/core';
import { judgeText, type AnswerJudgement } from './answer-checks.js';
import { asSentence } from './as-sentence.js';
import type { Question } from './question.js';
import { jsonOf, type RawAnswer } from './raw-answer.js';

/** An answer that passed every check. */
export type GoodAnswer = { readonly text: string; readonly form?: JsonObject };

/** What an answer is taken for. */
export type Judged = { readonly good: GoodAnswer } | AnswerJudgement;

/**
 * Judges an answer by how it ended, its form and its text.
 *
 * @param asked the question as it was asked at last, with the data that was left in it.
 */
export function judgeAnswer(answer: RawAnswer, original: Question, asked: Question): Judged {
  if (answer.refusal !== undefined || answer.ended === 'filtered') return { fault: 'refused' };
  if (answer.ended === 'length') return { fault: 'cut-off' };
  if (original.form !== undefined) return judgeForm(answer.text, original, asked);
  const text = asSentence(answer.text, original.rules.language);
  return judgeText(text, asked) ?? { good: { text } };
}

function judgeForm(answer: string, { form }: Question, asked: Question): Judged {
  const parsed = form?.safeParse(jsonOf(answer));
  if (parsed?.success !== true) return { fault: 'no-form' };
  const fields = parsed.data as JsonObject;
  const text = textsIn(fields).join('. ');
  return judgeText(text, asked) ?? { good: { text, form: fields } };
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
