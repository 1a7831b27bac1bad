import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { fileStore, readTable, sha256, tableKey, videosTable, type Video } from '@internvid/core';
import type { VideoCandidate } from '../../src/download/candidate.js';
import { temporaryFolder } from '../drawn-video.js';
import { distinctVideos } from './candidates.js';
import { collect, type Order } from './collect.js';
import { rangeOf, serve, unrulyServer } from './unruly-server.js';

const temporary = temporaryFolder();
const videoOf = distinctVideos(temporary);
const server = await unrulyServer();
const COUNT = 6;

function orderFor(name: string): Order {
  const dataset = join(temporary, name);
  const candidates = Array.from({ length: COUNT }, (_, index): VideoCandidate => {
    const url = server.on(`/${name}/${index}.mp4`, serve(videoOf(index)));
    return { id: `${name} ${index}`, url, via: 'http', metadata: {} };
  });
  return { dataset, folder: join(dataset, 'files'), candidates };
}

function startProcess(order: Order): ChildProcess {
  const program = fileURLToPath(new URL('collect.ts', import.meta.url));
  const flags = ['--conditions=source', '--import', 'tsx', program];
  return spawn(process.execPath, [...flags, JSON.stringify(order)], { stdio: 'inherit' });
}

const requests = (name: string): number[] =>
  Array.from({ length: COUNT }, (_, index) => server.requests(`/${name}/${index}.mp4`));

function contentsOf(folder: string): string[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.mp4'));
  return files.map((name) => sha256(readFileSync(join(folder, name)))).sort();
}

/** Waits until so many videos are in their place and a file of so many bytes is in the making. */
async function lies(
  folder: string,
  wanted: { videos: number; partialBytes: number },
): Promise<void> {
  for (;;) {
    const names = readdirSync(folder);
    const partial = names.filter((name) => name.endsWith('.part'));
    const isThere = partial.some(
      (name) => statSync(join(folder, name)).size === wanted.partialBytes,
    );
    if (isThere && names.filter((name) => name.endsWith('.mp4')).length >= wanted.videos) return;
    await sleep(20);
  }
}

const drawn = Array.from({ length: COUNT }, (_, index) => sha256(videoOf(index))).sort();

async function videosIn(dataset: string, fingerprint: string): Promise<Video[]> {
  const videos: Video[] = [];
  for (const shard of ['shard-0000', 'shard-0003']) {
    const key = tableKey('videos', fingerprint, shard);
    for await (const video of readTable(fileStore(dataset), key, videosTable)) videos.push(video);
  }
  return videos;
}

describe('downloading in processes', () => {
  it('loses nothing when it is killed in the middle of a file', async () => {
    const order = orderFor('killed');
    const resumedFrom: (number | undefined)[] = [];
    const half = new Promise<void>((resolve) => {
      server.on('/killed/4.mp4', (request, response, earlier) => {
        const bytes = videoOf(4);
        resumedFrom.push(rangeOf(request, '"one"'));
        if (earlier > 0) return serve(bytes)(request, response, earlier);
        response.writeHead(200, { 'content-length': bytes.length, etag: '"one"' });
        response.write(bytes.subarray(0, 8_000), () => resolve());
      });
    });
    const child = startProcess(order);
    const gone = once(child, 'exit');
    await half;
    await lies(order.folder, { videos: 4, partialBytes: 8_000 });
    child.kill('SIGKILL');
    await gone;
    const before = requests('killed');

    const report = await collect(order);
    expect(report.totals.stages.at(-1)).toMatchObject({ in: COUNT, kept: COUNT });
    expect(contentsOf(order.folder)).toEqual(drawn);
    expect(resumedFrom).toEqual([undefined, 8_000]);
    // What had been fetched is not fetched again: only files 4 and, should it not have been finished, 5.
    expect(requests('killed').slice(0, 4)).toEqual(before.slice(0, 4));
    expect(before.slice(0, 4)).toEqual([1, 1, 1, 1]);
    const left = readdirSync(order.folder).filter((name) => !/\.(?:mp4|json)$/.test(name));
    expect(left).toEqual([]);
    expect(await videosIn(order.dataset, report.fingerprint)).toHaveLength(COUNT);
  });

  it('fetches each file once when two processes work on one dataset', async () => {
    const order = orderFor('shared');
    const child = startProcess(order);
    const [report, ending] = await Promise.all([collect(order), once(child, 'exit')]);
    expect(ending).toEqual([0, null]);
    expect(report.totals.stages.at(-1)).toMatchObject({ in: COUNT, kept: COUNT });
    expect(requests('shared')).toEqual(Array(COUNT).fill(1));
    expect(contentsOf(order.folder)).toEqual(drawn);
  });
});
