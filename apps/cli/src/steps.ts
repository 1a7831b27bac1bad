import type {
  LengthRules,
  ProbedVideo,
  ShotDetector,
  SplitVideo,
  StitchVideosOptions,
} from '@internvid/collector';
import type { TranscriptLine } from '@internvid/captioner';
import {
  captionsTable,
  clipsTable,
  detectionsTable,
  embeddingsTable,
  framesTable,
  from,
  step,
  stepsSource,
  tableSink,
  videosTable,
  type Caption,
  type Clip,
  type ClipRow,
  type ReadRows,
  type SampledFrame,
  type ShardReport,
  type Source,
  type Span,
  type Stage,
  type Step,
  type StepKey,
} from '@internvid/core';
import { framePackSink, sampleFrames, type FrameReader } from '@internvid/core/media';
import type { SentenceEncoder } from '@internvid/viclip';

import type { Config } from './config.js';
import { defined } from './settings.js';

/** The steps that a dataset may have, in order. */
export const STEP_NAMES = [
  'find',
  'choose',
  'collect',
  'transcribe',
  'split',
  'sample',
  'look',
  'draft',
  'caption',
  'describe',
  'summarise',
  'embed',
  'embed-clips',
  'score',
  'aesthetics',
  'cut',
  'hash',
] as const;

/** Name of a step of a run. */
export type StepName = (typeof STEP_NAMES)[number];

/** What finds the shots of a split, and what it takes into account. */
export type SplitParts = {
  readonly detector: ShotDetector;
  /** Joins shots that show the same. */
  readonly stitch?: StitchVideosOptions;
  /** Where somebody speaks: long shots are not parted inside a word. */
  readonly transcribe?: StepKey;
};

/** Finds shots, measures them and makes clips. Tables: `shots`, `clips`. */
export async function splitStep(
  collect: StepKey,
  config: Config,
  frames: FrameReader,
  { detector, stitch, transcribe }: SplitParts,
): Promise<Step> {
  const { clipFilters, clipsFromLists, clipsFromShots, ...collector } =
    await import('@internvid/collector');
  const { dropShortClips, splitIntoShots, stitchVideos } = collector;
  const settings = config.split ?? {};
  const lengths = await lengthsOf(settings);
  const found = from(probedVideos(collect, transcribe)).through(
    splitIntoShots({ frames, detector }),
  );
  const shots = stitch === undefined ? found : found.through(stitchVideos(stitch));
  const measured = settings.sound === false ? shots : shots.through(await soundStage(config));
  let clips = measured
    .through(settings.clips === 'listed' ? clipsFromLists() : clipsFromShots(lengths))
    .through(dropShortClips({ minDurationMs: lengths.minDurationMs }));
  for (const filter of clipFilters<ClipRow>(settings.filters, settings.filterOverrides))
    clips = clips.through(filter);
  return step('split', clips, tableSink(clipsTable));
}

async function lengthsOf(settings: NonNullable<Config['split']>): Promise<LengthRules> {
  const { LENGTH_PRESETS } = await import('@internvid/collector');
  const { lengths = 'internvid', minClipMs, maxClipMs, headTrimMs, tailTrimMs } = settings;
  const own = { minDurationMs: minClipMs, maxDurationMs: maxClipMs, headTrimMs, tailTrimMs };
  return { ...LENGTH_PRESETS[lengths], ...defined(own) };
}

async function soundStage({ ffmpeg }: Config): Promise<Stage<SplitVideo, SplitVideo>> {
  const { measureSound } = await import('@internvid/collector');
  const { ffmpegAudioReader } = await import('@internvid/core/media');
  return measureSound({ audio: ffmpegAudioReader(defined({ ffmpeg })) });
}

function probedVideos(collect: StepKey, transcribe: StepKey | undefined): Source<ProbedVideo> {
  return stepsSource({
    name: 'read-videos',
    version: 1,
    steps: [collect, ...(transcribe === undefined ? [] : [transcribe])],
    items: () => 1,
    async *read(rows) {
      const speech = transcribe && (await speechOf(rows, transcribe));
      for await (const { info, ...video } of rows(collect, videosTable)) {
        if (info === undefined) continue;
        yield { ...video, info, ...(speech && { speech: speech.get(video.id) ?? [] }) };
      }
    },
  });
}

