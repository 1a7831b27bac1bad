import {
  drop,
  mapStage,
  ToolkitError,
  type MediaInfo,
  type Span,
  type Stage,
  type Video,
} from '@internvid/core';
import type { FrameReader } from '@internvid/core/media';

/** A video about which it is known what its file holds. */
export type ProbedVideo = Video & {
  readonly info: MediaInfo;
  /** When something is said in it, words or sentences in any order; absent where nobody has listened. */
  readonly speech?: readonly Span[];
};

/** What probing needs. */
export type ProbeVideosOptions = {
  readonly frames: FrameReader;
  /** Videos at once. Default 1. */
  readonly concurrency?: number;
};

/** Reasons in `details.reason` of an `unreadable` error that say: a sound file or a picture, in order, but no video. */
const NO_VIDEO: readonly string[] = ['no-video-track', 'still-image'];

/**
 * Adds to each video what its file holds. A file that cannot be read fails; one that is in order and holds no video is dropped as
 * `no-video-track`, `still-image` or `encrypted`. What is odd about a usable one becomes a warning.
 */
export function probeVideos(options: ProbeVideosOptions): Stage<Video, ProbedVideo> {
  const { frames, concurrency = 1 } = options;
  return mapStage({
    name: 'probe-videos',
    version: 1,
    config: { frames: frames.producer },
    concurrency,
    async map(video: Video, { signal, warn }) {
      try {
        const info = await frames.probe(video.uri, signal);
        for (const warning of info.warnings) warn(warning);
        return { ...video, info };
      } catch (error) {
        const reason = ToolkitError.is(error) ? reasonToDrop(error) : undefined;
        if (reason === undefined) throw error;
        return drop(reason);
      }
    },
  });
}

function reasonToDrop({ code, details }: ToolkitError): string | undefined {
  if (code === 'encrypted') return 'encrypted';
  const { reason } = details;
  return code === 'unreadable' && typeof reason === 'string' && NO_VIDEO.includes(reason)
    ? reason
    : undefined;
}
