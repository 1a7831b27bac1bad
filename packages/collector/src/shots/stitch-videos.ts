import { contains, mapStage, type Producer, type Shot, type Stage } from '@internvid/core';
import type { FrameReader, Picture } from '@internvid/core/media';
import type { SplitVideo } from '../split.js';
import { stitchShots, type ShotEmbeddings, type StitchOptions } from './stitch.js';

/** What stitching needs. */
export type StitchVideosOptions = StitchOptions & {
  readonly frames: FrameReader;
  /** Which model `embed` runs: another one makes other shots. */
  readonly by: Producer;
  /** One vector for each picture, all of one length, in the same order. */
  embed(pictures: readonly Picture[], signal: AbortSignal): Promise<readonly Float32Array[]>;
  /** Side of the square pictures that `embed` gets, in pixels, `rgb24`, the whole frame squeezed into them. Default 224. */
  readonly side?: number;
  /** Pictures in one call of `embed`, at most. Default 32: 4.8 MB of pictures of the default side. */
  readonly batchSize?: number;
};

/** Where in a shot the two pictures are taken, as in Panda-70M. */
const FIRST_AT = 0.05;
const LAST_AT = 0.95;

/**
 * Joins neighbouring shots that show the same, see `stitchShots`. Two frames of each shot are decoded for it; a video of one shot is
 * handed on as it is. Warns `frames-missing` where a shot's frames do not decode: that shot is joined to nothing.
 */
export function stitchVideos(options: StitchVideosOptions): Stage<SplitVideo, SplitVideo> {
  const { minCosine = 0.82, minInnerCosine = 0.5, side = 224 } = options;
  const config = {
    frames: options.frames.producer,
    by: options.by,
    minCosine,
    minInnerCosine,
    side,
  };
  return mapStage({
    name: 'stitch-videos',
    version: 1,
    config,
    async map(split: SplitVideo, { signal, warn }) {
      if (split.shots.length < 2) return split;
      const seen = await embedFrames(split, { batchSize: 32, ...options, side }, signal);
      const embeddings = split.shots.map((shot) => embeddingsOf(shot, seen));
      if (embeddings.includes(undefined)) warn('frames-missing');
      return {
        ...split,
        shots: stitchShots(split.shots, embeddings, { minCosine, minInnerCosine }),
      };
    },
  });
}

type Seen = { readonly timeMs: number; readonly vector: Float32Array };

/** The vectors of the frames at 5 % and 95 % of each shot, in order of time; one that both places share is there once. */
async function embedFrames(
  { video, shots }: SplitVideo,
  { frames, embed, side, batchSize }: StitchVideosOptions & { side: number; batchSize: number },
  signal: AbortSignal,
): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  let batch: { readonly timeMs: number; readonly picture: Picture }[] = [];
  const flush = async (): Promise<void> => {
    const pictures = batch.map(({ picture }) => picture);
    const vectors = await embed(pictures, signal);
    if (vectors.length !== pictures.length)
      throw new RangeError(`embed gave ${vectors.length} vectors for ${pictures.length} pictures.`);
    batch.forEach(({ timeMs }, at) => seen.push({ timeMs, vector: vectors[at] as Float32Array }));
    batch = [];
  };
  const request = {
    select: { kind: 'times', timesMs: shots.flatMap(placesOf) },
    outputs: [{ width: side, height: side, format: 'rgb24' }],
  } as const;
  for await (const { timeMs, pictures } of frames.frames(video.uri, request, signal)) {
    const [picture] = pictures;
    if (picture === undefined)
      throw new TypeError('The frame reader gave a frame without its picture.');
    batch.push({ timeMs, picture: { ...picture, data: picture.data.slice() } });
    if (batch.length >= batchSize) await flush();
  }
  if (batch.length > 0) await flush();
  return seen;
}

function placesOf({ span: { startMs, endMs } }: Shot): readonly [first: number, last: number] {
  const at = (share: number): number => Math.floor(startMs + share * (endMs - 1 - startMs));
  return [at(FIRST_AT), at(LAST_AT)];
}

/** Nothing where a frame of the shot could not be decoded. */
function embeddingsOf(shot: Shot, seen: readonly Seen[]): ShotEmbeddings | undefined {
  const [first, last] = placesOf(shot).map(
    (place) =>
      seen.findLast(({ timeMs }) => timeMs <= place && contains(shot.span, timeMs))?.vector,
  );
  return first === undefined || last === undefined ? undefined : { first, last };
}
