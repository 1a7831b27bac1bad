import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { fileStore, type Shard, type Source, type Video } from '@internvid/core';
import { runStage } from '@internvid/core/testing';
import { folderSource, type FolderShardInput } from '../../src/sources/folder.js';
import { temporaryFolder } from '../drawn-video.js';

async function shardsOf(paths: string | string[]): Promise<Shard[]> {
  const shards: Shard[] = [];
  const context = { store: fileStore(temporary), signal: new AbortController().signal };
  for await (const shard of folderSource(paths).shards(context)) shards.push(shard);
  return shards;
}

const inputOf = (shard: Shard): FolderShardInput => shard.input as FolderShardInput;
const namesOf = (shards: Shard[]): string[] => shards.map((shard) => basename(inputOf(shard).path));

/** Reads shards with the accounting of a stage. */
function readAll(
  source: Source<Video>,
  shards: Shard[],
): ReturnType<typeof runStage<Shard, Video>> {
  return runStage(
    {
      name: source.name,
      version: source.version,
      config: source.config,
      async *process(inputs: AsyncIterable<Shard>, context) {
        for await (const shard of inputs) yield* source.read(shard, context);
      },
    },
    shards,
  );
}

const temporary = temporaryFolder();
let folders = 0;

function folderWith(files: Record<string, string>): string {
  const folder = join(temporary, String(folders++));
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

describe('the folder source', () => {
  it('finds the videos of a folder and its subfolders, the largest first', async () => {
    const folder = folderWith({
      'a.mp4': '1',
      'deep/er/b.MKV': '333',
      'c.webm': '22',
      'notes.txt': 'x',
      '.d.mp4': 'y',
    });
    expect(namesOf(await shardsOf(folder))).toEqual(['b.MKV', 'c.webm', 'a.mp4']);
  });

  it('takes a file that is named, or matched by a pattern with an ending, whatever it is', async () => {
    const folder = folderWith({ 'song.mp3': '1', 'page.html': '22' });
    expect(namesOf(await shardsOf(join(folder, 'song.mp3')))).toEqual(['song.mp3']);
    expect(namesOf(await shardsOf(join(folder, '*.html')))).toEqual(['page.html']);
    await expect(shardsOf(join(folder, '*'))).rejects.toMatchObject({ code: 'not-found' });
  });

  it('takes a name that exists as it is, even if it is also a pattern', async () => {
    const nasty = `it's 100% $HOME [x] *ünï* 视频 🎬.mp4`;
    const folder = folderWith({ [nasty]: '1', 'x.mp4': '2' });
    expect(namesOf(await shardsOf(join(folder, nasty)))).toEqual([nasty]);
  });

  it('says which path matches nothing', async () => {
    await expect(shardsOf(join(temporary, 'missing.mp4'))).rejects.toThrow('missing.mp4');
    await expect(shardsOf(join(temporary, '*.nothing'))).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('ends on folders that link to themselves', async () => {
    const folder = folderWith({ 'a/film.mp4': '1' });
    symlinkSync(folder, join(folder, 'a', 'loop'));
    expect(namesOf(await shardsOf(folder))).toEqual(['film.mp4']);
    expect(namesOf(await shardsOf(join(folder, '**', '*.mp4')))).toContain('film.mp4');
  });

  it('keeps the shard of a file that is replaced, with another input and another video id', async () => {
    const folder = folderWith({ 'film.mp4': 'one' });
    const [before] = await shardsOf(folder);
    writeFileSync(join(folder, 'film.mp4'), 'two');
    const [after] = await shardsOf(folder);
    expect(after!.id).toBe(before!.id);
    expect(after!.input).not.toEqual(before!.input);
    const { outputs } = await readAll(folderSource(folder), [before!, after!]);
    expect(outputs[0]!.id).toMatch(/^film-[0-9a-f]{12}$/);
    expect(outputs[1]!.id).not.toBe(outputs[0]!.id);
  });

  it('tells large files apart by their middle', async () => {
    const folder = folderWith({ 'a.mp4': 'x'.repeat(300_000) });
    writeFileSync(join(folder, 'b.mp4'), `${'x'.repeat(150_000)}y${'x'.repeat(149_999)}`);
    const [a, b] = (await shardsOf(folder)).map(inputOf);
    expect(a).not.toHaveProperty('duplicateOf');
    expect(b).not.toHaveProperty('duplicateOf');
  });

  it('drops the second of two equal files in path order, and says which it equals', async () => {
    const folder = folderWith({ 'b.mp4': 'same' });
    copyFileSync(join(folder, 'b.mp4'), join(folder, 'a.mp4'));
    const shards = await shardsOf(folder);
    const { outputs, dropped } = await readAll(folderSource(folder), shards);
    expect(outputs.map((video) => video.metadata)).toEqual([{ fileName: 'a.mp4' }]);
    expect(dropped).toEqual([{ id: shards[1]!.id, reason: 'duplicate-file' }]);
    expect(inputOf(shards[1]!)).toMatchObject({ duplicateOf: join(folder, 'a.mp4') });
  });

  it('fails what cannot be opened instead of forgetting it', async () => {
    const folder = folderWith({});
    symlinkSync(join(folder, 'gone'), join(folder, 'broken-link.mp4'));
    const { failed } = await readAll(folderSource(folder), await shardsOf(folder));
    expect(failed).toMatchObject([{ code: 'unreadable' }]);
  });
});
