import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { transcriptsTable, type TranscriptLine } from '@internvid/captioner';
import { fileStore, readManifest, readStepTable } from '@internvid/core';
import { findFfmpeg } from '@internvid/core/media';
import { beforeAll, describe, expect, it } from '@jest/globals';

import { internvid } from './internvid.js';
import { drawSmallFilms } from './small-films.js';

const shared = (path: string): string =>
  fileURLToPath(new URL(`../../../../shared/${path}`, import.meta.url));
const WHISPER = shared('models/whisper-tiny.en');
const CAPTIONS = shared('golden/tiny-models/tiny-vit-gpt2');
const SPEECH = shared('media/librivox_sense_and_sensibility_0870.wav');

const srt = (...lines: readonly string[]): string =>
  lines.map((line, at) => `${at + 1}\n00:00:0${at},100 --> 00:00:0${at},900\n${line}\n`).join('\n');

async function linesOf(dataset: string): Promise<readonly TranscriptLine[]> {
  const store = fileStore(dataset);
  const { steps } = await readManifest(store);
  const step = { name: 'transcribe', fingerprint: steps['transcribe']?.fingerprint ?? '' };
  const lines: TranscriptLine[] = [];
  for await (const line of readStepTable(store, step, transcriptsTable)) lines.push(line);
  return lines;
}

describe('internvid transcribe', () => {
  let folder: string;
  let dataset: string;
  beforeAll(async () => {
    const films = await drawSmallFilms(2);
    folder = await mkdtemp(join(tmpdir(), 'internvid-cli-'));
    for (const name of ['film 0.mp4', 'film 1.mp4'])
      await rename(join(films, name), join(folder, name));
    await writeFile(join(folder, 'film 0.en.srt'), srt('A red circle', 'moves to the right.'));
    dataset = join(folder, 'dataset');
  });

  it('writes down what subtitles say, and counts those that have none', async () => {
    const run = await internvid([
      'run',
      folder,
      '--out',
      dataset,
      '--transcribe',
      'subtitles',
      '--filters',
      'none',
    ]);
    expect(run).toMatchObject({ code: 0 });
    expect(await linesOf(dataset)).toMatchObject([
      { text: 'A red circle', startMs: 100, unit: 'cue', language: 'en', source: 'subtitle-file' },
      { text: 'moves to the right.', startMs: 1_100 },
    ]);
    const status = await internvid(['status', dataset, '--json']);
    const { steps } = JSON.parse(status.out) as { steps: { step: string; warnings: object }[] };
    expect(steps.find(({ step }) => step === 'transcribe')?.warnings).toEqual({
      'no-subtitles': 1,
    });
    expect(await internvid(['validate', dataset])).toMatchObject({ code: 0 });
  });

  it('puts what is said into documents, every word once', async () => {
    const made = await internvid([
      'generate',
      'interleaved',
      dataset,
      '--form',
      'transcripts',
      '--name',
      'said',
    ]);
    expect(made).toMatchObject({ code: 0 });
    const text = await readFile(join(dataset, 'generated/said/said.jsonl'), 'utf8');
    const said = text
      .trim()
      .split('\n')
      .flatMap((line) => (JSON.parse(line) as { items: { of?: string; text?: string }[] }).items)
      .filter(({ of }) => of === 'transcript');
    expect(said.map((item) => item.text).join(' ')).toBe('A red circle moves to the right.');
  });

  it('says what is missing where Whisper is asked for without a model', async () => {
    const { code, err } = await internvid(['transcribe', dataset, '--transcribe', 'whisper']);
    expect(code).toBe(2);
    expect(err).toContain('--whisper FOLDER');
    const none = await internvid(['transcribe', dataset, '--whisper', join(folder, 'no-model')]);
    expect(none.code).toBe(1);
    expect(none.err).toContain('no-model');
  });
});

const describeWithWhisper = existsSync(WHISPER) ? describe : describe.skip;
describeWithWhisper('internvid transcribe with Whisper (needs ../shared/models)', () => {
  it('listens to what has no subtitles', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'internvid-cli-'));
    const video = join(folder, 'spoken.mp4');
    const picture = ['-f', 'lavfi', '-i', 'testsrc=size=160x90:rate=10:duration=7'];
    const drawn = spawnSync(findFfmpeg('ffmpeg').path, [
      ...['-v', 'error', ...picture, '-i', SPEECH, '-shortest', '-pix_fmt', 'yuv420p', video],
    ]);
    expect(drawn.status).toBe(0);
    const dataset = join(folder, 'dataset');
    expect(await internvid(['collect', video, '--out', dataset])).toMatchObject({ code: 0 });
    const made = await internvid([
      'transcribe',
      dataset,
      '--transcribe',
      'auto',
      '--whisper',
      WHISPER,
    ]);
    expect(made).toMatchObject({ code: 0 });
    const lines = await linesOf(dataset);
    expect(lines.map(({ text }) => text).join(' ')).toMatch(
      /^And Mr\. John Dashwood .* do for them\.$/,
    );
    expect(lines[0]).toMatchObject({ unit: 'word', language: 'en', source: 'whisper' });
  });
});

const describeWithTiny = existsSync(CAPTIONS) ? describe : describe.skip;
describeWithTiny('a captioner of transformers.js in the config (needs ../shared/golden)', () => {
  it('captions the clips, and every caption is bound to its frames', async () => {
    const films = await drawSmallFilms(1);
    const config = join(films, 'c.json');
    const captioner = { name: 'image-to-text', model: CAPTIONS };
    await writeFile(config, JSON.stringify({ split: { filters: 'none' }, caption: { captioner } }));
    const dataset = join(films, 'dataset');
    const run = await internvid(['run', films, '--out', dataset, '--config', config]);
    expect(run).toMatchObject({ code: 0 });
    expect(await internvid(['validate', dataset])).toMatchObject({ code: 0 });
  });
});
