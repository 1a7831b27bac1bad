import { mapStage, type Producer, type Span, type Stage } from '@internvid/core';
import type { FrameReader, Picture } from '@internvid/core/media';
import { missing, type Found } from './facts/gauge.js';
import { alsoMeasured } from './facts/measurements.js';
import { rounded, rowsIn, series, type Series } from './facts/series.js';
import type { SplitVideo } from './split.js';

/** Rates pictures by how likely they are unfit for a general audience: nudity and sex. */
export interface UnsafeContentRater extends AsyncDisposable {
  readonly producer: Producer;
  /** Side of the square pictures that it wants, in pixels. */
  readonly pictureSide: number;
  /** Rates an `rgb24` picture of that size, 0 to 1. */
  rate(picture: Picture, signal: AbortSignal): Promise<number>;
}

/** What measuring unsafe content needs. */
export type MeasureUnsafeContentOptions = {
  readonly frames: FrameReader;
  readonly rater: UnsafeContentRater;
  /** Pictures rated for each second of video. Default 1. */
  readonly perSecond?: number;
  /** Videos at once. Default 1. */
  readonly concurrency?: number;
};

/**
 * Adds `unsafeLikelihood` to what was measured of each video, to be put between `splitIntoShots` and `clipsFromShots`: the largest of the
 * rates of a clip's pictures. Costs a second decode at `perSecond`, and the rater's time. A clip between two rated pictures has none.
 *
 * @throws RangeError unless `perSecond` is above 0.
 */
export function measureUnsafeContent(
  options: MeasureUnsafeContentOptions,
): Stage<SplitVideo, SplitVideo> {
  const { frames, rater, perSecond = 1, concurrency = 1 } = options;
  if (!(perSecond > 0)) {
    throw new RangeError(`options.perSecond must be above 0, got ${perSecond}.`);
  }
  return mapStage({
    name: 'measure-unsafe-content',
    version: 1,
    config: { frames: frames.producer, rater: rater.producer, perSecond },
    concurrency,
    async map(split: SplitVideo, { config, signal }) {
      const rates = series(2);
      const side = rater.pictureSide;
      const request = {
        select: { kind: 'rate', fps: config.perSecond },
        outputs: [{ width: side, height: side, format: 'rgb24', scaler: 'area' }],
      } as const;
      for await (const { timeMs, pictures } of frames.frames(split.video.uri, request, signal)) {
        for (const picture of pictures) rates.push(timeMs, await rater.rate(picture, signal));
      }
      return {
        ...split,
        measurements: alsoMeasured(split.measurements, (span) => ratesOver(rates, span)),
      };
    },
  });
}

function ratesOver(rates: Series, span: Span): Found {
  const found = rates.column(1, ...rowsIn(rates, span));
  return found.length === 0
    ? missing(['unsafeLikelihood'], 'no-frames')
    : { facts: { unsafeLikelihood: rounded(Math.max(...found)) } };
}
