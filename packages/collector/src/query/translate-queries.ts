import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { ToolkitError } from '@internvid/core';
import { z } from 'zod';
import { askModel } from './ask-model.js';
import { TRANSLATE_PROMPT, promptId } from './query-prompts.js';
import { queryProblem } from './query-rules.js';
import type { Query, RefusedQuery } from './query.js';

/** How queries are translated. */
export type TranslateQueriesOptions = {
  /** Any chat model of LangChain that gives structured output. */
  readonly model: BaseChatModel;
  /** BCP 47 tags, such as `zh`, `de`, `pt-BR`. */
  readonly languages: readonly string[];
  readonly signal?: AbortSignal;
};

/** The translations; the English queries are not among them. */
export type TranslatedQueries = {
  readonly queries: readonly Query[];
  readonly refused: readonly RefusedQuery[];
  readonly failed: readonly { readonly language: string; readonly error: ToolkitError }[];
};

/** Phrases in one question: models lose count of longer lists. */
const PHRASES_AT_ONCE = 20;

const answerSchema = z.object({
  translations: z.array(z.object({ number: z.number().int(), text: z.string().max(300) })).max(200),
});

/** What a text in these languages must be written in. */
const SCRIPTS: Readonly<Record<string, RegExp>> = {
  ar: /\p{Script=Arabic}/u,
  bn: /\p{Script=Bengali}/u,
  el: /\p{Script=Greek}/u,
  fa: /\p{Script=Arabic}/u,
  he: /\p{Script=Hebrew}/u,
  hi: /\p{Script=Devanagari}/u,
  ja: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u,
  ko: /\p{Script=Hangul}/u,
  ru: /\p{Script=Cyrillic}/u,
  th: /\p{Script=Thai}/u,
  uk: /\p{Script=Cyrillic}/u,
  zh: /\p{Script=Han}/u,
};

/**
 * Translates English queries with a language model, as InternVid's were into Chinese. A translation that is missing, not in the
 * language's script, or against the rules of queries is refused; twice the same in one language is one.
 *
 * @throws RangeError for a tag that is none; the abort reason. A model that fails is reported question by question.
 */
export async function translateQueries(
  queries: readonly Query[],
  options: TranslateQueriesOptions,
): Promise<TranslatedQueries> {
  const english = queries.filter(({ language }) => language === 'en');
  const result = { queries: [] as Query[], refused: [] as RefusedQuery[] };
  const failed: { language: string; error: ToolkitError }[] = [];
  for (const language of options.languages) {
    const seen = new Set<string>();
    const name = languageName(language);
    for (let from = 0; from < english.length; from += PHRASES_AT_ONCE) {
      const batch = english.slice(from, from + PHRASES_AT_ONCE);
      try {
        const answers = await ask(batch, name, options);
        for (const [index, query] of batch.entries()) {
          take(query, language, answers.get(index + 1), seen, result);
        }
      } catch (error) {
        options.signal?.throwIfAborted();
        if (!ToolkitError.is(error)) throw error;
        failed.push({ language, error });
      }
    }
  }
  return { ...result, failed };
}

async function ask(
  batch: readonly Query[],
  language: string,
  { model, signal }: TranslateQueriesOptions,
): Promise<ReadonlyMap<number, string>> {
  const list = batch.map(({ text }, index) => `${index + 1}. ${text}`).join('\n');
  const message = `Language: ${language}\n${list}`;
  const schema = answerSchema;
  const { translations } = await askModel({
    model,
    prompt: TRANSLATE_PROMPT,
    message,
    schema,
    signal,
  });
  return new Map(
    translations.map(({ number, text }) => [number, text.replace(/\s+/g, ' ').trim()]),
  );
}

function take(
  query: Query,
  language: string,
  text: string | undefined,
  seen: Set<string>,
  result: { readonly queries: Query[]; readonly refused: RefusedQuery[] },
): void {
  const reason = problemOf(query, language, text, seen);
  if (reason !== undefined || text === undefined) {
    result.refused.push({
      text: text ?? query.text,
      origin: query.origin,
      reason: reason ?? 'missing',
    });
    return;
  }
  seen.add(text);
  const prompt = promptId(TRANSLATE_PROMPT);
  result.queries.push({ ...query, text, language, translationOf: query.text, prompt });
}

function problemOf(
  query: Query,
  language: string,
  text: string | undefined,
  seen: ReadonlySet<string>,
): string | undefined {
  if (text === undefined || text === '') return 'missing';
  const base = language.split('-')[0] ?? language;
  const script = SCRIPTS[base];
  if (script !== undefined && text === query.text) return 'untranslated';
  if (script !== undefined && !script.test(text)) return 'wrong-script';
  const problem = queryProblem(text, !['ja', 'th', 'zh'].includes(base));
  return problem ?? (seen.has(text) ? 'duplicate' : undefined);
}

function languageName(tag: string): string {
  const name = new Intl.DisplayNames(['en'], { type: 'language' }).of(tag);
  if (name === undefined || name === tag) {
    throw new RangeError(`options.languages holds "${tag}", which is no known language tag.`);
  }
  return `${name} (${tag})`;
}
