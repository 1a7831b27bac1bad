import { ToolkitError } from '@internvid/core';
import { judgeText, type AnswerFault, type JudgedBy } from '../chat/answer-checks.js';
import { askedAgain } from '../chat/asked-again.js';
import { asSentence } from '../chat/as-sentence.js';

/** What a model in this process said. */
export type ModelText = {
  readonly text: string;
  /** Whether it had to stop before it was done. */
  readonly isCutOff: boolean;
};

/** An answer that passed the checks, and what was wrong with those before it. */
export type CheckedAnswer = { readonly text: string; readonly rejected: readonly AnswerFault[] };

/** One answer more than there are ways to generate it, see `generationFor`. */
const ATTEMPTS = 3;

/**
 * Asks a model in this process until an answer passes the checks that chat models are held to; of an answer that was cut off, the
 * sentences that are complete.
 *
 * @param ask gets the number of the try, from 0, and the question as it then is.
 * @param about names clip and frame in messages.
 * @throws ToolkitError `model-failed` with the last fault in `details.fault`.
 */
export async function checkedAnswer<Asked extends JudgedBy>(
  question: Asked,
  ask: (attempt: number, question: Asked) => Promise<ModelText>,
  about: string,
): Promise<CheckedAnswer> {
  const rejected: AnswerFault[] = [];
  let asked = question;
  while (rejected.length < ATTEMPTS) {
    const answer = await ask(rejected.length, asked);
    const text = asSentence(wholeSentences(answer), question.rules.language);
    const isOnlyCutOff = answer.isCutOff && text === '';
    const judged = isOnlyCutOff ? ({ fault: 'cut-off' } as const) : judgeText(text, asked);
    if (judged === undefined) return { text, rejected };
    rejected.push(judged.fault);
    asked = askedAgain(question, asked, judged);
  }
  const fault = rejected.at(-1) ?? 'empty';
  throw new ToolkitError(
    'model-failed',
    `No answer of the model about ${about} could be kept after ${ATTEMPTS} tries; the last was ${fault}.`,
    { details: { fault } },
  );
}

function wholeSentences({ text, isCutOff }: ModelText): string {
  return isCutOff ? (/^.*[.!?。！？]/su.exec(text)?.[0] ?? '') : text;
}
