import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { fileStore } from '@internvid/core';
import { describeStore, memoryStore } from '@internvid/core/testing';

const emptyFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'internvid-store-'));

describeStore('memoryStore', async () => memoryStore());
describeStore('fileStore', async () => fileStore(await emptyFolder()));

describe('fileStore', () => {
  it('removes what a dead writer left and leaves what a living one is writing', async () => {
    const folder = await emptyFolder();
    const unfinished = join(folder, '.unfinished');
    await mkdir(unfinished);
    const dead = spawnSync(process.execPath, ['--version']).pid;
    await writeFile(join(unfinished, `${hostname()}~${dead}~aa`), 'half');
    await writeFile(join(unfinished, `${hostname()}~${process.pid}~bb`), 'half');
    await writeFile(join(unfinished, `another-host~${dead}~cc`), 'half');
    await fileStore(folder).write('key', 'x');
    expect((await readdir(unfinished)).sort()).toEqual(
      [`${hostname()}~${process.pid}~bb`, `another-host~${dead}~cc`].sort(),
    );
  });

  it('names the file and the remedy when the disk refuses', async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, 'file'), 'x');
    await expect(fileStore(join(folder, 'file')).write('key', 'x')).rejects.toMatchObject({
      code: expect.stringMatching(/store-failed|not-found/),
    });
  });
});