/** When somebody speaks in the videos of a shard. */
async function speechOf(
  rows: ReadRows,
  transcribe: StepKey,
): Promise<ReadonlyMap<string, readonly Span[]>> {
  const { transcriptsTable } = await import('@internvid/captioner');
  const speech = new Map<string, Span[]>();
  for await (const { video, startMs, endMs } of rows(transcribe, transcriptsTable)) {
    const known = speech.get(video);
    if (known === undefined) speech.set(video, [{ startMs, endMs }]);
    else known.push({ startMs, endMs });
  }
  return speech;
}

/** Keeps about one frame a second of each clip. Table: `frames`. */
export function sampleStep(
  split: StepKey,
  collect: StepKey,
  config: Config,
  frames: FrameReader,
): Step {
  const pipeline = from(clipsOf({ split, collect })).through(
    sampleFrames({ frames, ...defined(config.sample) }),
  );
  return step('sample', pipeline, framePackSink());
}

/** Cuts a file of each clip and proves it. Table: `clip-files`. */
export async function cutStep(
  steps: Pick<ClipSteps, 'split' | 'collect'>,
  { cut = {} }: Config,
  frames: FrameReader,
): Promise<Step> {
  const { clipFilesTable, cutClips } = await import('@internvid/collector');
  const pipeline = from(clipsOf(steps)).through(cutClips({ frames, ...defined(cut) }));
  return step('cut', pipeline, tableSink(clipFilesTable));
}

/** Hashes what each clip looks like over time, for the search for copies. Table: `clip-hashes`. */
export async function hashStep(
  steps: Pick<ClipSteps, 'split' | 'collect'>,
  frames: FrameReader,
): Promise<Step> {
  const { clipHashesTable, hashClips } = await import('@internvid/generation');
  const pipeline = from(clipsOf(steps)).through(hashClips({ frames }));
  return step('hash', pipeline, tableSink(clipHashesTable));
}

/** Embeds the captions of whole clips for search. Table: `embeddings`. */
export async function embedStep(caption: StepKey, encoder: SentenceEncoder): Promise<Step> {
  const { embedCaptions } = await import('@internvid/viclip');
  const source = stepsSource({
    name: 'read-clip-captions',
    version: 1,
    steps: [caption],
    async *read(rows) {
      for await (const row of rows(caption, captionsTable)) {
        // Other forms say the same again, and a vector is known by its clip and scale alone.
        const isForm = row.by.config['form'] !== undefined;
        if (row.scale !== 'frame' && !isForm) yield { id: `${row.clip}_${row.scale}`, ...row };
      }
    },
  });
  return step(
    'embed',
    from(source).through(embedCaptions({ encoder })),
    tableSink(embeddingsTable),
  );
}

/** The steps that a clip with its frames is read from. */
export type ClipSteps = {
  readonly collect: StepKey;
  readonly split: StepKey;
  readonly sample: StepKey;
  /** Where there are transcripts, a clip comes with what is said in it. */
  readonly transcribe?: StepKey | undefined;
  /** Where the frames were looked at, a clip comes with what was read in them. */
  readonly look?: StepKey | undefined;
};

/** A clip and its sampled frames in order of time. */
export type ClipWithFrames = {
  readonly id: string;
  readonly clip: Clip;
  readonly frames: readonly SampledFrame[];
  readonly context?: { readonly transcript?: string; readonly onScreenText?: readonly string[] };
};

/** The clips that have sampled frames, with these. */
export function clipsWithFrames(steps: ClipSteps): Source<ClipWithFrames> {
  const { sample, split, collect, transcribe, look } = steps;
  const more = [transcribe, look].filter((key) => key !== undefined);
  return stepsSource({
    name: 'read-clips-with-frames',
    version: 1,
    steps: [sample, split, collect, ...more],
    items: rowsIn,
    read: (rows) => readClipsWithFrames(rows, steps),
  });
}

