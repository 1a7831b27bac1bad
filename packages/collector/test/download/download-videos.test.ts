import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { sha256 } from '@internvid/core';
import { ffmpegFrameReader } from '@internvid/core/media';
import { memoryStore, runStage } from '@internvid/core/testing';
import type { VideoCandidate } from '../../src/download/candidate.js';
import type { DownloadVideosOptions } from '../../src/download/download-settings.js';
import { downloadVideos } from '../../src/download/download-videos.js';
import { temporaryFolder } from '../drawn-video.js';
import { distinctVideos } from './candidates.js';
import { breakOff, serve, status, unrulyServer } from './unruly-server.js';

const temporary = temporaryFolder();
const videoOf = distinctVideos(temporary);
const server = await unrulyServer();
const frames = ffmpegFrameReader();

const folder = join(temporary, 'files');

function settings(more: Partial<DownloadVideosOptions> = {}): DownloadVideosOptions {
  return {
    ...{ folder, frames, allowPrivateAddresses: ['127.0.0.1'], stallMs: 5_000 },
    perHost: { requestsPerSecond: 1_000 },
    retry: { backOffMs: 10, betweenRunsMs: 0 },
    ...more,
  };
}

const candidate = (url: string, more: Partial<VideoCandidate> = {}): VideoCandidate => ({
  ...{ id: 'A film', url, via: 'http', metadata: { title: 'T' } },
  ...more,
});

