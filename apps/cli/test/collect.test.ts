import { readFile, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { internvid } from './internvid.js';
import { drawSmallFilms } from './small-films.js';

/** Serves drawn films as `/0.mp4` and `/1.mp4`, has nothing else, and notes what it is asked for. */
async function serveFilms(): Promise<{ server: Server; asked: string[] }> {
  const films = await drawSmallFilms(2);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const number = /^\/(\d)\.mp4$/.exec(request.url ?? '')?.[1] ?? 'none';
    readFile(join(films, `film ${number}.mp4`))
      .then((bytes) => response.writeHead(200, { 'content-length': bytes.length }).end(bytes))
      .catch(() => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, asked };
}

describe('collecting from elsewhere', () => {
  let served: Awaited<ReturnType<typeof serveFilms>>;
  let folder: string;
  let base: string;

  beforeAll(async () => {
    served = await serveFilms();
    base = `http://127.0.0.1:${(served.server.address() as AddressInfo).port}`;
    folder = await mkdtemp(join(tmpdir(), 'internvid-cli-'));
    const config = { download: { allowPrivateAddresses: ['127.0.0.0/8'] } };
    await writeFile(join(folder, 'internvid.config.json'), JSON.stringify(config));
  });
  afterAll(() => void served.server.close());

  it('fetches the videos of a table, and accounts for those it cannot have', async () => {
    const rows = [`${base}/0.mp4,A film`, `${base}/gone.mp4,Gone`, 'nonsense,Bad'];
    await writeFile(join(folder, 'links.csv'), ['url,title', ...rows, ''].join('\n'));
    const { code, out } = await internvid(['collect', 'links.csv', '--out', 'd', '--json'], folder);
    expect(code).toBe(0);
    expect(out).toContain('gone');
    expect(out).toContain('invalid-record');
    const before = served.asked.length;
    await internvid(['collect', 'links.csv', '--out', 'd'], folder);
    expect(served.asked.length).toBe(before);
    const status = await internvid(['status', 'd'], folder);
    expect(status.out).toContain('Downloads given up for good: gone 1');
  });

  it('runs on an address as on a file', async () => {
    const { code, out } = await internvid(['run', `${base}/1.mp4`, '--out', 'r'], folder);
    expect(code).toBe(0);
    expect(out).toContain('Exported');
  });

  it('never asks an address of this network unless it may', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'internvid-cli-'));
    const before = served.asked.length;
    const { code, out } = await internvid(['collect', `${base}/x.mp4`, '--out', 'd'], empty);
    expect(code).toBe(1);
    expect(out).toContain('forbidden-address');
    expect(served.asked.length).toBe(before);
  });

  it('refuses flags about fetching for files that are here, and kinds that are mixed', async () => {
    for (const args of [
      ['collect', 'x.mp4', '--from', 'panda-70m', '--out', 'd'],
      ['collect', 'x.mp4', `${base}/y.mp4`, '--out', 'd'],
      ['collect', 'links.csv', '--from', 'panda', '--out', 'd'],
      ['collect', 'links.csv', '--quota', 'mood=3', '--out', 'd'],
    ]) {
      const { code, err } = await internvid(args, folder);
      expect({ args, code }).toEqual({ args, code: 2 });
      expect(err).not.toContain('    at ');
    }
  });

  it('writes searches that it reads again', async () => {
    const args = ['queries', '--category', 'cooking', '--out', 'q.jsonl'];
    expect(await internvid(args, folder)).toMatchObject({ code: 0 });
    const [first = ''] = (await readFile(join(folder, 'q.jsonl'), 'utf8')).split('\n');
    expect(JSON.parse(first)).toMatchObject({ metadata: { queryCategory: 'cooking' } });
    expect(await internvid(['queries', '--category', 'idling'], folder)).toMatchObject({ code: 2 });
  });
});
