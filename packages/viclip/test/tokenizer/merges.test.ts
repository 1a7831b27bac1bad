import { createHash } from 'node:crypto';
import { readFile, mkdtemp, rm, writeFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it, describe } from '@jest/globals';

import { loadClipMerges } from '../../src/tokenizer/merges.js';
import { describeWith, shared } from '../shared-files.js';

const FILE = 'golden/viclip/tokenizer/bpe_simple_vocab_16e6.txt.gz';
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'merges '));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('loadClipMerges', () => {
  it('names the place where the file is to be had, and fetches nothing by itself', async () => {
    await expect(loadClipMerges({ path: join(folder, 'none.gz') })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('https://raw.githubusercontent.com/openai/CLIP/') as unknown,
    });
  });

  it('refuses another file by its hash', async () => {
    const path = join(folder, 'other.gz');
    await writeFile(path, 'something else');
    await expect(loadClipMerges({ path })).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining(
        createHash('sha256').update('something else').digest('hex'),
      ) as unknown,
    });
  });
});

describeWith(FILE, 'loadClipMerges with a server', () => {
  it('fetches the file once and keeps it', async () => {
    const bytes = await readFile(shared(FILE));
    let requests = 0;
    const server = createServer((_, response) => {
      requests += 1;
      response.statusCode = requests === 1 ? 503 : 200;
      response.end(requests === 1 ? 'busy' : bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const options = { path: join(folder, 'in', 'cache.gz'), url: `http://127.0.0.1:${port}/` };
      const merges = await loadClipMerges(options);
      expect(merges).toHaveLength(48_894);
      expect(merges[0]).toEqual(['i', 'n']);
      expect(await loadClipMerges(options)).toEqual(merges);
      expect(requests).toBe(2);
      expect(await readdir(join(folder, 'in'))).toEqual(['cache.gz']);
    } finally {
      server.close();
    }
  });

  it('keeps nothing of a file that is not the published one', async () => {
    const server = createServer((_, response) => response.end('<html>sign in</html>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const options = { path: join(folder, 'cache.gz'), url: `http://127.0.0.1:${port}/` };
      await expect(loadClipMerges(options)).rejects.toMatchObject({ code: 'corrupt' });
      expect(await readdir(folder)).toEqual([]);
    } finally {
      server.close();
    }
  });
});
