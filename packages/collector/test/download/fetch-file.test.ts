import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { addressGuard } from '../../src/download/address-guard.js';
import { openBudget } from '../../src/download/budget.js';
import { fetchFile, type FetchFileOptions } from '../../src/download/fetch-file.js';
import { temporaryFolder } from '../drawn-video.js';
import {
  breakOff,
  drip,
  hang,
  rangeOf,
  serve,
  status,
  unrulyServer,
  type Route,
} from './unruly-server.js';

const server = await unrulyServer();
const folder = temporaryFolder();
const bytes = randomBytes(300_000);
const sha256 = createHash('sha256').update(bytes).digest('hex');
let parts = 0;
/** Sent in two writes, an answer has no length but a marked end. */
const chunked: Route = (_, response) => {
  response.write(bytes.subarray(0, 1_000));
  response.end(bytes.subarray(1_000));
};
const newPart = (): string => join(folder, `${parts++}.part`);

function options(more: Partial<FetchFileOptions> = {}): FetchFileOptions {
  return {
    guard: addressGuard({ allowPrivateAddresses: ['127.0.0.1'] }),
    ...{ budget: openBudget({}), maxBytes: 1_000_000, stallMs: 600, minBytesPerSecond: 1_000 },
    signal: new AbortController().signal,
    ...more,
  };
}

const problem = (reason: string, retryable: boolean) => ({ retryable, details: { reason } });

