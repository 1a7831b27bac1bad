import { describe, expect, it } from '@jest/globals';

import {
  canonicalJson,
  clipId,
  contains,
  fingerprintOf,
  formatTimestamp,
  framesSha256,
  isAbort,
  middle,
  parseTimestamp,
  retry,
  sha256,
  slug,
  span,
  ToolkitError,
  videoId,
} from '@internvid/core';

describe('canonicalJson', () => {
  it('gives equal text for equal values, whatever the order of their keys', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).toBe(
      canonicalJson({ a: true, b: [1, { c: 'x', d: null }] }),
    );
    expect(canonicalJson({ b: 1, a: 2 })).toBe('{"a":2,"b":1}');
  });

  it('refuses what JSON would silently change', () => {
    expect(() => canonicalJson({ a: Number.NaN })).toThrow('NaN');
    expect(() => canonicalJson(undefined as never)).toThrow(TypeError);
  });
});

describe('ids', () => {
  it('make readable names of hostile ones', () => {
    expect(slug("it's 100% $HOME [x] ünïcødé 视频")).toBe('it-s-100-home-x-unic-de');
    expect(slug('../../etc/passwd')).toBe('etc-passwd');
    expect(slug('视频')).toBe('untitled');
    expect(slug('x'.repeat(100))).toHaveLength(40);
  });

  it('sort by time within a video', () => {
    const video = videoId('My Film.mp4', sha256('content'));
    const ids = [span(0, 2_000), span(10_000, 12_000), span(9_999, 12_000)].map((time) =>
      clipId(video, time),
    );
    expect([...ids].sort()).toEqual([ids[0], ids[2], ids[1]]);
    expect(ids[0]).toBe('my-film-mp4-ed7002b439e9_000000000_000002000');
  });

  it('bind a caption to its frames and their order', () => {
    const [a, b] = [sha256('a'), sha256('b')];
    expect(framesSha256([a, b])).not.toBe(framesSha256([b, a]));
    expect(framesSha256([a, b])).toBe(sha256(a + b));
  });

  it('change with any part of what they stand for', () => {
    expect(fingerprintOf({ threshold: 27 })).not.toBe(fingerprintOf({ threshold: 27.5 }));
  });
});

describe('a span', () => {
  it('has its start inside and its end outside', () => {
    const time = span(1_000, 2_000);
    expect([999, 1_000, 1_999, 2_000].map((at) => contains(time, at))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(middle(span(1, 4))).toBe(2);
  });

  it('refuses an empty, reversed or broken one', () => {
    for (const [start, end] of [
      [5, 5],
      [6, 5],
      [-1, 5],
      [0.5, 5],
      [0, Number.NaN],
    ] as const) {
      expect(() => span(start, end)).toThrow(RangeError);
    }
  });

  it('is written and read as the published InternVid files have it', () => {
    expect(formatTimestamp(111_578)).toBe('00:01:51.578');
    expect(formatTimestamp(360_000_001)).toBe('100:00:00.001');
    for (const text of ['00:01:51.578', '00:00:00.000', '12:34:56.007', '123:00:00.100']) {
      expect(formatTimestamp(parseTimestamp(text))).toBe(text);
    }
    expect(parseTimestamp('00:00:01.5')).toBe(1_500);
    for (const text of [
      '1:00:00',
      '00:60:00.000',
      '00:00:01,500',
      '00:00:01.0000',
      '-00:00:01.000',
    ]) {
      expect(() => parseTimestamp(text)).toThrow(RangeError);
    }
  });
});

describe('ToolkitError', () => {
  it('keeps an abort an abort and calls the unknown internal', () => {
    const abort = new AbortController();
    abort.abort();
    expect(ToolkitError.from(abort.signal.reason).code).toBe('aborted');
    expect(isAbort(abort.signal.reason)).toBe(true);
    expect(ToolkitError.from(new TypeError('x is not a function'))).toMatchObject({
      code: 'internal',
      retryable: false,
    });
    expect(ToolkitError.from('text').message).toContain('text');
  });
});

describe('retry', () => {
  const busy = new ToolkitError('network', 'Busy.', { retryable: true });

  it('calls again what may pass, and gives up after its attempts', async () => {
    let calls = 0;
    const work = async (): Promise<string> => {
      calls += 1;
      if (calls < 3) throw busy;
      return 'done';
    };
    expect(await retry(work, { baseMs: 1 })).toBe('done');
    calls = -10;
    await expect(retry(work, { baseMs: 1, attempts: 2 })).rejects.toBe(busy);
    expect(calls).toBe(-8);
  });

  it('does not repeat what another try cannot help', async () => {
    let calls = 0;
    const work = async (): Promise<never> => {
      calls += 1;
      throw new ToolkitError('not-found', 'Gone.');
    };
    await expect(retry(work, { baseMs: 1 })).rejects.toMatchObject({ code: 'not-found' });
    expect(calls).toBe(1);
  });

  it('waits as long as the server asks, unless that is too long', async () => {
    const asked = (ms: number): ToolkitError =>
      new ToolkitError('network', 'Slow.', { retryable: true, retryAfterMs: ms });
    const startedAt = performance.now();
    let calls = 0;
    await retry(
      async () => {
        calls += 1;
        if (calls === 1) throw asked(40);
      },
      { baseMs: 1 },
    );
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(38);
    await expect(
      retry(async () => Promise.reject(asked(1_000_000)), { baseMs: 1 }),
    ).rejects.toMatchObject({ retryAfterMs: 1_000_000 });
  });

  it('stops waiting at an abort', async () => {
    const signal = AbortSignal.timeout(20);
    await expect(
      retry(async () => Promise.reject(busy), { baseMs: 60_000, signal }),
    ).rejects.toThrow();
  });
});
