import type { JsonObject, JsonValue } from '@internvid/core';
import type { DialogueTurn } from './dialogue.js';
import type { Subject } from './subject.js';

/** A measured answer. */
export type Measured = { readonly value: JsonValue; readonly from: JsonObject };

/** One kind of question that measurement can answer. */
export interface QuestionKind {
  /** `kebab-case`; it stands in every turn. */
  readonly name: string;
  readonly of: Subject['of'];
  /** `either`: of two answers, each of which is given as often as the other; `open`: any answer. */
  readonly form: 'either' | 'open';
  /** Questions of one topic give each other away: a dialogue has one of them. */
  readonly topic: string;
  /** All that may be asked of a subject. */
  asks(subject: Subject): readonly JsonObject[];
  /** The answer, or nothing where the evidence leaves a doubt. Only given what `asks` gave. */
  measure(subject: Subject, asks: JsonObject): Measured | undefined;
  /** Wordings of the question, all with the same answer. */
  questions(asks: JsonObject): readonly [string, ...string[]];
  answers(value: JsonValue, asks: JsonObject): readonly [string, ...string[]];
}

/** The answers of a question that is answered by yes or no. */
export function yesOrNo(
  yes: string,
  no: string,
): (value: JsonValue) => readonly [string, ...string[]] {
  return (value) =>
    value === true ? ['Yes.', `Yes, ${yes}.`, `Yes, ${yes}.`] : ['No.', `No, ${no}.`, `No, ${no}.`];
}

/** Where a subject has a single clip, or its first. @throws TypeError for a subject without one. */
export function onlyClip({ clips }: Subject): Subject['clips'][number] {
  const [clip] = clips;
  if (clip === undefined) throw new TypeError('The subject has no clip.');
  return clip;
}

/** Milliseconds as seconds with one decimal where it is not nought: "3", "2.4". */
export function secondsOf(durationMs: number): string {
  return (Math.round(durationMs / 100) / 10).toString();
}

/** A value as it stands in a sentence. */
export function inWords(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** A text among what was asked. */
export function word(asks: JsonObject, name: string): string {
  const value = asks[name];
  return typeof value === 'string' ? value : '';
}

/** A question and its answer in one of their wordings. */
export function worded(
  kind: QuestionKind,
  asks: JsonObject,
  value: JsonValue,
  wording: number,
): Pick<DialogueTurn, 'question' | 'answer'> {
  const questions = kind.questions(asks);
  const answers = kind.answers(value, asks);
  return {
    question: questions[wording % questions.length] ?? questions[0],
    // Divided first, so that every answer meets every question.
    answer: answers[Math.floor(wording / questions.length) % answers.length] ?? answers[0],
  };
}
