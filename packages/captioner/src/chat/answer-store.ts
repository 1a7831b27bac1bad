import { canonicalJson, sha256, ToolkitError, type JsonObject, type Store } from '@internvid/core';
import { z } from 'zod';
import { jsonOf, type RawAnswer } from './raw-answer.js';

/** What an answer was given to. */
export type AnsweredRequest = {
  readonly about: string;
  readonly framesSha256: string;
  /** See `promptId`. */
  readonly prompt: string;
  readonly model: JsonObject;
  readonly settings: JsonObject;
  /** See `messagesIdentity`. */
  readonly messages: JsonObject;
};

/** Answers by what they were given to, kept before they are used: what was paid for once is not asked again. */
export interface AnswerStore {
  read(request: AnsweredRequest, signal: AbortSignal): Promise<RawAnswer | undefined>;
  write(request: AnsweredRequest, answer: RawAnswer, signal: AbortSignal): Promise<void>;
}

/** Where a dataset keeps the answers of chat models. */
const PREFIX = 'answers/chat';

const recordSchema = z.object({
  schema: z.literal(1),
  about: z.string(),
  framesSha256: z.string(),
  answer: z.object({
    text: z.string(),
    ended: z.enum(['stop', 'length', 'filtered', 'unsaid']),
    refusal: z.string().exactOptional(),
    usage: z.object({ inputTokens: z.int(), outputTokens: z.int() }).exactOptional(),
  }),
});

/**
 * Keeps answers in a store, good ones and bad ones alike, one object for each: written whole or not at all, so that a run that is killed
 * loses at most those still on their way.
 */
export function answerStore(store: Store): AnswerStore {
  return {
    async read(request, signal) {
      const key = keyOf(request);
      if ((await store.stat(key, signal)) === undefined) return undefined;
      const text = Buffer.from(await store.read(key, undefined, signal)).toString('utf8');
      const parsed = recordSchema.safeParse(jsonOf(text));
      const { about, framesSha256 } = request;
      if (parsed.data?.about === about && parsed.data.framesSha256 === framesSha256)
        return parsed.data.answer;
      throw new ToolkitError(
        'corrupt',
        `${key} in ${store.location} is no answer about ${about}. Remove it and run the same command again.`,
      );
    },
    async write(request, answer, signal) {
      const { about, framesSha256, prompt, model, settings } = request;
      const record: JsonObject = {
        ...{ schema: 1, about, framesSha256, prompt, model, settings },
        answer: JSON.parse(JSON.stringify(answer)) as JsonObject,
      };
      await store.write(keyOf(request), `${canonicalJson(record)}\n`, signal);
    },
  };
}

function keyOf(request: AnsweredRequest): string {
  const hash = sha256(canonicalJson(request));
  return `${PREFIX}/${hash.slice(0, 2)}/${hash.slice(2)}.json`;
}

/** Keeps answers in memory, for as long as it is held. */
export function answersInMemory(): AnswerStore {
  const answers = new Map<string, RawAnswer>();
  return {
    read: (request) => Promise.resolve(answers.get(keyOf(request))),
    write(request, answer) {
      answers.set(keyOf(request), answer);
      return Promise.resolve();
    },
  };
}
