import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ToolkitError, type JsonObject, type MediaInfo, type Video } from '@internvid/core';
import {
  ffmpegFrameReader,
  ffmpegSubtitleReader,
  type SubtitleReader,
} from '@internvid/core/media';
import { runStage, type StageResult } from '@internvid/core/testing';
import {
  transcribeVideos,
  type TranscribeVideosOptions,
} from '../../src/speech/transcribe-videos.js';
import type { Transcriber } from '../../src/speech/transcriber.js';
import { transcriptsTable, type TranscriptLine } from '../../src/speech/transcript-lines.js';
import { describeWith, SHARED } from '../transformers/shared-models.js';

const srt = (text: string): string => `1\n00:00:01,000 --> 00:00:02,000\n${text}\n`;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'transcribe-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A video that is only a name, with files beside it. */
async function drawnVideo(
  name: string,
  files: Readonly<Record<string, string>> = {},
  rest: { readonly metadata?: JsonObject; readonly info?: Partial<MediaInfo> } = {},
): Promise<Video> {
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  const info = {
    durationMs: 10_000,
    audio: [{ stream: 1 }],
    subtitles: [],
    ...rest.info,
  } as unknown as MediaInfo;
  return { id: name, uri: join(folder, `${name}.mp4`), metadata: rest.metadata ?? {}, info };
}

