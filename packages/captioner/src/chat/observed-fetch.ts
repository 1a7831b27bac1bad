import type { JsonObject } from '@internvid/core';
import { jsonOf } from './raw-answer.js';

const SHOWN = 80;

/** What was seen of one HTTP exchange. */
export type Exchange = {
  /** Sends nothing, and notes what would be sent. */
  readonly isRehearsal?: boolean;
  rehearsed?: JsonObject;
  status?: number;
  headers?: Headers;
  /** The answer's text, where it was no stream. */
  body?: string;
};

/**
 * A `fetch` that notes what the server said beside its answer, which LangChain's models keep to themselves, and that ends with the
 * signal even where the model does not pass it on.
 */
export function observedFetch(exchange: Exchange, signal: AbortSignal): typeof globalThis.fetch {
  return async (input, init = {}) => {
    if (exchange.isRehearsal === true) {
      const url = new URL(input instanceof Request ? input.url : input);
      url.username = '';
      url.password = '';
      exchange.rehearsed = {
        method: init.method ?? 'GET',
        url: url.href,
        body: JSON.parse(typeof init.body === 'string' ? init.body : '{}') as JsonObject,
      };
      throw new Error('This request was only written down.');
    }
    const signals = init.signal ? [init.signal, signal] : [signal];
    const response = await fetch(input, { ...init, signal: AbortSignal.any(signals) });
    exchange.status = response.status;
    exchange.headers = response.headers;
    if (isStream(response)) return response;
    exchange.body = await response.text();
    if (response.ok && jsonOf(exchange.body) === undefined)
      throw new SyntaxError(`this is no JSON: ${exchange.body.slice(0, SHOWN)}`);
    return new Response(exchange.body, response);
  };
}

function isStream({ ok, headers }: Response): boolean {
  return ok && /event-stream|ndjson/.test(headers.get('content-type') ?? '');
}