describe('fetching a file', () => {
  it('fetches it, hashes it as it comes and says how far it is', async () => {
    const url = server.on('/good.mp4', serve(bytes));
    const part = newPart();
    let last = [0, 0] as readonly (number | undefined)[];
    const onProgress: FetchFileOptions['onProgress'] = (...now) => (last = now);
    const fetched = await fetchFile(url, part, options({ onProgress }));
    expect(fetched).toEqual({ bytes: bytes.length, sha256, isEndKnown: true, isResumed: false });
    expect(readFileSync(part).equals(bytes)).toBe(true);
    expect(last).toEqual([bytes.length, bytes.length]);
  });

  it('goes on where a broken transfer ended, and hashes the whole', async () => {
    const asked: (number | undefined)[] = [];
    const good = serve(bytes);
    const url = server.on('/breaks.mp4', (request, response, earlier) => {
      asked.push(rangeOf(request, '"one"'));
      if (earlier === 0) return breakOff(bytes, 100_000)(request, response, earlier);
      return good(request, response, earlier);
    });
    const part = newPart();
    await expect(fetchFile(url, part, options())).rejects.toMatchObject(problem('network', true));
    const fetched = await fetchFile(url, part, options());
    expect(fetched).toMatchObject({ sha256, isResumed: true });
    expect(asked).toEqual([undefined, 100_000]);
  });

  it('does not ask again for a part that is complete', async () => {
    const url = server.on('/complete.mp4', serve(bytes));
    const part = newPart();
    await fetchFile(url, part, options());
    expect(await fetchFile(url, part, options())).toMatchObject({ sha256, isEndKnown: true });
    expect(server.requests('/complete.mp4')).toBe(1);
  });

  it('begins anew when the file on the server has changed, or the part is of another URL', async () => {
    const part = newPart();
    const url = server.on('/changes.mp4', breakOff(randomBytes(300_000), 50_000));
    await expect(fetchFile(url, part, options())).rejects.toMatchObject(problem('network', true));
    server.on('/changes.mp4', (_, response) => {
      response.writeHead(200, { etag: '"two"', 'content-length': bytes.length }).end(bytes);
    });
    expect(await fetchFile(url, part, options())).toMatchObject({ sha256, isResumed: false });
    const other = server.on('/other.mp4', serve(bytes));
    await fetchFile(other, part, options());
    expect(server.requests('/other.mp4')).toBe(1);
  });

  it('begins anew when the part is not what the server goes on from', async () => {
    const part = newPart();
    const url = server.on('/odd-range.mp4', breakOff(bytes, 50_000));
    await expect(fetchFile(url, part, options())).rejects.toThrow();
    server.on('/odd-range.mp4', (request, response, earlier) => {
      if (request.headers.range === undefined) return serve(bytes)(request, response, earlier);
      response.writeHead(206, { 'content-range': 'bytes 7-9/10', etag: '"one"' }).end('abc');
    });
    await expect(fetchFile(url, part, options())).rejects.toMatchObject(problem('network', true));
    expect(await fetchFile(url, part, options())).toMatchObject({ sha256, isResumed: false });
  });

  it('never goes on without a strong tag or a date to compare', async () => {
    const url = server.on('/weak.mp4', (request, response, earlier) => {
      expect(request.headers.range).toBeUndefined();
      response.writeHead(200, { etag: 'W/"one"', 'content-length': bytes.length });
      if (earlier === 0) response.write(bytes.subarray(0, 10_000), () => response.destroy());
      else response.end(bytes);
    });
    const part = newPart();
    await expect(fetchFile(url, part, options())).rejects.toThrow();
    expect(await fetchFile(url, part, options())).toMatchObject({ sha256 });
  });

  it('knows of a chunked answer that it came to its end, and of one without length that it does not know', async () => {
    const marked = server.on('/chunked.mp4', chunked);
    expect(await fetchFile(marked, newPart(), options())).toMatchObject({ isEndKnown: true });
    const bare = server.on('/bare.mp4', ({ socket }) => {
      socket.end(Buffer.concat([Buffer.from('HTTP/1.0 200 OK\r\n\r\n'), bytes]));
    });
    expect(await fetchFile(bare, newPart(), options())).toMatchObject({
      sha256,
      isEndKnown: false,
    });
  });

  it('ends a transfer that is silent, and one that drips', async () => {
    for (const [path, route] of [['/hang', hang()] as const, ['/drip', drip] as const]) {
      const url = server.on(path, route);
      await expect(fetchFile(url, newPart(), options())).rejects.toMatchObject(
        problem('stalled', true),
      );
    }
    const mute = server.on('/mute', () => undefined);
    await expect(fetchFile(mute, newPart(), options())).rejects.toThrow('did not answer within');
  });

  it('refuses what is too large by its own word, and what turns out to be', async () => {
    const said = server.on('/said.mp4', serve(bytes));
    const limit = options({ maxBytes: 200_000 });
    await expect(fetchFile(said, newPart(), limit)).rejects.toMatchObject(
      problem('too-large', false),
    );
    const unsaid = server.on('/unsaid.mp4', chunked);
    const part = newPart();
    await expect(fetchFile(unsaid, part, limit)).rejects.toMatchObject(problem('too-large', false));
    expect(readFileSync(part).length).toBeLessThanOrEqual(200_000);
  });

  it('stops at the budget, keeps what came, and goes on in another run', async () => {
    const url = server.on('/budget.mp4', serve(bytes));
    const part = newPart();
    const budget = openBudget({ bytes: 100_000 });
    await expect(fetchFile(url, part, options({ budget }))).rejects.toMatchObject(
      problem('over-budget', true),
    );
    expect(readFileSync(part).length).toBeGreaterThanOrEqual(100_000);
    expect(await fetchFile(url, part, options())).toMatchObject({ sha256, isResumed: true });
  });

  it('takes no compressed body and no web page', async () => {
    const squeezed = server.on('/gzip', status(200, { 'content-encoding': 'gzip' }, 'x'));
    await expect(fetchFile(squeezed, newPart(), options())).rejects.toMatchObject(
      problem('malformed', false),
    );
    const page = server.on(
      '/page',
      status(200, { 'content-type': 'video/mp4' }, ' <!DOCTYPE html>'),
    );
    await expect(fetchFile(page, newPart(), options())).rejects.toMatchObject(
      problem('not-a-video', false),
    );
  });

  it.each([
    [401, 'private', false],
    [403, 'private', false],
    [404, 'gone', false],
    [410, 'gone', false],
    [400, 'malformed', false],
    [451, 'geo-blocked', false],
    [429, 'throttled', true],
    [500, 'network', true],
    [503, 'throttled', true],
  ])('takes status %i for %s', async (code, reason, retryable) => {
    const url = server.on(`/status/${code}`, status(code, { 'retry-after': '7' }));
    await expect(fetchFile(url, newPart(), options())).rejects.toMatchObject({
      ...problem(reason, retryable),
      retryAfterMs: 7_000,
    });
  });

  it('knows a check for robots by its header and by its page', async () => {
    const marked = server.on('/marked', status(403, { 'cf-mitigated': 'challenge' }));
    const html = { 'content-type': 'text/html' };
    const shown = server.on('/shown', status(403, html, '<html>Are you a human? CAPTCHA</html>'));
    for (const url of [marked, shown]) {
      await expect(fetchFile(url, newPart(), options())).rejects.toMatchObject(
        problem('bot-check', true),
      );
    }
  });

  it('says that nobody listens', async () => {
    await expect(fetchFile('http://127.0.0.1:9/a.mp4', newPart(), options())).rejects.toMatchObject(
      problem('network', true),
    );
  });

  it('stops when it is told to, and passes the reason on', async () => {
    const url = server.on('/abort', hang(bytes));
    const stop = new AbortController();
    const reason = new Error('enough');
    const onProgress = (): void => stop.abort(reason);
    const fetching = fetchFile(url, newPart(), options({ signal: stop.signal, onProgress }));
    await expect(fetching).rejects.toBe(reason);
  });

  it('is not led astray by a note that is damaged', async () => {
    const url = server.on('/noted.mp4', serve(bytes));
    const part = newPart();
    writeFileSync(part, 'x');
    writeFileSync(`${part}.json`, '{"url":');
    expect(await fetchFile(url, part, options())).toMatchObject({ sha256, isResumed: false });
  });
});