describe('downloading videos', () => {
  it('hands on a probed video with what is known of it, under an id from its content', async () => {
    const bytes = videoOf(1);
    const url = server.on('/film.mov', serve(bytes));
    const subtitle = {
      url: server.on('/film.srt', status(200, {}, '1\n')),
      language: 'de',
      isAutomatic: false,
    };
    const spans = [{ startMs: 0, endMs: 500 }];
    const wanted = candidate(url, { license: 'CC-BY-4.0', spans, subtitles: [subtitle] });
    const { outputs } = await runStage(downloadVideos(settings()), [wanted]);
    const [video] = outputs;
    const fileName = basename(video!.uri);
    expect(video).toMatchObject({
      id: `a-film-${sha256(bytes).slice(0, 12)}`,
      license: 'CC-BY-4.0',
      info: { durationMs: 1_000 },
      metadata: {
        ...{ title: 'T', url, spans },
        download: { candidate: 'A film', via: 'http', bytes: bytes.length, sha256: sha256(bytes) },
      },
    });
    expect(fileName).toMatch(/^a-film-[0-9a-f]{12}\.mov$/);
    expect(readFileSync(video!.uri).equals(bytes)).toBe(true);
    const name = fileName.replace('.mov', '.de.srt');
    expect(video!.metadata.download).toMatchObject({
      subtitles: [{ fileName: name, language: 'de', isAutomatic: false }],
    });
    expect(readFileSync(join(folder, name), 'utf8')).toBe('1\n');
  });

  it('keeps whatever an id, a URL or a language tag holds inside its folder', async () => {
    const url = server.on('/nasty.mp4', serve(videoOf(2)));
    const language = '../../../../escaped';
    const subtitles = [
      { url: server.on('/s.vtt', status(200, {}, 'x')), language, isAutomatic: true },
    ];
    const wanted = candidate(`${url}?file=../../x;rm -rf $HOME`, {
      ...{ id: '../../--exec=/etc/ünï "🎬" $(id)\0', subtitles },
    });
    const { outputs } = await runStage(downloadVideos(settings()), [wanted]);
    expect(outputs[0]!.uri.startsWith(`${folder}/`)).toBe(true);
    expect(basename(outputs[0]!.uri)).toMatch(/^exec-etc-uni-id-[0-9a-f]{12}\.mp4$/);
    expect(readdirSync(temporary).sort()).toEqual(['files', 'second.mp4']);
  });

  it('finds the file of an earlier run, and fetches it again when it is no longer what it was', async () => {
    const url = server.on('/again.mp4', serve(videoOf(3)));
    const run = async () =>
      (await runStage(downloadVideos(settings()), [candidate(url)])).outputs[0]!;
    const first = await run();
    expect(await run()).toEqual(first);
    expect(server.requests('/again.mp4')).toBe(1);
    writeFileSync(first.uri, Buffer.alloc(videoOf(3).length, 'x'));
    expect(await run()).toEqual(first);
    expect(server.requests('/again.mp4')).toBe(2);
  });

  it('waits as long as a server asks, and then goes on', async () => {
    const url = server.on('/busy.mp4', (request, response, earlier) => {
      if (earlier > 0) return serve(videoOf(4))(request, response, earlier);
      response.writeHead(429, { 'retry-after': '1' }).end();
    });
    const started = performance.now();
    const { outputs } = await runStage(downloadVideos(settings()), [candidate(url)]);
    expect(outputs).toHaveLength(1);
    expect(performance.now() - started).toBeGreaterThan(990);
  });

  it('leaves a server alone that asks for more time than a run waits, also with its other URLs', async () => {
    const later = new Date(Date.now() + 7_200_000).toUTCString();
    const paths = ['/rest-1.mp4', '/rest-2.mp4'];
    const urls = paths.map((path) => server.on(path, status(503, { 'retry-after': later })));
    const requests = (): readonly number[] => paths.map((path) => server.requests(path));
    const store = memoryStore();
    const perHost = { concurrency: 1, requestsPerSecond: 1_000 };
    const stage = downloadVideos(settings({ perHost }));
    const { failed } = await runStage(
      stage,
      urls.map((url) => candidate(url)),
      { store },
    );
    expect(failed.map(({ code }) => code)).toEqual(['network', 'network']);
    // One of them was asked for, whichever came first.
    const asked = requests();
    expect(asked.toSorted()).toEqual([0, 1]);
    // The next run leaves it alone, too: the book says when.
    const first = candidate(urls[asked.indexOf(1)]!);
    await runStage(downloadVideos(settings()), [first], { store });
    expect(requests()).toEqual(asked);
  });

  it('fetches anew what a server without lengths broke off, and what it wrongly pieced together', async () => {
    const bytes = videoOf(9);
    const half = bytes.subarray(0, 8_000);
    const lengthless = server.on('/lengthless.mp4', (request, response, earlier) => {
      const sent = earlier === 0 ? half : bytes;
      request.socket.end(Buffer.concat([Buffer.from('HTTP/1.0 200 OK\r\n\r\n'), sent]));
    });
    const pieced = server.on('/pieced.mp4', (request, response, earlier) => {
      if (earlier > 0) return serve(bytes)(request, response, earlier);
      return breakOff(Buffer.alloc(bytes.length, 'noise'), 8_000)(request, response, earlier);
    });
    const candidates = [lengthless, pieced].map((url) => candidate(url));
    const { outputs } = await runStage(downloadVideos(settings()), candidates);
    for (const { uri } of outputs) expect(readFileSync(uri).equals(bytes)).toBe(true);
    expect(outputs).toHaveLength(2);
    expect([server.requests('/lengthless.mp4'), server.requests('/pieced.mp4')]).toEqual([2, 3]);
  });

  it('drops a sound file, whole as it is, and does not ask for it again', async () => {
    const sound = join(temporary, 'sound.m4a');
    const tone = ['-f', 'lavfi', '-i', 'sine=duration=1', '-c:a', 'aac'];
    execFileSync('ffmpeg', ['-v', 'error', ...tone, sound]);
    const url = server.on('/sound.mp4', serve(readFileSync(sound)));
    const store = memoryStore();
    for (const _ of [1, 2]) {
      const { dropped } = await runStage(downloadVideos(settings()), [candidate(url)], { store });
      expect(dropped).toMatchObject([{ reason: 'no-video-track' }]);
    }
    expect(server.requests('/sound.mp4')).toBe(1);
  });

  it('ends cleanly at its budget: what is left is for the next run', async () => {
    const urls = [5, 6, 7].map((index) => server.on(`/budget-${index}.mp4`, serve(videoOf(index))));
    const candidates = urls.map((url, index) => candidate(url, { id: `b${index}` }));
    const budget = { bytes: videoOf(5).length + 5_000 };
    const store = memoryStore();
    const limited = downloadVideos(settings({ budget, concurrency: 1 }));
    const first = await runStage(limited, candidates, { store });
    expect(first.outputs).toHaveLength(1);
    expect(first.failed.map(({ code }) => code)).toEqual(['timeout', 'timeout']);
    const second = await runStage(downloadVideos(settings()), candidates, { store });
    expect(second.outputs).toHaveLength(3);
    expect(server.requests('/budget-5.mp4')).toBe(1);
  });

  it('says how far each download is, and stops when it is told to', async () => {
    const stop = new AbortController();
    const url = server.on('/stop.mp4', (_, response) => {
      response.writeHead(200, { 'content-length': videoOf(8).length, etag: '"one"' });
      response.write(videoOf(8).subarray(0, 9_000), () => stop.abort());
    });
    const running = runStage(downloadVideos(settings()), [candidate(url)], { signal: stop.signal });
    await expect(running).rejects.toThrow('aborted');
    server.on('/stop.mp4', serve(videoOf(8)));
    const { outputs } = await runStage(downloadVideos(settings()), [candidate(url)]);
    expect(outputs).toHaveLength(1);
  });

  it('refuses at the door what cannot be meant', () => {
    expect(() => downloadVideos(settings({ folder: 'here' }))).toThrow('options.folder');
    expect(() => downloadVideos(settings({ maxBytesPerFile: 0 }))).toThrow('maxBytesPerFile');
    expect(() => downloadVideos(settings({ retry: { ever: 0 } }))).toThrow('retry.ever');
    const ytDlp = { subtitleLanguages: ['--exec'] };
    expect(() => downloadVideos(settings({ ytDlp }))).toThrow('BCP 47');
    expect(() => downloadVideos(settings({ allowPrivateAddresses: ['x'] }))).toThrow('network');
  });
});
