import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { embeddedCaptioner, type Captioner, type CaptionFrame } from '@internvid/captioner';
import { clipId, contains, sha256, span, type Clip, type Span } from '@internvid/core';
import { centreTimes, encodeJpeg, ffmpegFrameReader, fitWithin } from '@internvid/core/media';
import { measured, type Bench, type Measurement } from './bench.js';

const SHARED_MEDIA = fileURLToPath(new URL('../../../shared/media/', import.meta.url));
const LONGEST_SIDE = 960;
const PEOPLE: readonly (readonly [words: string, count: number])[] = [
  ['a person', 1],
  ['two people', 2],
  ['three people', 3],
];
/** How captions say a class whose label is no common word. */
const WORDS: Readonly<Record<string, string>> = {
  person: 'person|people',
  tv: 'televisions?',
  'dining table': 'tables?',
  'sports ball': 'balls?',
  bus: 'bus(?:es)?',
  bench: 'bench(?:es)?',
  knife: 'kni(?:fe|ves)',
  mouse: 'mouse|mice',
};

type ShotTruth = {
  readonly start_s: number;
  readonly end_s: number;
  readonly present: readonly string[];
  readonly possible: readonly string[];
  readonly people_max: readonly [least: number, most: number] | null;
};
type VideoTruth = { readonly file: string; readonly shots: readonly ShotTruth[] };
type Truth = { readonly labels: readonly string[]; readonly videos: readonly VideoTruth[] };
type Score = {
  right: number;
  wrong: number;
  missed: number;
  peopleErrors: number;
  clips: number;
  seconds: number;
};

/** Judges what the `fine` captions of the embedded captioner state, shot by shot, against what people saw there. */
export const bench: Bench = async ({ media = SHARED_MEDIA, say }) => {
  const path = join(media, 'truth/objects.json');
  if (!existsSync(path))
    throw new Error(`The captions bench needs ${path}: name a folder that has it with --media.`);
  const { videos, labels } = JSON.parse(readFileSync(path, 'utf8')) as Truth;
  await using captioner = await embeddedCaptioner();
  const results: Measurement[] = [];
  for (const [name, inSet] of [
    ['captioned', (file: string) => file.startsWith('captioned/')],
    ['main', (file: string) => !file.startsWith('captioned/')],
  ] as const) {
    const score: Score = { right: 0, wrong: 0, missed: 0, peopleErrors: 0, clips: 0, seconds: 0 };
    for (const video of videos.filter(({ file }) => inSet(file))) {
      await scoreVideo(media, video, { captioner, labels, score, say });
    }
    results.push(...report(`embedded/${name}`, score));
  }
  return results;
};

function report(name: string, score: Score): readonly Measurement[] {
  return [
    measured(name, 'object-precision', score.right / (score.right + score.wrong), 'ratio', 0.9),
    measured(name, 'object-recall', score.right / (score.right + score.missed), 'ratio'),
    measured(name, 'people-count-errors', score.peopleErrors, 'count'),
    measured(name, 'seconds-per-clip', score.seconds / score.clips, 's'),
  ];
}

type Judge = {
  readonly captioner: Captioner;
  readonly labels: readonly string[];
  readonly score: Score;
  readonly say: (line: string) => void;
};

async function scoreVideo(media: string, { file, shots }: VideoTruth, judge: Judge): Promise<void> {
  const { captioner, score, say } = judge;
  const clips = await clipsOf(join(media, file), shots);
  for (const [at, shot] of shots.entries()) {
    const clip = clips[at];
    if (clip === undefined || clip.frames.length === 0)
      throw new Error(`${file} has no frame in shot ${at}.`);
    const started = performance.now();
    const [result] = await captioner.caption([clip], new AbortController().signal);
    score.seconds += (performance.now() - started) / 1000;
    score.clips++;
    const text = result?.captions.find(({ scale }) => scale === 'fine')?.text ?? '';
    for (const error of judgeText(shot, text, judge))
      say(`${file} ${shot.start_s} s: ${error}: ${text}`);
  }
}

/** Adds what the text states to the score and gives what is wrong with it. */
function judgeText(
  { present, possible, people_max: people }: ShotTruth,
  text: string,
  { labels, score }: Judge,
): readonly string[] {
  const said = text.replaceAll(/"[^"]*"/g, '').toLowerCase();
  const stated = labels.filter((label) =>
    new RegExp(`\\b(?:${WORDS[label] ?? `${label}s?`})\\b`).test(said),
  );
  const wrong = stated.filter((label) => !present.includes(label) && !possible.includes(label));
  const right = stated.filter((label) => present.includes(label)).length;
  score.right += right;
  score.wrong += wrong.length;
  score.missed += present.length - right;
  const count = PEOPLE.find(([words]) => said.includes(words))?.[1];
  // "A person" claims one at least, a number claims that many.
  const miscounted =
    count !== undefined &&
    people !== null &&
    (count > people[1] || (count > 1 && count < people[0]));
  if (miscounted) score.peopleErrors++;
  return [
    ...wrong.map((label) => `no ${label}`),
    ...(miscounted ? [`${people.join(' to ')} people`] : []),
  ];
}

type ClipFrames = { readonly clip: Clip; readonly frames: readonly CaptionFrame[] };

/** The shots as clips, their frames sampled as the pipeline samples them: about one a second, longest side 960 pixels. */
async function clipsOf(path: string, shots: readonly ShotTruth[]): Promise<readonly ClipFrames[]> {
  const reader = ffmpegFrameReader();
  const { timesMs } = await reader.timeline(path);
  // The truth counts from the first picture, the reader from the container's start.
  const spans = shots.map((shot) => spanOf(shot, timesMs[0] ?? 0));
  const track = (await reader.probe(path)).video;
  const output = {
    ...fitWithin({ width: track.displayWidth, height: track.displayHeight }, LONGEST_SIDE),
    format: 'rgb24',
  } as const;
  const wanted = [...new Set(spans.flatMap((part) => centreTimes(part, 1)))].sort((a, b) => a - b);
  const frames: CaptionFrame[] = [];
  for await (const { timeMs, pictures } of reader.frames(path, {
    select: { kind: 'times', timesMs: wanted },
    outputs: [output],
  })) {
    const [picture] = pictures;
    if (picture === undefined) continue;
    const bytes = await encodeJpeg(picture);
    frames.push({ timeMs, sha256: sha256(bytes), read: () => Promise.resolve(bytes) });
  }
  return spans.map((part) => ({
    clip: {
      id: clipId(path, part),
      video: { id: path, uri: path, metadata: {} },
      span: part,
      facts: {},
    },
    frames: frames.filter(({ timeMs }) => contains(part, timeMs)),
  }));
}

function spanOf(shot: ShotTruth, firstMs: number): Span {
  return span(Math.round(shot.start_s * 1000) + firstMs, Math.round(shot.end_s * 1000) + firstMs);
}
