import type { IncomingMessage } from 'node:http';
import { downloadError, type DownloadProblem } from './problem.js';
import { retryAfterMs } from './retry-after.js';

/** As much of a refusal is read as a page needs to give itself away. */
const LOOK_BYTES = 16_384;
const BOT_CHECK =
  /captcha|are you (?:a )?(?:human|robot)|unusual traffic|cf-chl|challenge-platform/i;

const PROBLEMS: Readonly<Record<number, DownloadProblem>> = {
  401: 'private',
  402: 'private',
  403: 'private',
  404: 'gone',
  407: 'private',
  408: 'network',
  410: 'gone',
  425: 'network',
  429: 'throttled',
  451: 'geo-blocked',
  503: 'throttled',
};

/**
 * Says what an answer means that is no success, reading the beginning of its body where a page may tell.
 *
 * @returns the error to throw: 5xx may pass, 404 and 410 are gone, 401 to 403 private unless the page is a check for robots.
 */
export async function judgeStatus(response: IncomingMessage, url: URL): Promise<Error> {
  const { statusCode = 0, statusMessage = '', headers } = response;
  const wait = retryAfterMs(headers['retry-after'], Date.now());
  const usual = PROBLEMS[statusCode] ?? (statusCode >= 500 ? 'network' : 'malformed');
  const problem = (await isBotCheck(response)) ? 'bot-check' : usual;
  const message = `${url.href} answered ${statusCode} ${statusMessage}${REMEDIES[problem] ?? '.'}`;
  return downloadError(problem, message, {
    details: { status: statusCode },
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  });
}

const REMEDIES: Partial<Record<DownloadProblem, string>> = {
  throttled: ': ask it less often with a lower perHost.requestsPerSecond.',
  'bot-check': ': it wants to see a human. Ask it less often, or later.',
};

async function isBotCheck(response: IncomingMessage): Promise<boolean> {
  const { statusCode = 0, headers } = response;
  if (headers['cf-mitigated'] === 'challenge') return true;
  if (![403, 429, 503].includes(statusCode) || !/html/i.test(headers['content-type'] ?? '')) {
    return false;
  }
  let head = '';
  const timer = setTimeout(() => response.destroy(), 5_000);
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      head += chunk.toString('latin1');
      if (head.length >= LOOK_BYTES) break;
    }
  } catch {
    // The page broke off: what came of it is judged.
  } finally {
    clearTimeout(timer);
  }
  return BOT_CHECK.test(head);
}
