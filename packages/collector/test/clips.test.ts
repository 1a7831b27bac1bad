import { describe, expect, it } from '@jest/globals';
import type { BoundaryKind, MediaInfo, Shot } from '@internvid/core';
import { runStage } from '@internvid/core/testing';
import { clipsFromShots, type ClipsFromShotsOptions } from '../src/clips.js';
import type { SplitVideo } from '../src/split.js';

type Part = { readonly startMs: number; readonly kind?: BoundaryKind; readonly cleanMs?: number };

/** A video of shots that begin at given times; a gradual one shows its shot alone from `cleanMs` on. */
function video(parts: readonly Part[], endMs: number): SplitVideo {
  const id = 'film-0123456789ab';
  const shots = parts.map(({ startMs, kind = 'cut', cleanMs = startMs }, index): Shot => {
    const boundary = { kind, startFrame: 0, endFrame: 0, startMs, endMs: cleanMs, confidence: 1 };
    return {
      id: `${id}_shot000${index}`,
      video: id,
      index,
      span: { startMs, endMs: parts[index + 1]?.startMs ?? endMs },
      startFrame: 0,
      endFrame: 1,
      boundary: { ...boundary, by: { name: 'drawn', version: '1', config: {} } },
    };
  });
  const info = { video: { isInterlaced: true } } as MediaInfo;
  return {
    id,
    video: { id, uri: '/film.mp4', metadata: {}, info },
    shots,
    measurements: { push: () => undefined, over: ({ startMs }) => ({ startedAt: startMs }) },
  };
}

async function spans(
  split: SplitVideo,
  options: ClipsFromShotsOptions = {},
): Promise<readonly (readonly [number, number])[]> {
  const { outputs } = await runStage(clipsFromShots(options), [split]);
  return outputs.map(({ span }) => [span.startMs, span.endMs]);
}

const one = video([{ startMs: 0, kind: 'start' }], 25_000);
const spoken = {
  ...one,
  video: { ...one.video, speech: [{ startMs: 9_800, endMs: 12_800 }] },
};

describe('clips of shots', () => {
  it('are the shots where they are short enough, with what was measured and the field order', async () => {
    const split = video([{ startMs: 0, kind: 'start' }, { startMs: 4000 }], 9000);
    const { outputs, emitted } = await runStage(clipsFromShots(), [split]);
    expect(outputs.map(({ id, facts }) => [id, facts])).toEqual([
      ['film-0123456789ab_000000000_000004000', { startedAt: 0, interlaced: true }],
      ['film-0123456789ab_000004000_000009000', { startedAt: 4000, interlaced: true }],
    ]);
    expect(emitted).toHaveLength(2);
  });

  it('hold nothing of a transition into or out of their shot', async () => {
    const split = video(
      [
        { startMs: 0, kind: 'fade', cleanMs: 800 },
        { startMs: 5000, kind: 'dissolve', cleanMs: 6200 },
        { startMs: 8000 },
      ],
      10_000,
    );
    expect(await spans(split)).toEqual([
      [800, 5000],
      [6200, 8000],
      [8000, 10_000],
    ]);
  });

  it('part where nobody speaks, as far as that is near, and only where speech is known', async () => {
    const halves = { maxDurationMs: 13_000 };
    expect(await spans(one, halves)).toEqual([
      [0, 12_500],
      [12_500, 25_000],
    ]);
    expect(await spans(spoken, halves)).toEqual([
      [0, 12_900],
      [12_900, 25_000],
    ]);
    const near = { ...halves, outsideSpeech: { maxShiftMs: 300 } };
    expect(await spans(spoken, near)).toEqual(await spans(one, halves));
    expect(await spans(spoken, { ...halves, outsideSpeech: false })).toEqual(
      await spans(one, halves),
    );
  });

  it('that overlap by wish stay where they are, and a shot’s own ends do too', async () => {
    const windows = { kind: 'stride', lengthMs: 10_000, strideMs: 5_000 } as const;
    expect(await spans(spoken, { windows })).toEqual(await spans(one, { windows }));
    const talk = {
      ...spoken.video,
      speech: [
        { startMs: -500, endMs: 500 },
        { startMs: 24_000, endMs: 26_000 },
      ],
    };
    expect(await spans({ ...spoken, video: talk })).toEqual([[0, 25_000]]);
  });

  it('are trimmed at both ends by time or by share, whichever is more', async () => {
    const split = video([{ startMs: 0, kind: 'start' }, { startMs: 4000 }], 14_000);
    expect(await spans(split, { headTrimMs: 500, tailTrimMs: 300 })).toEqual([
      [500, 3700],
      [4500, 13_700],
    ]);
    expect(await spans(split, { headTrimMs: 500, trimRatio: 0.1 })).toEqual([
      [500, 3600],
      [5000, 13_000],
    ]);
  });

  it('are none of a shot that is all transition, or that trimming uses up', async () => {
    const split = video([{ startMs: 0, kind: 'fade', cleanMs: 900 }, { startMs: 900 }], 2000);
    expect(await spans(split)).toEqual([[900, 2000]]);
    expect(await spans(split, { headTrimMs: 600, tailTrimMs: 600 })).toEqual([]);
  });

  it('divide a long take into equal parts', async () => {
    expect(await spans(one, { maxDurationMs: 10_000 })).toEqual([
      [0, 8334],
      [8334, 16_667],
      [16_667, 25_000],
    ]);
  });

  it('divide a long take by a stride, with an overlap or a gap, the last one to its end', async () => {
    const overlap = { kind: 'stride', lengthMs: 10_000, strideMs: 8000 } as const;
    expect(await spans(one, { windows: overlap })).toEqual([
      [0, 10_000],
      [8000, 18_000],
      [16_000, 25_000],
    ]);
    const gap = { kind: 'stride', lengthMs: 4000, strideMs: 10_000 } as const;
    expect(await spans(one, { windows: gap })).toEqual([
      [0, 4000],
      [10_000, 14_000],
      [20_000, 24_000],
    ]);
    const long = { kind: 'stride', lengthMs: 30_000, strideMs: 5000 } as const;
    expect(await spans(one, { windows: long })).toEqual([[0, 25_000]]);
  });

  it.each<[ClipsFromShotsOptions, RegExp]>([
    [{ maxDurationMs: 0 }, /maxDurationMs/],
    [{ headTrimMs: -1 }, /headTrimMs/],
    [{ tailTrimMs: 0.5 }, /tailTrimMs/],
    [{ trimRatio: 0.5 }, /trimRatio/],
    [{ windows: { kind: 'stride', lengthMs: 1000, strideMs: 0 } }, /strideMs/],
  ])('refuse %j', (options, message) => {
    expect(() => clipsFromShots(options)).toThrow(message);
  });
});
