import { describe, expect, it } from '@jest/globals';

import {
  clipId,
  framesTable,
  from,
  localExecutor,
  readStepTable,
  sha256,
  span,
  step,
  type Clip,
  type SampledFrame,
  type Source,
  type Store,
} from '@internvid/core';
import {
  decodeJpeg,
  framePackSink,
  readPicture,
  sampleFrames,
  type FrameReader,
} from '@internvid/core/media';
import { fakeFrames, memoryStore, runStage } from '@internvid/core/testing';

const video = { id: 'film-0123456789ab', uri: '/films/film.mp4', metadata: {} };

/** Ten frames a second for ten seconds, each with a colour of its own. */
const reader = fakeFrames({
  [video.uri]: {
    width: 64,
    height: 48,
    timesMs: Array.from({ length: 100 }, (_, index) => index * 100),
    endMs: 10_000,
    colourAt: (frame) => [frame * 2, 100, 200],
  },
});

function clip(startMs: number, endMs: number): Clip {
  const time = span(startMs, endMs);
  return { id: clipId(video.id, time), video, span: time, facts: {} };
}

function sourceOf(clips: readonly Clip[]): Source<Clip> {
  return {
    name: 'clips',
    version: 1,
    config: {},
    async *shards() {
      yield { id: 'film', input: clips.map(({ id }) => id) };
    },
    async *read() {
      yield* clips;
    },
  };
}

async function sampledInto(
  store: Store,
  clips: readonly Clip[],
  frames: FrameReader = reader,
): Promise<SampledFrame[]> {
  const sample = step(
    'sample',
    from(sourceOf(clips)).through(sampleFrames({ frames })),
    framePackSink(),
  );
  await localExecutor({ concurrency: 1 }).run(sample, { store });
  const rows: SampledFrame[] = [];
  for await (const row of readStepTable(store, sample, framesTable)) rows.push(row);
  return rows;
}

describe('sampling frames', () => {
  it('keeps an odd number of frames of each clip, the middle one among them', async () => {
    const rows = await sampledInto(memoryStore(), [
      clip(0, 3_000),
      clip(3_000, 5_000),
      clip(5_000, 5_400),
    ]);
    expect(rows.map(({ clip: of, timeMs }) => [of.slice(-19), timeMs])).toEqual([
      ['000000000_000003000', 500],
      ['000000000_000003000', 1_500],
      ['000000000_000003000', 2_500],
      ['000003000_000005000', 3_300],
      ['000003000_000005000', 4_000],
      ['000003000_000005000', 4_600],
      ['000005000_000005400', 5_200],
    ]);
  });

  it('puts the pictures where their rows say, as the frames that they are', async () => {
    const store = memoryStore();
    const rows = await sampledInto(store, [clip(0, 4_000)]);
    for (const row of rows) {
      const jpeg = await readPicture(store, row);
      expect(sha256(jpeg)).toBe(row.picture.sha256);
      const { data, width, height } = await decodeJpeg(jpeg);
      expect([width, height]).toEqual([64, 48]);
      expect(Math.abs((data[0] ?? 0) - row.timeMs / 50)).toBeLessThan(4);
    }
  });

  it('writes a tar that other programs open', async () => {
    const store = memoryStore();
    const [row] = await sampledInto(store, [clip(0, 1_000)]);
    if (row === undefined) throw new Error('No frame was sampled.');
    const header = await store.read(row.picture.key, {
      offset: (row.picture.offset ?? 0) - 512,
      length: 512,
    });
    const text = Buffer.from(header).toString('latin1');
    expect(text.slice(0, row.id.length + 4)).toBe(`${row.id}.jpg`);
    expect(text.slice(257, 262)).toBe('ustar');
  });

  it('fails a clip of which no frame can be decoded, and keeps the others', async () => {
    const late = clip(20_000, 22_000);
    const stage = sampleFrames({ frames: reader });
    const result = await runStage(stage, [clip(0, 2_000), late]);
    expect(result.kept).toBe(1);
    expect(result.failed).toEqual([{ id: late.id, code: 'decode-failed' }]);
  });

  it('says so when a clip has fewer frames than were asked for', async () => {
    const result = await runStage(sampleFrames({ frames: reader }), [clip(8_000, 14_000)]);
    expect(result.kept).toBe(1);
    expect(result.warned).toEqual([{ id: clip(8_000, 14_000).id, warning: 'frames-missing' }]);
  });

  it('fails the clips of a video whose decoder breaks before it gives one, with the decoder’s own error', async () => {
    const broken: FrameReader = {
      ...reader,
      // eslint-disable-next-line require-yield
      async *frames() {
        throw new TypeError('the decoder broke');
      },
    };
    const result = await runStage(sampleFrames({ frames: broken }), [
      clip(0, 2_000),
      clip(2_000, 4_000),
    ]);
    expect(result.failed.map(({ code }) => code)).toEqual(['internal', 'internal']);
    expect(result.kept).toBe(0);
  });
});
