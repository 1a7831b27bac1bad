import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ffmpegAudioReader } from '@internvid/core/media';
import type { Transcriber, Transcript } from '../../src/speech/transcriber.js';
import { whisperTranscriber } from '../../src/speech/whisper-transcriber.js';
import { describeWith, SHARED, sharedJson } from '../transformers/shared-models.js';

const signal = new AbortController().signal;
const MODEL = join(SHARED, 'models/whisper-tiny.en');
const MEDIA = join(SHARED, 'media');
const media = (file: string): string => join(MEDIA, file);
const text = ({ words }: Transcript): string => words.map((word) => word.text).join(' ');

type Expected = { segments: { file: string; text: string }[] };
type TimedWord = { word: string; start: number; end: number };

/** Words as the model's own table counts them: lower case, no marks, hyphens split, "Mr." is "mister". */
function plain(said: string): readonly string[] {
  const spelt = said
    .toLowerCase()
    .replace(/\bmr\./g, 'mister')
    .replaceAll('-', ' ');
  return spelt
    .replace(/[^a-z0-9\s]/g, '')
    .split(/\s+/)
    .filter((word) => word !== '');
}

function errors(reference: readonly string[], heard: readonly string[]): number {
  let row = Array.from({ length: heard.length + 1 }, (_, at) => at);
  for (const [at, word] of reference.entries()) {
    const next = [at + 1];
    for (let to = 1; to <= heard.length; to++)
      next.push(
        Math.min(row[to]! + 1, next[to - 1]! + 1, row[to - 1]! + Number(word !== heard[to - 1])),
      );
    row = next;
  }
  return row.at(-1)!;
}

