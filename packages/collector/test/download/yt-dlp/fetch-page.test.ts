import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ToolkitError } from '@internvid/core';
import { ffmpegFrameReader } from '@internvid/core/media';
import { memoryStore, runStage, type StageResult } from '@internvid/core/testing';
import type { VideoCandidate } from '../../../src/download/candidate.js';
import type { DownloadVideosOptions } from '../../../src/download/download-settings.js';
import { downloadVideos } from '../../../src/download/download-videos.js';
import { findYtDlp } from '../../../src/download/yt-dlp/find-yt-dlp.js';
import type { ProbedVideo } from '../../../src/probe.js';
import { drawVideo, temporaryFolder } from '../../drawn-video.js';
import { drip, hang, serve, status, unrulyServer } from '../unruly-server.js';

function hasYtDlp(): boolean {
  try {
    findYtDlp();
    return true;
  } catch (error) {
    if (ToolkitError.is(error)) return false;
    throw error;
  }
}

const isThere = hasYtDlp();
const describeWithYtDlp = isThere ? describe : describe.skip;
const title = `yt-dlp${isThere ? '' : ' (skipped: install it to test with it)'}`;

const temporary = temporaryFolder();
const server = await unrulyServer('127.0.0.1');
const forbidden = await unrulyServer('127.0.0.2');
const folder = join(temporary, 'files');
const store = memoryStore();

const drawn = join(temporary, 'two-seconds.mp4');
const cut = join(temporary, 'cut');

/** Two seconds as a file and as a playlist of segments. */
function draw(): void {
  drawVideo(drawn, [{ source: 'testsrc', frames: 50 }]);
  mkdirSync(cut);
  const segments = ['-c:v', 'libx264', '-g', '10', '-hls_time', '0.4', '-hls_playlist_type', 'vod'];
  execFileSync('ffmpeg', ['-v', 'error', '-i', drawn, ...segments, join(cut, 'list.m3u8')]);
}

/** Serves the playlist under a folder of the server. */
function servePlaylist(path: string): { url: string; segments: string[] } {
  const type = { 'content-type': 'application/vnd.apple.mpegurl' };
  const names = readdirSync(cut);
  for (const name of names) {
    const bytes = readFileSync(join(cut, name));
    server.on(`/${path}/${name}`, serve(bytes, name.endsWith('m3u8') ? type : {}));
  }
  const segments = names.filter((name) => name.endsWith('.ts'));
  return { url: server.url(`/${path}/list.m3u8`), segments };
}

/** Starting yt-dlp takes a second, so several are started at once. */
async function download(
  urls: string | readonly string[],
  more: Partial<DownloadVideosOptions> = {},
): Promise<StageResult<ProbedVideo>> {
  const stage = downloadVideos({
    ...{ folder, frames: ffmpegFrameReader(), allowPrivateAddresses: ['127.0.0.1'] },
    ...{ stallMs: 20_000, perHost: { concurrency: 4, requestsPerSecond: 1_000 } },
    retry: { perRun: 1, betweenRunsMs: 0 },
    ...more,
  });
  const candidates = [urls].flat().map((url): VideoCandidate => {
    return { id: new URL(url).pathname, url, via: 'yt-dlp', metadata: {} };
  });
  return runStage(stage, candidates, { store });
}

const reasons = ({ dropped, failed }: StageResult<ProbedVideo>): Record<string, string> =>
  Object.fromEntries([
    ...dropped.map(({ id, reason }) => [id, reason] as const),
    ...failed.map(({ id, code }) => [id, code] as const),
  ]);

