import {
  captionsTable,
  clipsTable,
  framesTable,
  readManifest,
  readStepTable,
  ToolkitError,
  type CaptionScale,
  type ClipRow,
  type SampledFrame,
  type StepKey,
  type Store,
} from '@internvid/core';
import { readPicture } from '@internvid/core/media';

import { framesNear } from '../../preprocess/clip-pictures.js';
import type { EncodedPicture, TrainingClip, TrainingClips } from './training-clip.js';

/** Which clips of a dataset are learnt from. */
export type DatasetClipsOptions = {
  readonly store: Store;
  /** Captions to learn from; a clip without one of these scales is left out. Default: `fine`. */
  readonly scales?: readonly CaptionScale[] | undefined;
  /** Whether a clip is taken. Default: all are. */
  readonly keep?: ((clip: ClipRow) => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
};

/**
 * The captioned clips of a dataset with the frames that `internvid sample` kept of them. What is known of all clips is read into
 * memory, about a kilobyte for each; pictures are read when they are asked for.
 *
 * @throws ToolkitError `not-found` for a dataset without clips, sampled frames or captions.
 */
export async function datasetClips(options: DatasetClipsOptions): Promise<TrainingClips> {
  const { store, scales = ['fine'], keep = () => true, signal } = options;
  const steps = await currentSteps(store);
  const captions = new Map<string, string[]>();
  for await (const row of readStepTable(store, steps.caption, captionsTable, signal)) {
    if (scales.includes(row.scale)) grouped(captions, row.clip).push(row.text);
  }
  const frames = new Map<string, SampledFrame[]>();
  for await (const row of readStepTable(store, steps.sample, framesTable, signal)) {
    if (captions.has(row.clip)) grouped(frames, row.clip).push(row);
  }
  const clips: TrainingClip[] = [];
  for await (const row of readStepTable(store, steps.split, clipsTable, signal)) {
    const [own, texts] = [frames.get(row.id), captions.get(row.id)];
    if (own === undefined || texts === undefined || !keep(row)) continue;
    clips.push(trainingClip(store, row, own, texts));
  }
  return { location: store.location, clips };
}

function trainingClip(
  store: Store,
  { id, video, span }: ClipRow,
  frames: readonly SampledFrame[],
  captions: readonly string[],
): TrainingClip {
  const inOrder = frames.toSorted((a, b) => a.timeMs - b.timeMs);
  const times = inOrder.map(({ timeMs }) => timeMs);
  return {
    id,
    video,
    captions,
    async readPictures(shares, signal) {
      const chosen = framesNear(shares, span, times);
      const read = new Map<number, Promise<EncodedPicture>>();
      for (const place of chosen) {
        const frame = inOrder[place];
        if (frame !== undefined && !read.has(place)) read.set(place, encoded(store, frame, signal));
      }
      return Promise.all(chosen.flatMap((place) => read.get(place) ?? []));
    },
  };
}

async function encoded(
  store: Store,
  frame: SampledFrame,
  signal: AbortSignal | undefined,
): Promise<EncodedPicture> {
  const { width, height } = frame;
  return { width, height, bytes: await readPicture(store, frame, signal) };
}

async function currentSteps(store: Store): Promise<Record<(typeof NEEDED)[number], StepKey>> {
  const { steps } = await readManifest(store);
  const found = NEEDED.map((name): readonly [string, StepKey] => {
    const { fingerprint } = steps[name] ?? {};
    if (fingerprint !== undefined) return [name, { name, fingerprint }];
    throw new ToolkitError(
      'not-found',
      `${store.location} has no ${name} step yet. Run first: internvid ${name} ${store.location}`,
    );
  });
  return Object.fromEntries(found) as Record<(typeof NEEDED)[number], StepKey>;
}

const NEEDED = ['split', 'sample', 'caption'] as const;

function grouped<Item>(groups: Map<string, Item[]>, key: string): Item[] {
  const known = groups.get(key) ?? [];
  groups.set(key, known);
  return known;
}
