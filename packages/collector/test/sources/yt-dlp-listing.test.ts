import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findYtDlp } from '../../src/download/yt-dlp/find-yt-dlp.js';
import { ytDlpListing, type YtDlpListingOptions } from '../../src/sources/yt-dlp-listing.js';
import { drawVideo, temporaryFolder } from '../drawn-video.js';
import { readAll, shardsOf } from './read-source.js';

const folder = temporaryFolder();

function isInstalled(): boolean {
  try {
    findYtDlp();
    return true;
  } catch {
    return false;
  }
}

/** Without yt-dlp these are skipped by name: install it as `findYtDlp` says. */
const describeWithYtDlp: typeof describe | typeof describe.skip = isInstalled()
  ? describe
  : describe.skip;

describeWithYtDlp('listing with yt-dlp', () => {
  const film = readFileSync(
    drawVideo(join(folder, 'film.mp4'), [{ source: 'testsrc', frames: 3 }]),
  );
  const asked: string[] = [];
  let server: Server;
  let base: string;
  const local: YtDlpListingOptions = { allowPrivateAddresses: ['127.0.0.0/8'] };

  beforeAll(async () => {
    // What is left behind shows in a folder of our own.
    process.env.TMPDIR = folder;
    server = createServer((request, response) => {
      const path = request.url ?? '';
      asked.push(path);
      if (path.endsWith('.mp4'))
        return void response.setHeader('content-type', 'video/mp4').end(film);
      if (path === '/two.html')
        return void response
          .setHeader('content-type', 'text/html')
          .end(
            '<title>Two films</title><video src="/a.mp4"></video><video><source src="/b.mp4" type="video/mp4"></video>',
          );
      if (path === '/feed.rss') {
        const items = ['a.mp4', 'two.html', 'a.mp4', 'gone.html'].map(
          (name) => `<item><title>--exec ${name}</title><link>${base}/${name}</link></item>`,
        );
        response.setHeader('content-type', 'application/rss+xml');
        return void response.end(
          `<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title>${items.join('')}</channel></rss>`,
        );
      }
      // Answers to this one never come.
      if (path !== '/hang.html') response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('gives each video of a page under an address of its own', async () => {
    const { outputs } = await readAll(ytDlpListing(`${base}/two.html`, local));
    expect(outputs).toMatchObject([
      {
        url: `${base}/a.mp4`,
        via: 'http',
        metadata: { title: 'Two films (1)', listing: `${base}/two.html` },
      },
      { url: `${base}/b.mp4`, via: 'http', metadata: { title: 'Two films (2)' } },
    ]);
  });

  it('lists a feed flat without asking for its pages', async () => {
    asked.length = 0;
    const { outputs, dropped } = await readAll(ytDlpListing(`${base}/feed.rss`, local));
    expect(outputs.map(({ url, via }) => [url, via])).toEqual([
      [`${base}/a.mp4`, 'http'],
      [`${base}/two.html`, 'yt-dlp'],
      [`${base}/gone.html`, 'yt-dlp'],
    ]);
    expect(outputs[0]!.metadata).toMatchObject({ title: '--exec a.mp4', playlist: 'Feed' });
    expect(dropped.map(({ reason }) => reason)).toEqual(['duplicate-video']);
    expect(new Set(asked)).toEqual(new Set(['/feed.rss']));
  });

  it('lists a feed in full, through its pages, and fails the one that is gone', async () => {
    const { outputs, errors } = await readAll(
      ytDlpListing(`${base}/feed.rss`, { ...local, details: 'full' }),
    );
    expect(outputs.map(({ url }) => url)).toEqual([`${base}/a.mp4`, `${base}/b.mp4`]);
    expect(errors).toMatchObject([
      { code: 'not-found', retryable: false, details: { reason: 'gone' } },
    ]);
  });

  it('takes no more than asked for', async () => {
    const { outputs } = await readAll(
      ytDlpListing(`${base}/feed.rss`, { ...local, maxPerTarget: 2 }),
    );
    expect(outputs).toHaveLength(2);
  });

  it('fails a target that is not there as gone, and one at a private address unasked', async () => {
    asked.length = 0;
    expect((await readAll(ytDlpListing(`${base}/none.html`, local))).errors).toMatchObject([
      { details: { reason: 'gone' } },
    ]);
    expect(asked.length).toBeGreaterThan(0);
    asked.length = 0;
    expect((await readAll(ytDlpListing(`${base}/two.html`))).errors).toMatchObject([
      { details: { reason: 'forbidden-address' } },
    ]);
    expect(asked).toEqual([]);
  });

  it('ends a target that takes too long, and all of it when it is cancelled', async () => {
    const source = ytDlpListing(`${base}/hang.html`, { ...local, timeoutMs: 2_500 });
    expect((await readAll(source)).errors).toMatchObject([{ code: 'timeout', retryable: true }]);
    const stop = new AbortController();
    const hangs = ytDlpListing(`${base}/hang.html`, local);
    server.once('request', () => stop.abort());
    await expect(readAll(hangs, await shardsOf(hangs), stop.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(readdirSync(folder).filter((name) => name.startsWith('internvid-listing-'))).toEqual([]);
  });

  it('drops a search that the safety rules refuse, without asking', async () => {
    const { dropped } = await readAll(ytDlpListing('ytsearch5:naked people', local));
    expect(dropped).toMatchObject([{ reason: 'unsafe-query-naked' }]);
  });

  it('lists a target again when the edition changes, and not before', async () => {
    const [first] = await shardsOf(ytDlpListing('ytsearch5:dogs', { edition: '2026-01' }));
    const [same] = await shardsOf(
      ytDlpListing(['ytsearch5: dogs', 'ytsearch5:dogs'], { edition: '2026-01' }),
    );
    const [next] = await shardsOf(ytDlpListing('ytsearch5:dogs', { edition: '2026-02' }));
    expect(same).toEqual(first);
    expect(next!.id).toBe(first!.id);
    expect(next!.input).not.toEqual(first!.input);
  });

  it('carries what is known of a search into the candidates, and gives yt-dlp fixed arguments', async () => {
    const path = join(folder, 'yt-dlp');
    const argumentFile = join(folder, 'arguments');
    const entry = {
      id: 'AbCdEfGhIjK',
      _type: 'url',
      url: 'https://www.youtube.com/watch?v=AbCdEfGhIjK',
      title: 'x',
    };
    const script = [
      '#!/usr/bin/env node',
      `if (process.argv.includes('--version')) { console.log('2026.01.01'); process.exit(); }`,
      `require('node:fs').writeFileSync(${JSON.stringify(argumentFile)}, JSON.stringify(process.argv.slice(2)));`,
      `console.log(${JSON.stringify(`@entry [NA] [NA] ${JSON.stringify(entry)}`)});`,
    ];
    writeFileSync(path, script.join('\n'));
    chmodSync(path, 0o755);
    const target = 'ytsearch3:--exec touch x; $(x)';
    const request = { target, metadata: { queryCategory: 'cooking' } };
    const { outputs } = await readAll(ytDlpListing(request, { ytDlp: path }));
    expect(outputs).toMatchObject([
      { metadata: { query: '--exec touch x; $(x)', queryCategory: 'cooking' } },
    ]);
    const args = JSON.parse(readFileSync(argumentFile, 'utf8')) as string[];
    expect(args.slice(-2)).toEqual(['--', target]);
    expect(args.slice(0, -1).join(' ')).not.toContain('touch');
    expect(args).toContain('--ignore-config');
  });
});

describe('listing without yt-dlp', () => {
  it('says how to install it', async () => {
    const source = ytDlpListing('ytsearch5:dogs', { ytDlp: join(folder, 'no-such-program') });
    await expect(readAll(source)).rejects.toMatchObject({ code: 'missing-dependency' });
  });
});