describeWithYtDlp(title, () => {
  beforeAll(draw);

  it('fetches a playlist of segments, and finds it again', async () => {
    const { url } = servePlaylist('hls');
    const { outputs } = await download(url);
    expect(outputs[0]).toMatchObject({
      info: { durationMs: 2_000 },
      metadata: { url, page: { site: 'generic', title: 'list' }, download: { via: 'yt-dlp' } },
    });
    expect(outputs[0]!.info.video.frames).toBe(50);
    expect(readdirSync(folder)).toHaveLength(2);
    const asked = server.requests('/hls/list.m3u8');
    expect((await download(url)).outputs).toEqual(outputs);
    expect(server.requests('/hls/list.m3u8')).toBe(asked);
  });

  it('goes on with what came when a segment was missing, and never leaves it out', async () => {
    const { url, segments } = servePlaylist('holes');
    const missing = `/holes/${segments.at(-1)!}`;
    const bytes = readFileSync(join(cut, segments.at(-1)!));
    server.on(missing, status(500));
    const first = await download(url);
    expect(first.failed).toMatchObject([{ code: 'network' }]);
    server.on(missing, serve(bytes));
    const second = await download(url);
    expect(second.outputs[0]!.info.video.frames).toBe(50);
    expect(server.requests(`/holes/${segments[0]!}`)).toBe(1);
  });

  it('contacts no forbidden address: by redirect, by segment, by another protocol', async () => {
    const redirect = server.on('/to-inner', status(302, { location: forbidden.url('/a.mp4') }));
    const ftp = `ftp://127.0.0.2:${forbidden.port}/a.mp4`;
    const protocol = server.on('/to-ftp', status(302, { location: ftp }));
    const list = ['#EXTM3U', '#EXT-X-TARGETDURATION:1', '#EXTINF:1,', forbidden.url('/a.ts')];
    const type = { 'content-type': 'application/vnd.apple.mpegurl' };
    const body = [...list, '#EXT-X-ENDLIST', ''].join('\n');
    const segment = server.on('/inner.m3u8', status(200, type, body));
    // A live list, which yt-dlp hands to ffmpeg.
    const live = server.on('/live.m3u8', status(200, type, `${list.join('\n')}\n`));
    const direct = forbidden.url('/a.mp4');
    // Versions differ in whether they try a live list at all.
    const either = expect.stringMatching(/^(?:forbidden-address|live-stream)$/) as unknown;
    expect(reasons(await download([redirect, protocol, segment, live, direct]))).toEqual({
      '/to-inner': 'forbidden-address',
      '/to-ftp': 'bad-url',
      '/inner.m3u8': 'forbidden-address',
      '/live.m3u8': either,
      '/a.mp4': 'forbidden-address',
    });
    expect(forbidden.connections).toBe(0);
  });

  it('opens no file of this machine that a list names', async () => {
    const type = { 'content-type': 'application/vnd.apple.mpegurl' };
    const list = ['#EXTM3U', '#EXT-X-TARGETDURATION:2', '#EXTINF:2,', `file://${drawn}`, ''];
    const live = server.on('/local.m3u8', status(200, type, list.join('\n')));
    const { outputs } = await download(live);
    expect(outputs).toEqual([]);
  });

  it('is ended when it brings nothing, or next to nothing', async () => {
    const urls = [server.on('/silent.mp4', hang()), server.on('/drip.mp4', drip)];
    const ended = await download(urls, { stallMs: 1_500, minBytesPerSecond: 500 });
    expect(reasons(ended)).toEqual({ '/silent.mp4': 'timeout', '/drip.mp4': 'timeout' });
  });

  it('is ended when it brings too much, and told what a page means that is no video', async () => {
    const bytes = readFileSync(drawn);
    const html = { 'content-type': 'text/html' };
    const urls = [
      server.on('/large.mp4', serve(bytes)),
      server.on('/gone', status(404)),
      server.on('/page', status(200, html, '<!doctype html><p>Hello</p>')),
    ];
    expect(reasons(await download(urls, { maxBytesPerFile: 5_000 }))).toEqual({
      '/large.mp4': 'too-large',
      '/gone': 'gone',
      '/page': 'unsupported-site',
    });
    const { url } = servePlaylist('spent');
    expect(reasons(await download(url, { budget: { bytes: 5_000 } }))).toEqual({
      '/spent/list.m3u8': 'timeout',
    });
  });

  it('does not outlive an abort', async () => {
    const stop = new AbortController();
    const url = server.on('/endless.mp4', (...asked) => {
      void hang()(...asked);
      setTimeout(() => stop.abort(), 300);
    });
    const stage = downloadVideos({
      ...{ folder, frames: ffmpegFrameReader(), allowPrivateAddresses: ['127.0.0.1'] },
    });
    const candidate = { id: 'page', url, via: 'yt-dlp', metadata: {} } as const;
    const running = runStage(stage, [candidate], { signal: stop.signal });
    await expect(running).rejects.toThrow('aborted');
  });
});