describeWith('models/whisper-tiny.en', 'whisperTranscriber', () => {
  let transcriber: Transcriber;
  const heard = new Map<string, Transcript>();
  const listen = async (file: string): Promise<Transcript> => {
    const known = heard.get(file) ?? (await transcriber.transcribe(media(file), signal));
    heard.set(file, known);
    return known;
  };
  beforeAll(async () => {
    transcriber = await whisperTranscriber({ model: MODEL, audio: ffmpegAudioReader() });
  });
  afterAll(async () => {
    await transcriber[Symbol.asyncDispose]();
  });

  it('says which model and which gate made its words', () => {
    expect(transcriber.producer).toMatchObject({
      name: 'whisper',
      config: { model: 'whisper-tiny.en', dtype: 'q8', gate: expect.stringContaining('silero') },
    });
  });

  it.each([
    ['librivox_sense_and_sensibility_0870.wav', 0],
    // The last cue begins after the sound ends (7 words), and "cleanrooms" is heard as two.
    ['webb_telescope_narrated_multitrack.mp4', 9],
    // The model alone, with pieces merged by transformers.js, has 9 of 208.
    ['manifesto_audiobook_88s_static.mp4', 12],
  ])('hears %s with at most %i wrong words', async (file, most) => {
    const { transcripts } = sharedJson('media/truth/transcripts.json') as {
      transcripts: { file: string; text?: string; text_file?: string }[];
    };
    const truth = transcripts.find((entry) => entry.file === file)!;
    const reference = truth.text ?? readFileSync(join(MEDIA, 'truth', truth.text_file!), 'utf8');
    const transcript = await listen(file);
    expect(transcript.language).toBe('en');
    expect(errors(plain(reference), plain(text(transcript)))).toBeLessThanOrEqual(most);
  });

  it.each([
    'librivox_sense_and_sensibility_0870.wav',
    'webb_telescope_narrated_multitrack.mp4',
    'slides_talk_122s_1080p.mp4',
  ])(
    'hears %s as the published run of the same model does, but for one word in ten',
    async (file) => {
      const { segments } = sharedJson('models/whisper-tiny.en/expected.json') as Expected;
      const published = plain(segments.find((segment) => segment.file === file)!.text);
      // Pieces end elsewhere, so words at their edges may differ; the published run has errors of its own at its joins.
      const different = errors(published, plain(text(await listen(file))));
      expect(different / published.length).toBeLessThan(0.1);
    },
  );

  it('finds the words of a talk and of a countdown', async () => {
    expect(text(await listen('slides_talk_122s_1080p.mp4')).toLowerCase()).toMatch(
      /common crawl.*data.*community/s,
    );
    expect(text(await listen('rocket_launch_2shots_vp8.webm')).toLowerCase()).toMatch(
      /(?:three|3), (?:two|2), (?:one|1)\. lift ?off/,
    );
  });

  it('times words to a sixth of a second at the median and half a second at worst in ten', async () => {
    const truth = (
      sharedJson('media/truth/manifesto_words.json') as { words: TimedWord[] }[]
    ).flatMap((part) => part.words);
    const { words } = await listen('manifesto_audiobook_88s_static.mp4');
    const off: number[] = [];
    let from = 0;
    for (const { text: word, startMs } of words) {
      const at = truth
        .slice(from, from + 8)
        .findIndex((other) => plain(other.word).join() === plain(word).join());
      if (at < 0) continue;
      off.push(Math.abs(startMs - truth[from + at]!.start * 1000));
      from += at + 1;
    }
    off.sort((a, b) => a - b);
    expect(off.length).toBeGreaterThan(150);
    expect(off[Math.floor(off.length / 2)]).toBeLessThan(170);
    expect(off[Math.floor(off.length * 0.9)]).toBeLessThan(500);
  });

  it('keeps words in order, apart and inside the sound', async () => {
    for (const file of [
      'librivox_sense_and_sensibility_0870.wav',
      'manifesto_audiobook_88s_static.mp4',
      'slides_talk_122s_1080p.mp4',
    ]) {
      const { words, soundMs } = await listen(file);
      words.forEach(({ startMs, endMs }, at) => {
        expect(endMs).toBeGreaterThan(startMs);
        expect(startMs).toBeGreaterThanOrEqual(words[at - 1]?.startMs ?? 0);
      });
      expect(words.at(-1)!.endMs).toBeLessThanOrEqual(soundMs);
    }
  });

  it('hears nothing in silence, engines, music and the sounds of animals', async () => {
    const silent = [
      'cat_portrait_h264.mp4',
      'airplane_zoom_fadeout_h264_mp3.mp4',
      'big_buck_bunny_30s_vp8.webm',
      'coin_desk_h264.mov',
      'drive_palms_31s_vp8.webm',
      'lego_machine_flv1_mp3.flv',
      'lego_machine_h263_amr.3gp',
      'captioned/welding.mp4',
      'captioned/calm_lake.mp4',
      'captioned/windows_settings.mp4',
    ];
    for (const file of silent) expect([file, text(await listen(file))]).toEqual([file, '']);
  });

  it('fails on a file without sound, by what is wrong', async () => {
    await expect(transcriber.transcribe(media('cockatoo_h264.mp4'), signal)).rejects.toMatchObject({
      code: 'unreadable',
      details: { reason: 'no-audio-track' },
    });
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const asked = transcriber.transcribe(media('slides_talk_122s_1080p.mp4'), controller.signal);
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(asked).rejects.toThrow('enough');
  });
});

describeWith('models/whisper-tiny.en', 'whisperTranscriber with the level gate', () => {
  it('hears speech, and believes none of what it hears in music and engines', async () => {
    const options = { model: MODEL, audio: ffmpegAudioReader(), gate: 'level' } as const;
    await using transcriber = await whisperTranscriber(options);
    expect(transcriber.producer.config).toMatchObject({ gate: 'level' });
    const speech = await transcriber.transcribe(
      media('librivox_sense_and_sensibility_0870.wav'),
      signal,
    );
    expect(plain(text(speech))).toHaveLength(22);
    for (const file of [
      'big_buck_bunny_30s_vp8.webm',
      'lego_machine_flv1_mp3.flv',
      'captioned/welding.mp4',
    ]) {
      const { words, rejected } = await transcriber.transcribe(media(file), signal);
      expect(words).toEqual([]);
      expect(rejected.length).toBeGreaterThan(0);
    }
  });
});

describe('whisperTranscriber', () => {
  it('says where a model may come from where there is none', async () => {
    const options = { model: '/no/such/model', audio: ffmpegAudioReader() };
    await expect(whisperTranscriber(options)).rejects.toMatchObject({ code: 'not-found' });
  });
});
