import type { Frame, FrameReader, FrameRequest } from '../media/frame-reader.js';

/** The globals of a test runner such as Jest: this file imports none, so that it can be shipped. */
type Runner = {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>): void;
  expect(value: unknown): {
    toBe(expected: unknown): void;
    toEqual(expected: unknown): void;
    toBeLessThan(expected: number): void;
    toThrow(expected?: unknown): void;
    rejects: {
      toMatchObject(expected: unknown): Promise<void>;
      toThrow(expected?: unknown): Promise<void>;
    };
  };
};

/** A reader, and a video of at least 4 frames over at least half a second whose frame times are known. */
export type FrameReaderSubject = {
  readonly reader: FrameReader;
  readonly uri: string;
  /** Presentation times of all frames in whole milliseconds, ascending. */
  readonly timesMs: readonly number[];
  readonly endMs: number;
  /** A uri that names nothing. */
  readonly missingUri: string;
};

const SMALL = { width: 32, height: 18, format: 'gray8' } as const;

/** What every frame reader must do. `make` is called for each test. */
export function describeFrameReader(name: string, make: () => Promise<FrameReaderSubject>): void {
  const { describe, it, expect } = globalThis as unknown as Runner;
  const timesOf = async (
    { reader, uri }: FrameReaderSubject,
    request: Omit<FrameRequest, 'outputs'>,
  ): Promise<number[]> => {
    const times: number[] = [];
    for await (const frame of reader.frames(uri, { ...request, outputs: [SMALL] }))
      times.push(frame.timeMs);
    return times;
  };

  describe(`${name} as a frame reader`, () => {
    it('probes what its timeline and its frames say', async () => {
      const { reader, uri, timesMs, endMs } = await make();
      const info = await reader.probe(uri);
      expect([info.video.frames, info.video.firstFrameMs]).toEqual([timesMs.length, timesMs[0]]);
      expect(info.durationMs).toBe(endMs);
      const timeline = await reader.timeline(uri);
      expect([...timeline.timesMs]).toEqual(timesMs);
      expect(timeline.endMs).toBe(endMs);
      expect(timeline.keyFrames[0]).toBe(0);
      expect(timeline.keyFrames.length).toBe(info.video.keyFrames);
    });

    it('gives every frame with its number and its true time', async () => {
      const { reader, uri, timesMs } = await make();
      const frames: Frame[] = [];
      const request = { select: { kind: 'all' }, outputs: [SMALL] } as const;
      for await (const frame of reader.frames(uri, request)) frames.push(frame);
      expect(frames.map((frame) => frame.timeMs)).toEqual(timesMs);
      expect(frames.map((frame) => frame.index)).toEqual([...timesMs.keys()]);
    });

    it('gives the frames of a half-open span', async () => {
      const subject = await make();
      const [startMs = 0, , endMs = 0] = subject.timesMs.slice(1);
      const times = await timesOf(subject, { select: { kind: 'all' }, span: { startMs, endMs } });
      expect(times).toEqual(subject.timesMs.slice(1, 3));
    });

    it('gives the first frame of each slot of a rate', async () => {
      const subject = await make();
      const slot = (timeMs: number): number => Math.floor((timeMs * 4) / 1000);
      const { timesMs } = subject;
      const expected = timesMs.filter(
        (timeMs, at) => at === 0 || slot(timeMs) > slot(timesMs[at - 1] ?? 0),
      );
      expect(await timesOf(subject, { select: { kind: 'rate', fps: 4 } })).toEqual(expected);
    });

    it('gives the frame on screen at each time, and equal answers once', async () => {
      const subject = await make();
      const [, first = 0, second = 0, third = 0] = subject.timesMs;
      const timesMs = [first, first, second - 1, third, subject.endMs + 1000];
      const times = await timesOf(subject, { select: { kind: 'times', timesMs } });
      expect(times).toEqual([...new Set([first, third, subject.timesMs.at(-1)])]);
    });

    it('gives no frame for a span after the end', async () => {
      const subject = await make();
      const span = { startMs: subject.endMs + 1, endMs: subject.endMs + 1000 };
      expect(await timesOf(subject, { select: { kind: 'all' }, span })).toEqual([]);
    });

    it('gives the same picture whichever way a frame is chosen', async () => {
      const { reader, uri, timesMs } = await make();
      const third = timesMs[2] ?? 0;
      const span = { startMs: third, endMs: third + 1 };
      const pictureFor = async (request: Omit<FrameRequest, 'outputs'>): Promise<number[]> => {
        for await (const frame of reader.frames(uri, { ...request, outputs: [SMALL] })) {
          if (frame.timeMs === third) return [...(frame.pictures[0]?.data ?? [])];
        }
        return [];
      };
      const picture = await pictureFor({ select: { kind: 'all' } });
      expect(picture.length).toBe(SMALL.width * SMALL.height);
      expect(await pictureFor({ select: { kind: 'all' }, span })).toEqual(picture);
      expect(await pictureFor({ select: { kind: 'times', timesMs: [third] } })).toEqual(picture);
    });

    it('gives several sizes and formats of the same frame', async () => {
      const { reader, uri, timesMs } = await make();
      const outputs = [SMALL, { width: 47, height: 31, format: 'rgb24', scaler: 'area' }] as const;
      let frames = 0;
      for await (const { pictures } of reader.frames(uri, { select: { kind: 'all' }, outputs })) {
        frames += 1;
        expect(pictures.map(({ data }) => data.length)).toEqual([32 * 18, 47 * 31 * 3]);
        expect(pictures.map(({ width, height }) => [width, height])).toEqual([
          [32, 18],
          [47, 31],
        ]);
        const [grey = 0, colour = 0] = pictures.map(({ data }) => mean(data));
        expect(Math.abs(grey - colour)).toBeLessThan(64);
      }
      expect(frames).toBe(timesMs.length);
    });

    it('can be left early and asked again', async () => {
      const { reader, uri, timesMs } = await make();
      const request = { select: { kind: 'all' }, outputs: [SMALL] } as const;
      for (let round = 0; round < 2; round++) {
        for await (const frame of reader.frames(uri, request)) {
          expect(frame.timeMs).toBe(timesMs[0]);
          break;
        }
      }
    });

    it('stops when aborted', async () => {
      const { reader, uri } = await make();
      const controller = new AbortController();
      const request = { select: { kind: 'all' }, outputs: [SMALL] } as const;
      const readOn = async (): Promise<void> => {
        for await (const frame of reader.frames(uri, request, controller.signal)) {
          if (frame.index === 0) controller.abort();
        }
      };
      await expect(readOn()).rejects.toMatchObject({ name: 'AbortError' });
      await expect(reader.probe(uri, controller.signal)).rejects.toMatchObject({
        name: 'AbortError',
      });
    });

    it('says that a video is not there', async () => {
      const { reader, missingUri } = await make();
      await expect(reader.probe(missingUri)).rejects.toMatchObject({ code: 'not-found' });
      await expect(reader.timeline(missingUri)).rejects.toMatchObject({ code: 'not-found' });
    });

    it('refuses a request that makes no sense', async () => {
      const { reader, uri } = await make();
      const ask = (request: FrameRequest) => () => reader.frames(uri, request);
      const select = { kind: 'all' } as const;
      expect(ask({ select, outputs: [] })).toThrow(RangeError);
      expect(ask({ select, outputs: [{ ...SMALL, width: 0 }] })).toThrow(RangeError);
      expect(ask({ select: { kind: 'rate', fps: 0 }, outputs: [SMALL] })).toThrow(RangeError);
      expect(ask({ select: { kind: 'times', timesMs: [2, 1] }, outputs: [SMALL] })).toThrow(
        RangeError,
      );
    });
  });
}

function mean(data: Uint8Array): number {
  return data.reduce((sum, value) => sum + value, 0) / data.length;
}
