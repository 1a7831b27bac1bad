import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { embeddedCaptioner, type Captioner } from '@internvid/captioner';
import { universalSentenceEncoder } from '@internvid/viclip';
import { measured, type Bench, type Measurement } from './bench.js';
import { clipsOf } from './caption-clips.js';
import {
  judgeCaption,
  newCaptionScore,
  type CaptionScore,
  type VideoTruth,
} from './caption-truth.js';
import { watchTree } from './process-tree.js';

const SHARED_MEDIA = fileURLToPath(new URL('../../../shared/media/', import.meta.url));
const RANKS = [1, 5, 10];

type Truth = { readonly labels: readonly string[]; readonly videos: readonly VideoTruth[] };
type Published = { readonly clips: readonly { readonly file: string; readonly caption: string }[] };
type Judge = {
  readonly captioner: Captioner;
  readonly labels: readonly string[];
  readonly say: (line: string) => void;
};

/** Judges what the `fine` captions of the embedded captioner state, shot by shot, against what people saw there. */
export const bench: Bench = async ({ media = SHARED_MEDIA, say }) => {
  const { videos, labels } = readTruth(media, 'objects.json') as Truth;
  const published = readTruth(media, 'captions.json') as Published;
  const captions = new Map<string, readonly string[]>();
  const scoreAll = async (): Promise<readonly Measurement[]> => {
    await using captioner = await embeddedCaptioner();
    const results: Measurement[] = [];
    for (const [name, inSet] of [
      ['captioned', (file: string) => file.startsWith('captioned/')],
      ['main', (file: string) => !file.startsWith('captioned/')],
    ] as const) {
      const score = newCaptionScore();
      for (const video of videos.filter(({ file }) => inSet(file)))
        captions.set(video.file, await scoreVideo(media, video, { captioner, labels, say }, score));
      results.push(...report(`embedded/${name}`, score));
    }
    return results;
  };
  const scoring = scoreAll();
  const settled = scoring.catch(() => undefined);
  const { treeBytes } = await watchTree(process.pid, settled, () => false);
  return [
    ...(await scoring),
    ...(await retrieval(published, captions)),
    measured('embedded/all', 'peak-memory', treeBytes / 1e6, 'MB'),
  ];
};

function readTruth(media: string, name: string): unknown {
  const path = join(media, 'truth', name);
  if (!existsSync(path))
    throw new Error(`The captions bench needs ${path}: name a folder that has it with --media.`);
  return JSON.parse(readFileSync(path, 'utf8')) as unknown;
}

/** The captions of a video's shots, each judged. */
async function scoreVideo(
  media: string,
  { file, shots }: VideoTruth,
  { captioner, labels, say }: Judge,
  score: CaptionScore,
): Promise<readonly string[]> {
  const clips = await clipsOf(join(media, file), shots);
  const texts: string[] = [];
  for (const [at, shot] of shots.entries()) {
    const clip = clips[at];
    if (clip === undefined || clip.frames.length === 0)
      throw new Error(`${file} has no frame in shot ${at}.`);
    const started = performance.now();
    const [result] = await captioner.caption([clip], new AbortController().signal);
    score.seconds += (performance.now() - started) / 1000;
    score.clips++;
    const text = result?.captions.find(({ scale }) => scale === 'fine')?.text ?? '';
    for (const error of judgeCaption(shot, text, labels, score))
      say(`${file} ${shot.start_s} s: ${error}: ${text}`);
    texts.push(text);
  }
  return texts;
}

function report(name: string, score: CaptionScore): readonly Measurement[] {
  const { objects, text, camera, people } = score;
  return [
    measured(name, 'object-precision', precision(objects), 'ratio', 0.9),
    measured(name, 'object-recall', objects.right / (objects.right + objects.missed), 'ratio'),
    measured(name, 'people-counts', people.stated, 'count'),
    measured(name, 'people-count-errors', people.wrong, 'count'),
    measured(name, 'camera-precision', precision(camera), 'ratio'),
    measured(name, 'camera-unsaid', camera.missed, 'count'),
    measured(name, 'text-precision', precision(text), 'ratio'),
    measured(name, 'text-lines-unsaid', text.missed, 'count'),
    measured(name, 'seconds-per-clip', score.seconds / score.clips, 's'),
  ];
}

function precision({ right, wrong }: CaptionScore['objects']): number {
  return right + wrong === 0 ? 1 : right / (right + wrong);
}

/** Ranks the videos of the published captions by the likest of their shots' captions, as search does. */
async function retrieval(
  { clips }: Published,
  captions: ReadonlyMap<string, readonly string[]>,
): Promise<readonly Measurement[]> {
  await using encoder = await universalSentenceEncoder();
  const queries = await encoder.embedTexts(clips.map(({ caption }) => caption));
  const videos = await Promise.all(
    clips.map(({ file }) => encoder.embedTexts(captions.get(file) ?? [])),
  );
  const ranks = queries.map((query, own) => {
    const likeness = videos.map((shots) => Math.max(...shots.map((shot) => dot(query, shot))));
    // Captions of the same words tie: the query's own video then counts as the last of them.
    return likeness.filter((like) => like >= (likeness[own] ?? -1)).length;
  });
  return RANKS.map((most) => {
    const found = ranks.filter((rank) => rank <= most).length;
    return measured('embedded/captioned', `retrieval-r${most}`, found / ranks.length, 'ratio');
  });
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
}
