import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { mapInOrder, ToolkitError } from '@internvid/core';
import { z } from 'zod';
import { askModel } from './ask-model.js';
import { cleanPhrase, stem, tellingWords, wordsOf } from './phrase.js';
import { NOUN_VERB_PROMPT } from './query-prompts.js';
import { queryProblem } from './query-rules.js';
import type { RefusedQuery } from './query.js';

/** A text of the user's own that actions are pulled from. */
export type SourceText = { readonly id: string; readonly text: string };

/** An action that a text speaks of. */
export type NounVerbPair = {
  readonly phrase: string;
  readonly verb: string;
  readonly object?: string;
  readonly textId: string;
};

/** How texts are read. */
export type PairsFromTextsOptions = {
  /** Any chat model of LangChain that gives structured output. */
  readonly model: BaseChatModel;
  /** Texts that are asked about at once. Default 4. */
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
};

/** What a model found in texts, what of it was refused, and the texts that it could not answer for. */
export type PairsFromTexts = {
  readonly pairs: readonly NounVerbPair[];
  readonly refused: readonly RefusedQuery[];
  readonly failed: readonly { readonly textId: string; readonly error: ToolkitError }[];
};

/** Texts are cut to pieces of this length, at a space: models read short texts more closely. */
const MAX_CHARACTERS = 4_000;

const answerSchema = z.object({
  actions: z.array(z.object({ verb: z.string().max(100), object: z.string().max(200) })).max(200),
});

/**
 * Pulls verbs and their objects out of texts with a language model. A pair is taken only when all its telling words occur in the text, by
 * their stems, and when it passes the rules of queries: what a model makes up, or a text talks it into, does not get in.
 *
 * @throws the abort reason. A model that fails is reported text by text.
 */
export async function pairsFromTexts(
  texts: readonly SourceText[],
  options: PairsFromTextsOptions,
): Promise<PairsFromTexts> {
  const { concurrency = 4 } = options;
  const found: { pairs: NounVerbPair[]; refused: RefusedQuery[] } = { pairs: [], refused: [] };
  const failed: { textId: string; error: ToolkitError }[] = [];
  const pieces = texts.flatMap(({ id, text }) =>
    piecesOf(text).map((piece) => ({ id, text: piece })),
  );
  for await (const answer of mapInOrder(each(pieces), { concurrency }, (piece) =>
    ask(piece, options),
  )) {
    if ('error' in answer) failed.push({ textId: answer.piece.id, error: answer.error });
    else for (const action of answer.actions) judge(action, answer.piece, found);
  }
  return { ...found, failed };
}

type Answer = { readonly piece: SourceText } & (
  { readonly actions: z.infer<typeof answerSchema>['actions'] } | { readonly error: ToolkitError }
);

async function ask(piece: SourceText, { model, signal }: PairsFromTextsOptions): Promise<Answer> {
  try {
    const question = { model, prompt: NOUN_VERB_PROMPT, message: piece.text, schema: answerSchema };
    const { actions } = await askModel({ ...question, signal });
    return { piece, actions };
  } catch (error) {
    signal?.throwIfAborted();
    return { piece, error: ToolkitError.from(error) };
  }
}

function judge(
  action: { readonly verb: string; readonly object: string },
  piece: SourceText,
  found: { readonly pairs: NounVerbPair[]; readonly refused: RefusedQuery[] },
): void {
  const verb = cleanPhrase(action.verb);
  const object = cleanPhrase(action.object);
  const phrase = object === '' ? verb : `${verb} ${object}`;
  const reason = queryProblem(phrase) ?? (occursIn(phrase, piece.text) ? undefined : 'not-in-text');
  if (reason !== undefined)
    found.refused.push({ text: phrase.slice(0, 200), origin: 'texts', reason });
  else found.pairs.push({ phrase, verb, ...(object === '' ? {} : { object }), textId: piece.id });
}

function occursIn(phrase: string, text: string): boolean {
  const stems = new Set(wordsOf(text).map(stem));
  const words = tellingWords(phrase);
  return words.length > 0 && words.every((word) => stems.has(stem(word)));
}

function piecesOf(text: string): readonly string[] {
  const pieces: string[] = [];
  for (let rest = text.trim(); rest !== '';) {
    const space = rest.length <= MAX_CHARACTERS ? -1 : rest.lastIndexOf(' ', MAX_CHARACTERS);
    const end = rest.length <= MAX_CHARACTERS ? rest.length : space > 0 ? space : MAX_CHARACTERS;
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end).trim();
  }
  return pieces;
}

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}
