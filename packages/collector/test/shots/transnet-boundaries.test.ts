import { describe, expect, it } from '@jest/globals';
import type { Boundary } from '@internvid/core';
import { transnetBoundaries, type TransnetHeads } from '../../src/shots/transnet-boundaries.js';
import { describeWithShared, readJson } from '../shared.js';

const by = { name: 'transnet', version: '1', config: {} };

/** Boundaries of a video whose frames are marked: `-` by none, `m` by the second head, `s` by the first, `b` by both. */
function boundariesOf(marks: string, heads: TransnetHeads = 'both'): readonly Boundary[] {
  const boundaries = transnetBoundaries({ threshold: 0.5, heads }, by);
  for (const [index, mark] of [...marks].entries()) {
    const single = mark === 's' || mark === 'b' ? 0.9 : 0.5;
    const many = mark === 'm' || mark === 'b' ? 0.8 : 0.1;
    boundaries.push({ index, timeMs: index * 40, single, many });
  }
  return boundaries.finish();
}

function briefly(found: readonly Boundary[]): (readonly [string, number, number])[] {
  return found.map(({ kind, startFrame, endFrame }) => [kind, startFrame, endFrame]);
}

describe('the boundaries of TransNetV2', () => {
  it('put a hard cut after the last marked frame, with the probability as confidence', () => {
    expect(boundariesOf('---b----')).toEqual([
      {
        kind: 'cut',
        startFrame: 4,
        endFrame: 4,
        startMs: 160,
        endMs: 160,
        confidence: 0.9,
        by,
      },
    ]);
    expect(briefly(boundariesOf('---sbm--'))).toEqual([['cut', 5, 5]]);
  });

  it('give a gradual transition all frames that either head marks', () => {
    expect(briefly(boundariesOf('---mmsmm--mmmm--'))).toEqual([
      ['dissolve', 3, 8],
      ['dissolve', 10, 14],
    ]);
  });

  it('take a few frames that only the second head marks for nothing', () => {
    expect(boundariesOf('---mmm--m--')).toEqual([]);
  });

  it('make a shot of a transition at the beginning, and of one at the end', () => {
    expect(briefly(boundariesOf('mmmm----mmmm'))).toEqual([
      ['dissolve', 4, 4],
      ['dissolve', 8, 11],
    ]);
    expect(boundariesOf('------b')).toEqual([]);
  });

  it('are cuts alone where the first head alone is asked', () => {
    expect(briefly(boundariesOf('---mmsmm--sssss--mmmm', 'single'))).toEqual([
      ['cut', 6, 6],
      ['cut', 15, 15],
    ]);
  });
});

type Prediction = {
  readonly file: string;
  readonly single: readonly number[];
  readonly many: readonly number[];
  readonly cuts: readonly number[];
};

describeWithShared('the boundaries of the authors’ probabilities', () => {
  const predictionOf = (file: string): Prediction => {
    const golden = readJson('golden/transnetv2/predictions.json') as { videos: Prediction[] };
    return golden.videos.find((video) => video.file === file)!;
  };
  const found = ({ single, many }: Prediction, heads: TransnetHeads): readonly Boundary[] => {
    const boundaries = transnetBoundaries({ threshold: 0.5, heads }, by);
    single.forEach((probability, index) => {
      boundaries.push({ index, timeMs: index * 40, single: probability, many: many[index]! });
    });
    return boundaries.finish();
  };

  it.each([
    'wave_2shots_divx.avi',
    'city_night_2shots_mpeg2.mpg',
    'webb_telescope_narrated_multitrack.mp4',
    'sintel_trailer_30s_fades_h264.mp4',
  ])('are the authors’ shots in %s with the first head', (file) => {
    const video = predictionOf(file);
    expect(found(video, 'single').map(({ startFrame }) => startFrame)).toEqual(video.cuts);
  });

  it('find a dissolve from its start to its end with both heads', () => {
    const telescope = predictionOf('webb_telescope_narrated_multitrack.mp4');
    // The truth, by eye and to about 3 frames: a dissolve over the frames 127 to 152, and a cut at 202.
    const [dissolve, cut, ...more] = found(telescope, 'both');
    expect(Math.abs(dissolve!.startFrame - 127)).toBeLessThanOrEqual(4);
    expect(Math.abs(dissolve!.endFrame - 153)).toBeLessThanOrEqual(4);
    expect(cut).toMatchObject({ kind: 'cut', startFrame: 202 });
    expect(more).toEqual([]);
  });
});
