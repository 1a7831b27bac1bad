import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runStage } from '@internvid/core/testing';
import { describe, expect, it } from '@jest/globals';
import {
  excludeListed,
  exclusionList,
  readExclusionList,
} from '../../src/sources/exclude-listed.js';
import { temporaryFolder } from '../drawn-video.js';

const folder = temporaryFolder();

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const candidate = (url: string, metadata = {}): { id: string; url: string; metadata: object } => ({
  id: url,
  url,
  metadata,
});

describe('lists of excluded videos', () => {
  it('are read from texts of ids, addresses and names of clips', async () => {
    const path = file(
      'ids.txt',
      '-AbCdEfGhI1\n# note\nhttps://youtu.be/AbCdEfGhIj2\nAbCdEfGhIj3_000010_000020\nAbCdEfGhIj4_000001_000002.mp4\n',
    );
    const { ids } = await readExclusionList(path);
    expect([...ids]).toEqual(['-AbCdEfGhI1', 'AbCdEfGhIj2', 'AbCdEfGhIj3', 'AbCdEfGhIj4']);
  });

  it('are read from any column of a table, where words of eleven letters are no ids', async () => {
    const path = file(
      'kinetics.csv',
      'label,youtube_id,time_start\nprogramming,AbCdEfGhIj5,3\nabseiling,AbCdEfGhIj6,4\n',
    );
    const { ids } = await readExclusionList(path);
    expect([...ids]).toEqual(['AbCdEfGhIj5', 'AbCdEfGhIj6']);
  });

  it('are read from the column that is named, whatever its ids look like', async () => {
    const path = file('own.csv', 'n,video\n1,video-17\n2,video-18\n');
    const { ids } = await readExclusionList(path, { column: 'video' });
    expect([...ids]).toEqual(['video-17', 'video-18']);
  });

  it('that hold no id are an error, not a list that excludes nothing', async () => {
    await expect(readExclusionList(file('no.csv', 'a,b\nx,y\n'))).rejects.toThrow('holds no id');
  });

  it('drop a video in every form of its address, and let others through', async () => {
    const items = [
      candidate('https://www.youtube.com/watch?v=AbCdEfGhIj7&t=1'),
      candidate('https://www.youtube.com/shorts/AbCdEfGhIj7'),
      candidate('https://cdn.example/x.mp4', { siteId: 'AbCdEfGhIj7' }),
      candidate('/data/AbCdEfGhIj7.mkv'),
      candidate('/data/fetched.mp4', { page: { siteId: 'AbCdEfGhIj7' } }),
      candidate('/data/AbCdEfGhIj7_000001_000010.mp4'),
      candidate('https://youtu.be/AbCdEfGhIj8'),
      candidate('https://cdn.example/AbCdEfGhIj7-not.mp4'),
    ];
    const stage = excludeListed(exclusionList(['AbCdEfGhIj7']));
    const { outputs, dropped } = await runStage(stage as never, items as never[]);
    expect((outputs as { url: string }[]).map(({ url }) => url)).toEqual(
      items.slice(6).map(({ url }) => url),
    );
    expect(new Set(dropped.map(({ reason }) => reason))).toEqual(new Set(['listed']));
  });

  it('change the fingerprint of the stage with every id, not with their order', () => {
    const config = (ids: string[]): unknown => excludeListed(exclusionList(ids)).config;
    expect(config(['AbCdEfGhIj7', 'AbCdEfGhIj8'])).toEqual(
      config(['https://youtu.be/AbCdEfGhIj8', 'AbCdEfGhIj7']),
    );
    expect(config(['AbCdEfGhIj7'])).not.toEqual(config(['AbCdEfGhIj8']));
  });
});
