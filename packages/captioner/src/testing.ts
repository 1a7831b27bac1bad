import { framesSha256, sha256, type Clip } from '@internvid/core';
import { encodeJpeg } from '@internvid/core/media';
import type { Captioner, CaptionFrame, CaptionRequest } from './captioner.js';

const WIDTH = 320;
const HEIGHT = 180;
const signal = new AbortController().signal;

/** The globals of a test runner such as Jest: this file imports none, so that it can be shipped. */
type Runner = {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>): void;
  beforeAll(body: () => Promise<void>): void;
  afterAll(body: () => Promise<void>): void;
  expect(value: unknown): {
    toEqual(expected: unknown): void;
    toMatch(expected: RegExp): void;
    toContain(expected: unknown): void;
    toBeGreaterThan(expected: number): void;
    rejects: { toMatchObject(expected: unknown): Promise<void>; toThrow(): Promise<void> };
  };
};

/** What every captioner must do. `open` makes one, which the suite disposes of. */
export function describeCaptioner(name: string, open: () => Promise<Captioner>): void {
  const { describe, it, expect, beforeAll, afterAll } = globalThis as unknown as Runner;
  describe(`${name} as a captioner`, () => {
    let captioner: Captioner;
    beforeAll(async () => {
      captioner = await open();
    });
    afterAll(async () => {
      await captioner[Symbol.asyncDispose]();
    });

    it('answers in the order of the requests, whatever their length', async () => {
      const requests = [
        await drawnRequest('long', [10, 90, 200]),
        await drawnRequest('short', [128]),
      ];
      const results = await captioner.caption(requests, signal);
      expect(results.map(({ captions }) => [...new Set(captions.map(({ clip }) => clip))])).toEqual(
        [['long'], ['short']],
      );
    });

    it('binds each caption to the frames that made it', async () => {
      const request = await drawnRequest('bound', [10, 90, 200]);
      const [result] = await captioner.caption([request], signal);
      const all = request.frames.map((frame) => frame.sha256);
      const allowed = new Set([framesSha256(all), ...all.map((hash) => framesSha256([hash]))]);
      expect(result?.captions.length).toBeGreaterThan(0);
      for (const caption of result?.captions ?? []) expect(allowed).toContain(caption.framesSha256);
    });

    it('writes whole sentences and says who wrote them', async () => {
      const [result] = await captioner.caption([await drawnRequest('sentences', [200])], signal);
      for (const { text, language, by } of result?.captions ?? []) {
        expect(text).toMatch(/^[\p{Lu}\p{N}"].*[.!?]"?$/u);
        expect(language).toMatch(/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/);
        expect(by).toEqual(captioner.producer);
      }
    });

    it('says the same about the same clip', async () => {
      const request = await drawnRequest('again', [30, 220]);
      expect(await captioner.caption([request], signal)).toEqual(
        await captioner.caption([request], signal),
      );
    });

    it('refuses bytes that are not those that the hash names', async () => {
      const request = await drawnRequest('swapped', [50]);
      const frames = request.frames.map((frame) => ({ ...frame, sha256: sha256('other') }));
      await expect(captioner.caption([{ ...request, frames }], signal)).rejects.toMatchObject({
        code: 'corrupt',
      });
    });

    it('stops when it is told to', async () => {
      const request = await drawnRequest('stopped', [50]);
      await expect(captioner.caption([request], AbortSignal.abort())).rejects.toThrow();
    });

    it('takes no requests and gives no results', async () => {
      expect(await captioner.caption([], signal)).toEqual([]);
    });
  });
}

/** A clip of plain frames, one for each grey level. */
async function drawnRequest(id: string, levels: readonly number[]): Promise<CaptionRequest> {
  const span = { startMs: 0, endMs: levels.length * 1000 };
  const clip: Clip = {
    id,
    video: { id: 'drawn', uri: '/drawn.mp4', metadata: {} },
    span,
    facts: {},
  };
  return {
    clip,
    frames: await Promise.all(levels.map((level, at) => drawnFrame(level, at * 1000))),
  };
}

async function drawnFrame(level: number, timeMs: number): Promise<CaptionFrame> {
  const data = new Uint8Array(WIDTH * HEIGHT * 3).fill(level);
  const bytes = await encodeJpeg({ width: WIDTH, height: HEIGHT, format: 'rgb24', data });
  return { timeMs, sha256: sha256(bytes), read: () => Promise.resolve(new Uint8Array(bytes)) };
}
