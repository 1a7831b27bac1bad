import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  fileStore,
  from,
  localExecutor,
  step,
  tableSink,
  videosTable,
  type RunReport,
} from '@internvid/core';
import { ffmpegFrameReader } from '@internvid/core/media';
import type { VideoCandidate } from '../../src/download/candidate.js';
import { downloadVideos } from '../../src/download/download-videos.js';
import { countDownloadProblems } from '../../src/download/retry-book.js';
import { temporaryFolder } from '../drawn-video.js';
import { candidateSource } from './candidate-source.js';
import { distinctVideos, probingOncePerDrawing } from './candidates.js';
import { breakOff, drip, hang, serve, status, unrulyServer, type Route } from './unruly-server.js';

const temporary = temporaryFolder();
const videoOf = distinctVideos(temporary);
const server = await unrulyServer('127.0.0.1');
const forbidden = await unrulyServer('127.0.0.2');
const frames = probingOncePerDrawing(ffmpegFrameReader());

const PAGE = '<!doctype html><title>Not found</title>';

/** Ten ways to misbehave, and what each must be called. */
const WAYS: readonly (readonly [problem: string, mayPass: boolean, route: Route])[] = [
  ['gone', false, status(404)],
  ['private', false, status(403)],
  ['geo-blocked', false, status(451)],
  ['not-a-video', false, status(200, { 'content-type': 'text/html' }, PAGE)],
  ['forbidden-address', false, status(302, { location: forbidden.url('/secret.mp4') })],
  ['malformed', false, serve(Buffer.alloc(20_000, 'noise'))],
  ['throttled', true, status(429, { 'retry-after': '0' })],
  ['network', true, breakOff(videoOf(0), 5_000)],
  ['stalled', true, hang(videoOf(0).subarray(0, 2_000))],
  ['stalled', true, drip],
];
const COUNT = 200;
const BAD = 40;

/** Every fifth URL misbehaves, each way in turn. */
const urls = Array.from({ length: COUNT }, (_, index) => {
  const way = index % (COUNT / BAD) === 0 ? WAYS[(index / 5) % WAYS.length]! : undefined;
  const path = `/${index}.mp4`;
  return { index, path, way, url: server.on(path, way?.[2] ?? serve(videoOf(index))) };
});
const candidates = urls.map(({ index, url }): VideoCandidate => ({
  id: `video ${index}`,
  url,
  via: 'http',
  metadata: { index },
}));

const dataset = join(temporary, 'dataset');
const folder = join(dataset, 'downloads', 'files');

async function run(): Promise<RunReport> {
  const stage = downloadVideos({
    ...{ folder, frames, concurrency: 4, allowPrivateAddresses: ['127.0.0.1'] },
    ...{ stallMs: 800, minBytesPerSecond: 500 },
    perHost: { concurrency: 16, requestsPerSecond: 1_000 },
    retry: { perRun: 2, ever: 4, backOffMs: 10, betweenRunsMs: 0 },
  });
  const collect = step(
    'collect',
    from(candidateSource(candidates, 20)).through(stage),
    tableSink(videosTable),
  );
  return localExecutor({ concurrency: 2 }).run(collect, { store: fileStore(dataset) });
}

const requestsOf = (): number[] => urls.map(({ path }) => server.requests(path));
const sum = (counts: readonly number[]): number =>
  counts.reduce((total, count) => total + count, 0);
const expected = (mayPass: boolean): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { way } of urls) if (way?.[1] === mayPass) counts[way[0]] = (counts[way[0]] ?? 0) + 1;
  return counts;
};

describe('a collection of 200 URLs of which 40 misbehave in ten ways', () => {
  it('accounts for every one, retries only what may pass, and gives that up in the end', async () => {
    const first = await run();
    const stage = first.totals.stages.find((count) => count.stage === 'download-videos')!;
    const { malformed, ...dropped } = expected(false);
    expect(stage).toMatchObject({ in: COUNT, kept: COUNT - BAD, dropped });
    expect(stage.failed).toEqual({ unreadable: malformed, network: 8, timeout: 8 });
    expect(first.totals.retryable).toBe(16);
    expect(await countDownloadProblems(fileStore(dataset))).toEqual({
      settled: expected(false),
      waiting: expected(true),
    });
    const afterFirst = requestsOf();
    urls.forEach(({ way }, index) => expect(afterFirst[index]).toBe(way?.[1] === true ? 2 : 1));

    const second = await run();
    expect(second.totals.stages).toEqual(first.totals.stages);
    const afterSecond = requestsOf();
    urls.forEach(({ way }, index) => {
      expect(afterSecond[index]! - afterFirst[index]!).toBe(way?.[1] === true ? 2 : 0);
    });

    // Four tries have been made, and that was all: nothing is tried for ever.
    expect(second.totals.retryable).toBe(0);
    const third = await run();
    expect(third.ran).toBe(0);
    expect(sum(requestsOf())).toBe(sum(afterSecond));
    const { waiting } = await countDownloadProblems(fileStore(dataset));
    expect(waiting).toEqual({});

    expect(forbidden.connections).toBe(0);
    const left = readdirSync(folder).filter((name) => !/\.(?:mp4|json)$/.test(name));
    expect(left).toEqual([]);
    expect(readdirSync(folder).length).toBe(2 * (COUNT - BAD));
  });
});
