import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { encodeJpeg } from '@internvid/core/media';

import { internvid } from './internvid.js';

const MERGES = fileURLToPath(
  new URL(
    '../../../../shared/golden/viclip/tokenizer/bpe_simple_vocab_16e6.txt.gz',
    import.meta.url,
  ),
);
const COLOURS = { red: [210, 40, 40], green: [40, 180, 60], blue: [50, 60, 220] } as const;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'internvid-train-'));
  const parts = join(folder, 'parts');
  await mkdir(parts);
  await mkdir(join(folder, 'shards'));
  for (let clip = 0; clip < 24; clip++) {
    const name = (['red', 'green', 'blue'] as const)[clip % 3] ?? 'red';
    const data = new Uint8Array(64 * 64 * 3).map((_, at) => COLOURS[name][at % 3] ?? 0);
    const jpeg = await encodeJpeg({ width: 64, height: 64, format: 'rgb24', data });
    await writeFile(join(parts, `c${clip}.jpg`), jpeg);
    await writeFile(join(parts, `c${clip}.txt`), `a ${name} wall`);
  }
  const tar = join(folder, 'shards', 'a.tar');
  await promisify(execFile)('tar', ['--sort=name', '-cf', tar, '-C', parts, '.']);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const trainOn = (...args: readonly string[]): ReturnType<typeof internvid> =>
  internvid(['viclip', 'train', ...args, '--merges', MERGES], folder);
const train = (...args: readonly string[]): ReturnType<typeof internvid> =>
  trainOn('shards', '--out', 'run', ...args);

describe('internvid viclip train', () => {
  it('asks for what it needs', async () => {
    const { code, err } = await internvid(['viclip', 'train', 'shards', '--out', 'run'], folder);
    expect(code).toBe(2);
    expect(err).toContain('--model FOLDER, or --variant tiny');
    const both = await train('--variant', 'tiny', '--epochs', '0', '--unmasked-epochs', '0');
    expect(both).toMatchObject({ code: 2 });
    expect(both.err).toContain('are both 0');
    const threads = await train('--variant', 'tiny', '--engine', 'tfjs', '--threads', '2');
    expect(threads).toMatchObject({ code: 2 });
    expect(threads.err).toContain('tfjs runs on one thread');
  });

  (existsSync(MERGES) ? it : it.skip)(
    'fetches shards from a server, once',
    async () => {
      const shard = await readFile(join(folder, 'shards', 'a.tar'));
      const asked: unknown[] = [];
      const server = createServer(({ url }, response) => {
        asked.push(url);
        response.end(shard);
      });
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const address = `http://127.0.0.1:${port}/{00..01}.tar`;
      const args = ['--variant', 'tiny', '--mask', '0.5', '--epochs', '0', '--batch', '8'];
      const run = (): ReturnType<typeof internvid> =>
        trainOn(address, ...args, '--unmasked-epochs', '0.5', '--out', 'fetched');
      expect(await run()).toMatchObject({ code: 0 });
      expect(await run()).toMatchObject({ code: 0 });
      expect(asked).toEqual(['/00.tar', '/01.tar']);
      await new Promise((resolve) => server.close(resolve));
      const refused = await trainOn('s3://bucket/a.tar', ...args, '--out', 'other');
      expect(refused).toMatchObject({ code: 2 });
      expect(refused.err).toContain('give an https address');
    },
    120_000,
  );

  (existsSync(MERGES) ? it : it.skip)(
    'trains on tfjs where it is told to, with blocks computed again, and says so',
    async () => {
      const args = ['--variant', 'tiny', '--mask', '0.5', '--epochs', '1', '--batch', '8'];
      const more = ['--unmasked-epochs', '0', '--engine', 'tfjs', '--recompute', '--out', 'other'];
      const { code, out } = await train(...args, ...more);
      expect(code).toBe(0);
      expect(out).toContain('2 updates by tfjs on 21 clips');
    },
    120_000,
  );

  (existsSync(MERGES) ? it : it.skip)(
    'trains, does not do again what is done, and makes a checkpoint that converts',
    async () => {
      const args = ['--variant', 'tiny', '--mask', '0.5', '--epochs', '3', '--batch', '8'];
      const more = ['--unmasked-epochs', '1', '--learning-rate', '1e-3', '--validation', '0.2'];
      const first = await train(...args, ...more, '--threads', '1', '--json');
      expect(first).toMatchObject({ code: 0 });
      const report = JSON.parse(first.out) as Record<string, unknown>;
      expect(report).toMatchObject({ updates: 8, clips: { training: 19, validation: 5 } });
      const log = await readFile(join(folder, 'run', 'log.jsonl'), 'utf8');
      const again = await train(...args, ...more, '--threads', '1');
      expect(again.out).toContain('Recall on 5 clips of other videos');
      expect(await readFile(join(folder, 'run', 'log.jsonl'), 'utf8')).toBe(log);
      const other = await train(...args, ...more, '--seed', '7');
      expect(other).toMatchObject({ code: 2 });
      expect(other.err).toContain('holds another run');
      const made = ['viclip', 'convert', 'run/trained.safetensors', 'model'];
      expect(await internvid(made, folder)).toMatchObject({ code: 0 });
      const { out } = await internvid(['viclip', 'info', 'model', '--json'], folder);
      expect(JSON.parse(out)).toMatchObject({ kind: 'model-folder' });
    },
    120_000,
  );
});
