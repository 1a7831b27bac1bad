import type { AnswerFault, AnswerJudgement, JudgedBy } from './answer-checks.js';
import { givesOrders } from './injection-check.js';

/** What to say to a model that gave such an answer, when it is asked again. */
const REMINDERS: Readonly<Record<AnswerFault, string>> = {
  empty: 'Your last answer was empty.',
  'cut-off': 'Your last answer was too long and was cut off: use fewer words.',
  refused: 'Describe only what can be seen; no person needs to be named.',
  'no-form': 'Your last answer had not the form that was asked for.',
  'boilerplate-opener': 'Begin with the thing itself, without any introduction.',
  'prompt-echo': 'Do not repeat the task. Write the description itself.',
  repetition: 'Say each thing once.',
  'wrong-language': 'Write in {language}.',
  'too-short': 'Write a whole sentence.',
  'too-long': 'Your last answer was too long: keep to {words} words.',
  'copied-data': 'Use your own words for what is seen.',
  'obeyed-data': 'Describe only what is seen.',
};

/**
 * A question as it is asked again: with a word about what was wrong, and without the data that the answer obeyed or copied.
 *
 * @param original as it was asked first: one reminder is enough.
 */
export function askedAgain<Asked extends JudgedBy>(
  original: Asked,
  last: Asked,
  { fault, fields = [] }: AnswerJudgement,
): Asked {
  // Whatever is wrong with an answer, orders in its data may be why.
  const texts = Object.entries(last.material.texts).filter(
    ([name, text]) => !fields.includes(name) && !givesOrders(text),
  );
  const { prompt } = original;
  return {
    ...last,
    material: { ...last.material, texts: Object.fromEntries(texts) },
    prompt: { ...prompt, ask: `${prompt.ask} ${REMINDERS[fault]}` },
  };
}
