import { isAbort, ToolkitError } from '@internvid/core';
import type { Exchange } from './observed-fetch.js';

const MAX_REASON = 300;
const SECOND_MS = 1_000;

/** What an error is told with. */
type ErrorPlace = {
  /** The model and the request. */
  readonly about: string;
  /** The limit that was passed, where that is why. */
  readonly timeoutMs?: number;
};

/**
 * What a chat model's client threw, as an error that says whether another try may help and when. The original is not attached: what
 * clients throw may hold keys.
 */
export function chatError(thrown: unknown, exchange: Exchange, place: ErrorPlace): ToolkitError {
  if (ToolkitError.is(thrown)) return thrown;
  const { about, timeoutMs } = place;
  if (timeoutMs !== undefined) {
    const message = `${about}: no answer within ${timeoutMs} ms. Raise the time limit, or ask fewer things at once.`;
    return new ToolkitError('timeout', message, { retryable: true });
  }
  const status = exchange.status ?? statusOf(thrown);
  const reason = withoutSecrets(reasonOf(thrown, exchange)).slice(0, MAX_REASON);
  if (status !== undefined && status >= 400)
    return refusedRequest(status, reason, exchange, thrown, about);
  if (status === undefined && !isAbort(thrown)) {
    const message = `${about}: the server cannot be reached or broke off: ${reason}`;
    return new ToolkitError('network', message, { retryable: true });
  }
  const message = `${about}: the answer cannot be read: ${reason}`;
  return new ToolkitError('model-failed', message, { retryable: true });
}

function refusedRequest(
  status: number,
  reason: string,
  exchange: Exchange,
  thrown: unknown,
  about: string,
): ToolkitError {
  const said = `${about}: the server answered ${status}: ${reason}`;
  if (status === 401 || status === 402 || status === 403 || isOutOfCredit(status, reason)) {
    return new ToolkitError('invalid-config', `${said} Check the key and the account.`);
  }
  if (status === 404) {
    return new ToolkitError('invalid-config', `${said} Check the model's name and the address.`);
  }
  const retryAfterMs = waitOf(exchange.headers ?? headersOf(thrown));
  const retryable = status === 408 || status === 409 || status === 429 || status >= 500;
  return new ToolkitError(retryable ? 'network' : 'model-failed', said, {
    retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    details: { status },
  });
}

function isOutOfCredit(status: number, reason: string): boolean {
  return status === 429 && /insufficient_quota|credit balance|billing/i.test(reason);
}

function statusOf(thrown: unknown): number | undefined {
  const { status, status_code, statusCode, response } = fieldsOf(thrown);
  return [status, status_code, statusCode, fieldsOf(response)['status']].find(
    (value) => typeof value === 'number',
  );
}

function headersOf(thrown: unknown): Headers | undefined {
  const { headers, response } = fieldsOf(thrown);
  return [headers, fieldsOf(response)['headers']].find((value) => value instanceof Headers);
}

/** The wait that a server asked for, in ms: `retry-after-ms`, or `retry-after` in seconds or as a date. */
function waitOf(headers: Headers | undefined): number | undefined {
  const exact = Number(headers?.get('retry-after-ms') ?? NaN);
  if (Number.isFinite(exact)) return Math.max(0, exact);
  const text = headers?.get('retry-after');
  if (text === null || text === undefined || text === '') return undefined;
  const seconds = Number(text);
  const waitMs = Number.isFinite(seconds) ? seconds * SECOND_MS : Date.parse(text) - Date.now();
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
}

function reasonOf(thrown: unknown, { body, status }: Exchange): string {
  if (status !== undefined && status >= 400 && body !== undefined && body !== '') return body;
  const parts: string[] = [];
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const { code } = fieldsOf(error);
    parts.push(
      typeof code === 'string' && !error.message.includes(code)
        ? `${error.message} (${code})`
        : error.message,
    );
  }
  return parts.length === 0 ? String(thrown) : [...new Set(parts)].join(': ');
}

/** Providers repeat keys in their messages; the environment says what keys there are. */
function withoutSecrets(text: string): string {
  const keys = Object.entries(process.env)
    .filter(([name, value]) => /KEY|TOKEN|SECRET|PASSWORD/i.test(name) && (value?.length ?? 0) >= 8)
    .map(([, value]) => value ?? '');
  const hidden = keys.reduce((rest, key) => rest.replaceAll(key, '***'), text);
  return hidden
    .replace(/\b(?:sk|pk|key|Bearer)[-_ ][\w*.-]{6,}/g, '***')
    .replace(/\/\/[^/\s:@]+:[^/\s@]+@/g, '//***@');
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