/** What is said in a clip of a shard, `''` for nothing. */
export async function saidInClips(
  rows: ReadRows,
  transcribe: StepKey,
): Promise<(clip: Clip) => string> {
  const { saidInSpan, transcriptsTable } = await import('@internvid/captioner');
  const lines = new Map<string, TranscriptLine[]>();
  for await (const line of rows(transcribe, transcriptsTable)) {
    const known = lines.get(line.video);
    if (known === undefined) lines.set(line.video, [line]);
    else known.push(line);
  }
  return ({ video, span }) => saidInSpan(lines.get(video.id) ?? [], span);
}

function clipsOf({ split, collect }: Pick<ClipSteps, 'split' | 'collect'>): Source<Clip> {
  return stepsSource({
    name: 'read-clips',
    version: 1,
    steps: [split, collect],
    items: rowsIn,
    read: (rows) => readClips(rows, split, collect),
  });
}

/** The clips of a shard with their videos. */
export async function* readClips(
  rows: ReadRows,
  split: StepKey,
  collect: StepKey,
): AsyncGenerator<Clip> {
  const videos = new Map<string, Clip['video']>();
  for await (const video of rows(collect, videosTable)) videos.set(video.id, video);
  for await (const row of rows(split, clipsTable)) {
    const video = videos.get(row.video);
    if (video !== undefined) yield { ...row, video };
  }
}

/** The clips of a shard that have sampled frames, with these. */
export async function* readClipsWithFrames(
  rows: ReadRows,
  steps: ClipSteps,
): AsyncGenerator<ClipWithFrames> {
  const clips = new Map<string, Clip>();
  for await (const clip of readClips(rows, steps.split, steps.collect)) clips.set(clip.id, clip);
  const { transcribe, look } = steps;
  const said = transcribe === undefined ? () => '' : await saidInClips(rows, transcribe);
  const read = look === undefined ? undefined : await textsByClip(rows, look);
  for await (const frames of together(rows(steps.sample, framesTable), (frame) => frame.clip)) {
    const clip = clips.get(frames[0].clip);
    if (clip === undefined) continue;
    const transcript = said(clip);
    const onScreenText = read?.get(clip.id);
    const context = {
      ...(transcript === '' ? {} : { transcript }),
      ...(onScreenText === undefined ? {} : { onScreenText }),
    };
    yield { id: clip.id, clip, frames, ...(Object.keys(context).length > 0 && { context }) };
  }
}

/** The lines that were read in the frames of each clip of a shard, each once, the first read first. */
async function textsByClip(
  rows: ReadRows,
  look: StepKey,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const texts = new Map<string, string[]>();
  for await (const { clip, kind, label } of rows(look, detectionsTable)) {
    if (kind !== 'text') continue;
    const known = texts.get(clip);
    if (known === undefined) texts.set(clip, [label]);
    else if (!known.includes(label)) known.push(label);
  }
  return texts;
}

/** Captions of a shard by clip. */
export async function captionsByClip(
  rows: ReadRows,
  caption: StepKey,
): Promise<Map<string, Caption[]>> {
  const captions = new Map<string, Caption[]>();
  for await (const row of rows(caption, captionsTable)) {
    const known = captions.get(row.clip);
    if (known === undefined) captions.set(row.clip, [row]);
    else known.push(row);
  }
  return captions;
}

/** Neighbours with the same key, as one group. */
async function* together<Row>(
  rows: AsyncIterable<Row>,
  key: (row: Row) => string,
): AsyncGenerator<readonly [Row, ...Row[]]> {
  let group: [Row, ...Row[]] | undefined;
  for await (const row of rows) {
    if (group !== undefined && key(group[0]) === key(row)) group.push(row);
    else {
      if (group !== undefined) yield group;
      group = [row];
    }
  }
  if (group !== undefined) yield group;
}

/** What the last stage of a shard kept: the items that the next step will find there. */
export function rowsIn(report: ShardReport): number {
  return report.stages.at(-1)?.kept ?? 0;
}
