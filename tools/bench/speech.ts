import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { whisperTranscriber, type Transcriber } from '@internvid/captioner';
import { ffmpegAudioReader, type AudioReader } from '@internvid/core/media';
import { measured, type Bench, type Measurement } from './bench.js';
import { wordErrors, plainWords } from './word-errors.js';

const SHARED = fileURLToPath(new URL('../../../shared/', import.meta.url));
const MODEL = join(SHARED, 'models/whisper-tiny.en');

type Truth = {
  readonly transcripts: readonly {
    readonly file: string;
    readonly text?: string;
    readonly text_file?: string;
  }[];
  readonly no_speech: readonly string[];
};

/**
 * Files with sound in which nobody speaks, besides those that the truth names (of which one has sound). Nobody labelled them: engines, music, wind and
 * rooms by their pictures, and of what a recogniser without a gate writes about them nothing makes sense.
 */
const NO_SPEECH: readonly string[] = [
  'airplane_zoom_fadeout_h264_mp3.mp4',
  'big_buck_bunny_30s_vp8.webm',
  'coin_desk_h264.mov',
  'dog_phone_vfr_1080p_h264.mp4',
  'drive_palms_31s_vp8.webm',
  'lego_machine_flv1_mp3.flv',
  'lego_machine_h263_amr.3gp',
  'room_phone_rotated180_vfr.mp4',
  'captioned/butterflies.mp4',
  'captioned/calm_lake.mp4',
  'captioned/chocolate_mixer.mp4',
  'captioned/dough_jam.mp4',
  'captioned/rugby_team.mp4',
  'captioned/truck_dune_jump.mp4',
  'captioned/welding.mp4',
];

type Tally = { errors: number; words: number; soundMs: number; ms: number; invented: number };

/** Transcribes the files that have a transcript and those in which nobody speaks: word errors, words over silence, and speed. */
export const bench: Bench = async ({ media = join(SHARED, 'media'), say }) => {
  const path = join(media, 'truth/transcripts.json');
  for (const needed of [path, MODEL])
    if (!existsSync(needed)) throw new Error(`The speech bench needs ${needed}.`);
  const truth = JSON.parse(readFileSync(path, 'utf8')) as Truth;
  const audio = ffmpegAudioReader();
  await using transcriber = await whisperTranscriber({ model: MODEL, audio });
  const total: Tally = { errors: 0, words: 0, soundMs: 0, ms: 0, invented: 0 };
  const results: Measurement[] = [];
  for (const { file, text, text_file: textFile } of truth.transcripts) {
    if (text === undefined && textFile === undefined) continue;
    const reference = text ?? readFileSync(join(media, 'truth', textFile ?? ''), 'utf8');
    const heard = await timed(transcriber, join(media, file));
    const words = plainWords(reference);
    const errors = wordErrors(words, plainWords(heard.text));
    say(`${file}: ${errors} of ${words.length} words wrong: ${heard.text}`);
    results.push(measured(file, 'word-error-rate', errors / words.length, 'ratio'));
    results.push(measured(file, 'realtime-factor', heard.ms / heard.soundMs, 'ratio'));
    total.errors += errors;
    total.words += words.length;
    add(total, heard);
  }
  for (const file of await withSound(audio, media, [...truth.no_speech, ...NO_SPEECH])) {
    const heard = await timed(transcriber, join(media, file));
    const invented = plainWords(heard.text).length;
    if (invented > 0) say(`${file}: ${heard.text}`);
    results.push(measured(file, 'words-on-silence', invented, 'count', 0));
    total.invented += invented;
    add(total, heard);
  }
  return [
    ...results,
    measured('all', 'word-error-rate', total.errors / total.words, 'ratio'),
    measured('all', 'realtime-factor', total.ms / total.soundMs, 'ratio'),
    measured('all', 'words-on-silence', total.invented, 'count', 0),
  ];
};

async function withSound(
  audio: AudioReader,
  media: string,
  files: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const file of files)
    if ((await audio.track(join(media, file))) !== undefined) found.push(file);
  return found;
}

type Heard = { readonly text: string; readonly soundMs: number; readonly ms: number };

async function timed(transcriber: Transcriber, path: string): Promise<Heard> {
  const started = performance.now();
  const { words, soundMs } = await transcriber.transcribe(path, new AbortController().signal);
  const text = words.map((word) => word.text).join(' ');
  return { text, soundMs, ms: performance.now() - started };
}

function add(total: Tally, { soundMs, ms }: Heard): void {
  total.soundMs += soundMs;
  total.ms += ms;
}
