import type { JsonObject, RetryOptions, Store } from '@internvid/core';
import type { CallSettings } from './chat-model.js';
import type { ChatBudget, ChatPrice } from './ledger.js';
import type { ChatModelChoice } from './model-source.js';
import type { Question } from './question.js';
import type { GateOptions } from './request-gate.js';

/** How a chat model is asked. */
export type ChatAskerOptions = {
  readonly model: ChatModelChoice;
  /** Asked instead where a request has no pictures: to merge, to shorten, to summarise. Default: `model`. */
  readonly textModel?: ChatModelChoice;
  /** Where answers are kept before they are used, such as the dataset's store. Default: in memory, so that a killed run pays again. */
  readonly store?: Store;
  /** Requests under way at once. Default 4. */
  readonly concurrency?: number;
  /** Default: no limit but the server's own. */
  readonly requestsPerMinute?: number;
  /** For one request. Default 120,000 ms. */
  readonly timeoutMs?: number;
  /** How often an answer that cannot be kept is asked for again, the first time included. Default 3. */
  readonly attempts?: number;
  /** How often and how patiently a server that fails or refuses is asked. */
  readonly retry?: RetryOptions;
  /** 0 to 2, of the first try. Default 0.2; `null` leaves it to the model and sends none. */
  readonly temperature?: number | null;
  /** Output tokens that the model may spend on thinking before it answers, for models that do. Default 0. */
  readonly thinkingTokens?: number;
  readonly price?: ChatPrice;
  /** Of `textModel`. */
  readonly textPrice?: ChatPrice;
  readonly budget?: ChatBudget;
  /** What is set aside for a picture in the budget before the server says what it took. Default 1,500, more than most models take. */
  readonly tokensPerPicture?: number;
};

/** `ChatAskerOptions` with the defaults in. */
export type AskSettings = GateOptions & {
  readonly timeoutMs: number;
  readonly attempts: number;
  readonly tokensPerPicture: number;
  readonly retry: RetryOptions;
  /** What of these decides which answers come. */
  readonly config: JsonObject;
  /** @param attempt from 0. */
  callOf(attempt: number, question: Question): CallSettings;
};

/** What a further try adds to the temperature: the same again would mostly give the same again. */
const WARMER = 0.4;
const MAX_TEMPERATURE = 1;
/** Tokens for each word at most, languages of many tokens included. */
const TOKENS_PER_WORD = 3;
const SPARE_TOKENS = 64;
const FORM_TOKENS = 1_024;

/** @throws RangeError for a number out of its range. */
export function askSettings(options: ChatAskerOptions): AskSettings {
  const { concurrency = 4, attempts = 3, timeoutMs = 120_000, requestsPerMinute } = options;
  const { temperature = 0.2, tokensPerPicture = 1_500, thinkingTokens = 0, retry = {} } = options;
  for (const [name, value] of Object.entries({ concurrency, attempts, timeoutMs })) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`options.${name} must be a whole number of at least 1, got ${value}.`);
  }
  if (requestsPerMinute !== undefined && !(requestsPerMinute > 0))
    throw new RangeError(`options.requestsPerMinute must be positive, got ${requestsPerMinute}.`);
  return {
    concurrency,
    ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
    attempts,
    timeoutMs,
    tokensPerPicture,
    retry,
    config: { temperature, attempts, thinkingTokens },
    callOf: (attempt, { rules, form }) => ({
      ...(temperature === null
        ? {}
        : {
            temperature: Math.min(
              Math.max(MAX_TEMPERATURE, temperature),
              temperature + attempt * WARMER,
            ),
          }),
      seed: attempt,
      maxOutputTokens:
        thinkingTokens +
        (form === undefined ? 0 : FORM_TOKENS) +
        rules.maxWords * TOKENS_PER_WORD +
        SPARE_TOKENS,
    }),
  };
}
