import { isAbort, ToolkitError, type Span } from '@internvid/core';
import type { FrameReader, Picture } from '@internvid/core/media';

import type { VideoTextEncoder } from '../encoder.js';
import { readVideoPictures } from '../preprocess/clip-pictures.js';

/** A video of a test that has a file. */
export type VideoFile = { readonly path: string; readonly span?: Span };

/** A video that could not be used. */
export type FailedVideo = {
  readonly path: string;
  readonly code: string;
  readonly message: string;
};

/** What a test is run with. */
export type EvaluationTools = {
  /** Stays the caller's. */
  readonly encoder: VideoTextEncoder;
  readonly frames: FrameReader;
  /** Called after each video. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
};

/** Vectors of the videos that could be read. */
export type EmbeddedVideos<Video> = {
  readonly videos: readonly Video[];
  /** One for each of `videos`. */
  readonly vectors: readonly Float32Array[];
  readonly failed: readonly FailedVideo[];
};

/**
 * A vector of each video, from frames chosen as the published evaluation does and handed over in full size. A video that
 * cannot be read is left out and named; an error that no other video would escape is thrown.
 */
export async function embedVideos<Video extends VideoFile>(
  videos: readonly Video[],
  { encoder, frames, onProgress, signal }: EvaluationTools,
): Promise<EmbeddedVideos<Video>> {
  const used: Video[] = [];
  const vectors: Float32Array[] = [];
  const failed: FailedVideo[] = [];
  let batch: { readonly video: Video; readonly pictures: readonly Picture[] }[] = [];
  const flush = async (): Promise<void> => {
    const full = batch;
    batch = [];
    vectors.push(
      ...(await encoder.embedClips(
        full.map(({ pictures }) => pictures),
        signal,
      )),
    );
    used.push(...full.map(({ video }) => video));
  };
  for (const [index, video] of videos.entries()) {
    signal?.throwIfAborted();
    const choice = { count: encoder.framesPerClip, span: video.span };
    try {
      batch.push({ video, pictures: await readVideoPictures(frames, video.path, choice, signal) });
    } catch (error) {
      if (isAbort(error) || signal?.aborted === true) throw error;
      const { code, message, stopsRun } = ToolkitError.from(error);
      if (stopsRun) throw error;
      failed.push({ path: video.path, code, message });
    }
    if (batch.length === encoder.maxBatch || index === videos.length - 1) await flush();
    onProgress?.(index + 1, videos.length);
  }
  return { videos: used, vectors, failed };
}
