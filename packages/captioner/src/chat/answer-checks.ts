import { fillIn } from '../prompts/prompt.js';
import { isOtherLanguage } from './language-check.js';
import { obeys } from './injection-check.js';
import type { Material } from './material.js';
import type { Question } from './question.js';
import { estimatedTokens } from './token-estimates.js';
import { runsOf, sharesRun, wordsOf } from './words.js';

/** What is wrong with an answer; stable words for reports. */
export type AnswerFault =
  | 'empty'
  | 'cut-off'
  | 'refused'
  | 'no-form'
  | 'boilerplate-opener'
  | 'prompt-echo'
  | 'repetition'
  | 'wrong-language'
  | 'too-short'
  | 'too-long'
  | 'copied-data'
  | 'obeyed-data';

/** A fault, with the fields of the material that led to it. */
export type AnswerJudgement = { readonly fault: AnswerFault; readonly fields?: readonly string[] };

const REFUSAL =
  /^(?:(?:i['’]?m|i am) (?:so )?sorry|sorry[,.]|i (?:cannot|can['’]?t|can not|am (?:not able|unable)|won['’]?t)|i['’]m (?:not able|unable)|unfortunately,? i|as an ai\b)|\bi (?:cannot|can['’]t) (?:help|assist|comply|describe|view|see)\b/i;

const OPENER =
  /^(?:sure|certainly|of course|okay|ok|absolutely|here(?:['’]s| is| are)|caption:|description:|answer:|(?:the|this) (?:short )?(?:video|film|clip|image|picture|photo|photograph|frame|footage|scene|screenshot|sequence)s? (?:clip )?(?:shows?|depicts?|features?|captures?|displays?|presents?|begins|opens|starts|contains|portrays?|illustrates?|is (?:of|about))|in (?:the|this) (?:video|film|clip|image|picture|photo|frame|footage)\b|(?:i|we|you) (?:can )?see\b)/i;

/** So many words in a row are not shared by chance. */
const ECHO_RUN = 8;
const COPY_RUN = 7;
const REPEATED_RUN = 4;
/** Of a caption; "in front of the" comes back in longer texts, once more for every so many words. */
const REPEATS = 3;
const WORDS_PER_REPEAT = 100;
const SENTENCE_WORDS = 4;

/** What of a question its answer is judged by. */
export type JudgedBy = Pick<Question, 'prompt' | 'values' | 'material' | 'rules'>;

/** Finds the first fault of a text, or none. */
export function judgeText(
  text: string,
  { rules, prompt, values, material }: JudgedBy,
): AnswerJudgement | undefined {
  const words = wordsOf(text);
  const checks: readonly [AnswerFault, () => boolean][] = [
    ['empty', () => words.length === 0],
    ['refused', () => REFUSAL.test(text)],
    ['boilerplate-opener', () => OPENER.test(text)],
    [
      'prompt-echo',
      () => sharesRun(words, wordsOf(fillIn(`${prompt.system} ${prompt.ask}`, values)), ECHO_RUN),
    ],
    ['repetition', () => repeats(text, words)],
    ['wrong-language', () => isOtherLanguage(text, rules.language)],
  ];
  const found = checks.find(([, isTrue]) => isTrue());
  if (found !== undefined) return { fault: found[0] };
  const obeyed = fieldsWhere(material, (field) => obeys(words, field));
  if (obeyed.length > 0) return { fault: 'obeyed-data', fields: obeyed };
  const copied = fieldsWhere(material, (field, name) => copies(words, field, name));
  if (copied.length > 0) return { fault: 'copied-data', fields: copied };
  if (words.length < rules.minWords) return { fault: 'too-short' };
  if (words.length > rules.maxWords) return { fault: 'too-long' };
  if (estimatedTokens(text) > (rules.maxTokens ?? Infinity)) return { fault: 'too-long' };
  return undefined;
}

function repeats(text: string, words: readonly string[]): boolean {
  const counts = new Map<string, number>();
  for (const run of runsOf(words, REPEATED_RUN)) counts.set(run, (counts.get(run) ?? 0) + 1);
  const most = REPEATS + Math.floor(words.length / WORDS_PER_REPEAT);
  if ([...counts.values()].some((count) => count >= most)) return true;
  const sentences = text
    .split(/[.!?。！？]+\s*/u)
    .map((sentence) => wordsOf(sentence))
    .filter((sentence) => sentence.length >= SENTENCE_WORDS)
    .map((sentence) => sentence.join(' '));
  return new Set(sentences).size < sentences.length;
}

function fieldsWhere(
  { texts }: Material,
  isTrue: (field: string, name: string) => boolean,
): readonly string[] {
  return Object.entries(texts)
    .filter(([name, text]) => isTrue(text, name))
    .map(([name]) => name);
}

/** Text that stands in the picture may be quoted; what is said or written elsewhere cannot be seen. */
function copies(words: readonly string[], field: string, name: string): boolean {
  const theirs = wordsOf(field);
  const whole = ` ${theirs.join(' ')} `;
  if (words.length >= 2 && whole.includes(` ${words.join(' ')} `)) return true;
  return name !== 'onScreenText' && sharesRun(words, theirs, COPY_RUN);
}
