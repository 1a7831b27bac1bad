import type { Store, Video } from '@internvid/core';

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
      process.stderr.write(
        `Left out: ${plural(clips, 'clip')} of ${plural(videos.size, 'withdrawn video')}.\n`,
      );
    },
  };
}
