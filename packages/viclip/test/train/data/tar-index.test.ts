import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { readTarPlace, tarIndex } from '../../../src/train/data/tar-index.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viclip-tar-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function packed(format: string, files: Readonly<Record<string, string>>): Promise<string> {
  await mkdir(join(folder, 'in'));
  const names = Object.keys(files);
  for (const name of names) await writeFile(join(folder, 'in', name), files[name]!);
  const path = join(folder, 'made.tar');
  const args = [`--format=${format}`, '-cf', path, '-C', join(folder, 'in'), '--', ...names];
  await promisify(execFile)('tar', args);
  return path;
}

describe('tarIndex', () => {
  const long = `${'n'.repeat(150)}.txt`;
  const files = { 'a.txt': 'one', "it's 🎬.json": '{"two":2}', 'empty.txt': '', [long]: 'far' };

  it.each(['gnu', 'pax'])('finds every file of a %s tar, of any name', async (format) => {
    const path = await packed(format, files);
    const found = await tarIndex(path);
    expect(found.map(({ name }) => name)).toEqual(Object.keys(files));
    for (const place of found) {
      const bytes = await readTarPlace(path, place);
      expect(Buffer.from(bytes).toString()).toBe(files[place.name as keyof typeof files]);
    }
  });

  it('refuses a tar that ends within an entry, and what is no tar', async () => {
    const path = await packed('ustar', { 'a.txt': 'x'.repeat(5000) });
    await truncate(path, 2000);
    await expect(tarIndex(path)).rejects.toThrow('does not end in the file');
    await writeFile(path, 'x'.repeat(2048));
    await expect(tarIndex(path)).rejects.toMatchObject({ code: 'corrupt' });
    await writeFile(path, '');
    await expect(tarIndex(path)).rejects.toThrow('it has no entry');
    await expect(tarIndex(join(folder, 'none.tar'))).rejects.toMatchObject({ code: 'not-found' });
  });
});
