import type { BaseMessage } from '@langchain/core/messages';
import type { JsonObject } from '@internvid/core';
import type { z } from 'zod';
import { chatError } from './chat-error.js';
import type { ModelSource } from './model-source.js';
import { observedFetch, type Exchange } from './observed-fetch.js';
import { answerInBody, invoke, type RawAnswer } from './raw-answer.js';

/** How one request is to be answered. */
export type CallSettings = {
  /** Left to the model where it is not given; some models take none. */
  readonly temperature?: number;
  readonly seed?: number;
  readonly maxOutputTokens: number;
};

/** One request, as a model takes it. */
export type Call = {
  readonly messages: readonly BaseMessage[];
  readonly settings: CallSettings;
  readonly form?: z.ZodObject;
};

/** A chat model that is asked once for each call: tries, waits and books are kept by who calls. */
export interface ChatModel {
  /** Names the model in fingerprints and prices: no address, no key. */
  readonly identity: { readonly provider: string; readonly model: string };
  /**
   * @param about names the request in messages.
   * @throws ToolkitError `network`, `timeout`, `model-failed`, `invalid-config`; the abort reason.
   */
  ask(call: Call, about: string, signal: AbortSignal): Promise<RawAnswer>;
  /** The body of the HTTP request that would be sent, without sending it; `undefined` where only the model's own code knows it. */
  rehearse(call: Call): Promise<JsonObject | undefined>;
}

/**
 * Asks the model of a source.
 *
 * @param timeoutMs for one call, from its sending to the last byte of its answer.
 */
export function chatModel(source: ModelSource, timeoutMs: number): ChatModel {
  const { identity } = source;
  const name = `${identity.provider}:${identity.model}`;
  return {
    identity,
    async ask(call, about, signal) {
      const exchange: Exchange = {};
      const timeout = AbortSignal.timeout(timeoutMs);
      const either = AbortSignal.any([signal, timeout]);
      try {
        const model = await source.open(call.settings, observedFetch(exchange, either));
        const answer = await untilAborted(either, invoke(model, call, either));
        // A stream that ends early looks like a short answer, but nobody said that it was complete.
        return source.saysHowItEnded && answer.ended === 'unsaid'
          ? { ...answer, ended: 'length' }
          : answer;
      } catch (error) {
        signal.throwIfAborted();
        const paid = answerInBody(exchange.body);
        if (paid !== undefined) return paid;
        throw chatError(error, exchange, {
          about: `${name} about ${about}`,
          ...(timeout.aborted ? { timeoutMs } : {}),
        });
      }
    },
    async rehearse(call) {
      if (!source.usesFetch) return undefined;
      const exchange: Exchange = { isRehearsal: true };
      const idle = new AbortController().signal;
      const model = await source.open(call.settings, observedFetch(exchange, idle));
      await invoke(model, call, idle).catch(() => undefined);
      return exchange.rehearsed;
    },
  };
}

/** Not every model of LangChain listens to its signal before its first byte. */
async function untilAborted<Out>(signal: AbortSignal, work: Promise<Out>): Promise<Out> {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
