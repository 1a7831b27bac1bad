import {
  clipsTable,
  readStepTable,
  videosTable,
  type Clip,
  type Store,
  type Video,
} from '@internvid/core';

import type { CurrentSteps } from './current-steps.js';
import { plural } from './format.js';

/** Which videos of a dataset were withdrawn, and how many clips that cost what is being made. */
export interface WithdrawnVideos {
  /** Whether a video was withdrawn. */
  holds(video: Video): boolean;
  /** As `holds`, and counts a clip of it as left out. */
  has(video: Video): boolean;
  leaveOut(video: string): void;
  /** Says on stderr what was left out, once; nothing where nothing was. */
  note(): void;
}

/** Reads the tombstones of a dataset. */
export async function withdrawnVideos(store: Store, signal: AbortSignal): Promise<WithdrawnVideos> {
  const { readWithdrawals, withdrawnBy } = await import('@internvid/generation');
  const holds = withdrawnBy(await readWithdrawals(store, signal));
  const videos = new Set<string>();
  let clips = 0;
  const leaveOut = (video: string): void => {
    videos.add(video);
    clips++;
  };
  return {
    holds,
    has(video) {
      const isOut = holds(video);
      if (isOut) leaveOut(video.id);
      return isOut;
    },
    leaveOut,
    note() {
      if (clips === 0) return;
      noteLeftOut(clips, videos.size);
    },
  };
}

/** A clip by its place in its video. */
export type PlacedClip = Pick<Clip, 'id' | 'video' | 'span'>;

/** The clips of a dataset whose videos were withdrawn; none where no video was. */
export async function withdrawnClips(
  store: Store,
  steps: CurrentSteps,
  signal: AbortSignal,
): Promise<readonly PlacedClip[]> {
  const withdrawn = await withdrawnVideos(store, signal);
  const videos = new Map<string, Video>();
  for await (const video of readStepTable(store, steps.need('collect'), videosTable, signal))
    if (withdrawn.holds(video)) videos.set(video.id, video);
  const clips: PlacedClip[] = [];
  if (videos.size === 0) return clips;
  for await (const { id, video, span } of readStepTable(
    store,
    steps.need('split'),
    clipsTable,
    signal,
  )) {
    const of = videos.get(video);
    if (of !== undefined) clips.push({ id, video: of, span });
  }
  return clips;
}

/** Ids of the clips whose videos were not withdrawn, saying on stderr how many were; undefined where none was. */
export async function clipsLeft(
  store: Store,
  steps: CurrentSteps,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const out = await withdrawnClips(store, steps, signal);
  if (out.length === 0) return undefined;
  const left = new Set<string>();
  for await (const { id } of readStepTable(store, steps.need('split'), clipsTable, signal))
    left.add(id);
  for (const { id } of out) left.delete(id);
  noteLeftOut(out.length, new Set(out.map(({ video }) => video.id)).size);
  return left;
}

function noteLeftOut(clips: number, videos: number): void {
  process.stderr.write(
    `Left out: ${plural(clips, 'clip')} of ${plural(videos, 'withdrawn video')}.\n`,
  );
}