const noTracks: SubtitleReader = { webVtt: () => Promise.reject(new Error('not asked for')) };
const listening: Transcriber = {
  producer: { name: 'whisper', version: '1', config: { model: 'drawn' } },
  transcribe: () =>
    Promise.resolve({
      language: 'de',
      words: [{ text: 'Hallo', startMs: 100, endMs: 400 }],
      rejected: [{ startMs: 500, endMs: 900, text: 'you', reason: 'no-speech' }],
      soundMs: 1_000,
      speechMs: 500,
    }),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

const run = (
  videos: readonly Video[],
  options: TranscribeVideosOptions,
): Promise<StageResult<TranscriptLine>> => runStage(transcribeVideos(options), videos);

describe('transcribeVideos', () => {
  it('takes written subtitles before automatic ones, and preferred languages before all', async () => {
    const video = await drawnVideo('choice', {
      'choice.de.srt': srt('geschrieben'),
      'choice.en.srt': srt('written'),
      'choice.fr.auto.vtt': `WEBVTT\n\n${srt('automatique')}`,
    });
    const said = async (languages: readonly string[]): Promise<unknown> =>
      (await run([video], { subtitles: noTracks, languages })).outputs[0];
    expect(await said([])).toMatchObject({
      text: 'geschrieben',
      language: 'de',
      source: 'subtitle-file',
      unit: 'cue',
    });
    expect(await said(['en'])).toMatchObject({ text: 'written' });
    expect(await said(['fr', 'en'])).toMatchObject({
      text: 'automatique',
      by: { config: { isAutomatic: true } },
    });
  });

  it('knows the subtitles that were fetched with a video, and no file outside its folder', async () => {
    const subtitles = [
      { fileName: '../stolen.srt', language: 'en', isAutomatic: false },
      { fileName: 'fetched-sub.vtt', language: 'en-US', isAutomatic: true },
    ];
    const video = await drawnVideo(
      'fetched',
      { 'fetched-sub.vtt': `WEBVTT\n\n${srt('from the site')}` },
      { metadata: { download: { subtitles } } },
    );
    const { outputs } = await run([video], { subtitles: noTracks });
    expect(outputs).toMatchObject([{ text: 'from the site', language: 'en-US' }]);
  });

  it('says what it could not read, and takes the next best', async () => {
    const video = await drawnVideo('broken', { 'broken.de.srt': '<html>' });
    await writeFile(join(folder, 'broken.en.srt'), Buffer.from(srt('café'), 'latin1'));
    const { outputs, warned } = await run([video], { subtitles: noTracks });
    expect(outputs).toMatchObject([{ text: 'café', by: { config: { encoding: 'windows-1252' } } }]);
    expect(warned.map(({ warning }) => warning)).toEqual([
      'subtitles-unreadable',
      'guessed-encoding',
    ]);
  });

  it('listens where there are no subtitles, and not where there is no sound', async () => {
    const videos = [
      await drawnVideo('heard'),
      await drawnVideo('mute', {}, { info: { audio: [] } }),
    ];
    const { outputs, warned } = await run(videos, { subtitles: noTracks, transcriber: listening });
    expect(outputs).toEqual([
      {
        video: 'heard',
        text: 'Hallo',
        startMs: 100,
        endMs: 400,
        unit: 'word',
        language: 'de',
        source: 'whisper',
        by: listening.producer,
      },
    ]);
    expect(warned).toEqual([{ id: 'heard', warning: 'invented-speech' }]);
  });

  it('warns of a video without subtitles where nobody listens', async () => {
    const { outputs, warned } = await run([await drawnVideo('alone')], { subtitles: noTracks });
    expect(outputs).toEqual([]);
    expect(warned).toEqual([{ id: 'alone', warning: 'no-subtitles' }]);
  });

  it('fails a video that cannot be listened to, and goes on', async () => {
    const failing: Transcriber = {
      ...listening,
      transcribe: (uri, signal) =>
        uri.endsWith('bad.mp4')
          ? Promise.reject(new ToolkitError('decode-failed', 'no sound'))
          : listening.transcribe(uri, signal),
    };
    const { outputs, failed } = await run([await drawnVideo('bad'), await drawnVideo('good')], {
      transcriber: failing,
    });
    expect(outputs).toHaveLength(1);
    expect(failed).toEqual([{ id: 'bad', code: 'decode-failed' }]);
  });

  it('leaves out what is said after the video ends', async () => {
    const text = `${srt('inside')}\n2\n00:00:09,000 --> 00:00:12,000\nover the end\n\n3\n00:00:30,000 --> 00:00:31,000\noutside\n`;
    const { outputs } = await run([await drawnVideo('long', { 'long.srt': text })], {
      subtitles: noTracks,
    });
    expect(outputs).toMatchObject([{ text: 'inside' }, { text: 'over the end', endMs: 10_000 }]);
  });

  it('needs something to read or to listen with', () => {
    expect(() => transcribeVideos({})).toThrow(TypeError);
  });
});

describe('transcriptsTable', () => {
  it('gives back what was put in', async () => {
    const { outputs } = await run([await drawnVideo('row')], { transcriber: listening });
    const [line] = outputs;
    const cells = Object.fromEntries(
      transcriptsTable.columns.map(({ name, cell }) => [name, cell(line!)]),
    );
    expect(transcriptsTable.fromCells(cells)).toEqual(line);
  });
});

describeWith('media/webb_telescope_narrated_multitrack.mp4', 'subtitles inside a video', () => {
  it('are the published ones, with their times', async () => {
    const path = join(folder, 'webb.mp4');
    await copyFile(join(SHARED, 'media/webb_telescope_narrated_multitrack.mp4'), path);
    const info = await ffmpegFrameReader().probe(path);
    const video: Video = { id: 'webb', uri: path, info, metadata: {} };
    const inside = await run([video], { subtitles: ffmpegSubtitleReader() });
    await copyFile(join(SHARED, 'media/truth/webb_telescope.srt'), join(folder, 'webb.srt'));
    const beside = await run([{ ...video, info: { ...info, subtitles: [] } }], {
      subtitles: noTracks,
    });
    const plain = (outputs: readonly unknown[]): unknown =>
      (outputs as { text: string; startMs: number; endMs: number }[]).map(
        ({ text, startMs, endMs }) => [text, startMs, endMs],
      );
    expect(inside.outputs).toHaveLength(4);
    expect(inside.outputs[0]).toMatchObject({ source: 'subtitle-track', language: 'en' });
    expect(plain(inside.outputs)).toEqual(plain(beside.outputs));
  });
});
