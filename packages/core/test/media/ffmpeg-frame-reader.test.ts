import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ffmpegFrameReader } from '../../src/media/ffmpeg-frame-reader.js';
import { describeFrameReader } from '../../src/testing/frame-reader-suite.js';
import { allFrames } from './all-frames.js';
import { draw, h264, testPicture, turn, videoFolder } from './drawn-videos.js';

const folder = videoFolder();
const reader = ffmpegFrameReader();
const missingUri = `${folder.path}/nothing here.mp4`;
const steady = Array.from({ length: 20 }, (_, frame) => frame * 100);

afterAll(() => folder.remove());

/** Draws when the first test asks. */
const drawOnce = (name: string, args: readonly string[]): (() => string) => {
  let path: string | undefined;
  return () => (path ??= draw(folder.path, name, args));
};

const mp4 = drawOnce('steady.mp4', [...testPicture(2), ...h264()]);
describeFrameReader('ffmpegFrameReader on MP4 with B-frames', async () => {
  return { reader, uri: mp4(), timesMs: steady, endMs: 2000, missingUri };
});

const transportStream = drawOnce('late.ts', [...testPicture(2), ...h264()]);
describeFrameReader('ffmpegFrameReader on a transport stream that starts at 1.4 s', async () => {
  return { reader, uri: transportStream(), timesMs: steady, endMs: 2000, missingUri };
});

const unevenly = [
  '-vf',
  "select='not(eq(mod(n,4),2))'",
  '-vsync',
  'vfr',
  '-enc_time_base',
  '1:1000',
];
const uneven = drawOnce('uneven.mkv', [...testPicture(2), ...unevenly, ...h264()]);
describeFrameReader('ffmpegFrameReader on variable frame rate', async () => {
  const timesMs = steady.filter((_, frame) => frame % 4 !== 2);
  return { reader, uri: uneven(), timesMs, endMs: 2000, missingUri };
});

// AVI stores no presentation times: with B-frames all are guessed, one frame late as ffmpeg's own.
const withoutTimes = drawOnce('b-frames.avi', [
  ...testPicture(2),
  '-c:v',
  'mpeg4',
  '-g',
  '5',
  '-bf',
  '2',
]);
describeFrameReader('ffmpegFrameReader on MPEG-4 with B-frames in AVI', async () => {
  const timesMs = steady.map((timeMs) => timeMs + 100);
  return { reader, uri: withoutTimes(), timesMs, endMs: 2100, missingUri };
});

describe('times of odd rates', () => {
  it('rounds 29.97 frames a second down from exact ticks', async () => {
    const uri = draw(folder.path, 'ntsc.mp4', [...testPicture(2, 30000 / 1001), ...h264()]);
    const { timesMs } = await reader.timeline(uri);
    const exact = [...timesMs.keys()].map((frame) => Number((BigInt(frame) * 1001000n) / 30000n));
    expect([...timesMs]).toEqual(exact);
    expect((await allFrames(reader, uri)).map(([timeMs]) => timeMs)).toEqual(exact);
    expect((await reader.probe(uri)).video.frameRate).toEqual({ num: 30000, den: 1001 });
  });

  it('counts from the container start where the pictures start later than the sound', async () => {
    const sound = ['-f', 'lavfi', '-i', 'sine=duration=3'];
    const args = ['-itsoffset', '0.5', ...testPicture(2), ...sound, ...h264(), '-c:a', 'aac'];
    const uri = draw(folder.path, 'pictures-later.mkv', args);
    const { video } = await reader.probe(uri);
    const frames = await allFrames(reader, uri);
    expect(frames[0]?.[0]).toBe(video.firstFrameMs);
    expect(Math.abs(video.firstFrameMs - 500)).toBeLessThan(30);
  });
});

describe('containers in which a seek lands beside its aim', () => {
  it.each([
    [
      'HEVC with open groups in a transport stream',
      'open.ts',
      ['-c:v', 'libx265', '-x265-params', 'log-level=error:keyint=50'],
    ],
    [
      'MPEG-2 in a program stream',
      'program.mpg',
      ['-c:v', 'mpeg2video', '-bf', '2', '-g', '15', '-q:v', '8'],
    ],
    [
      'H.264 that refreshes by columns and has one true key frame',
      'refresh.mp4',
      [...h264(50), '-intra-refresh', '1'],
    ],
  ])('gives the right pictures of %s', async (_, name, codec) => {
    const uri = draw(folder.path, name, [...testPicture(24, 25, '640x360'), ...codec]);
    const sequential = await allFrames(reader, uri);
    const timesMs = [2_200, 13_040, 13_080, 23_900];
    const found = await allFrames(reader, uri, { select: { kind: 'times', timesMs } });
    expect(found).toEqual(timesMs.map((timeMs) => sequential.findLast(([time]) => time <= timeMs)));
    const span = { startMs: 21_000, endMs: 21_400 };
    const inside = sequential.filter(([time]) => time >= span.startMs && time < span.endMs);
    expect(await allFrames(reader, uri, { span })).toEqual(inside);
  });
});

describe('choosing frames far apart', () => {
  let uri = '';
  let sequential: Awaited<ReturnType<typeof allFrames>> = [];
  beforeAll(async () => {
    uri = draw(folder.path, 'long.mp4', [...testPicture(60, 25, '640x360'), ...h264(50)]);
    sequential = await allFrames(reader, uri);
  });

  it('gives the same pictures by seeking as by decoding all', async () => {
    const timesMs = [39, 40, 1_999, 2_000, 2_001, 20_039, 33_000, 33_500, 59_999];
    const expected = timesMs.map((timeMs) => sequential.findLast(([time]) => time <= timeMs));
    const select = { kind: 'times', timesMs } as const;
    const found = await allFrames(reader, uri, { select });
    expect(found).toEqual(expected.filter((frame, at) => frame !== expected[at - 1]));
  });

  it('gives the frames of a late span and none beside it', async () => {
    const span = { startMs: 40_001, endMs: 42_040 };
    const inside = sequential.filter(([time]) => time >= span.startMs && time < span.endMs);
    expect(inside).toHaveLength(50);
    expect(await allFrames(reader, uri, { span })).toEqual(inside);
  });

  it('gives the frames of a rate inside a span as it does for the whole video', async () => {
    const select = { kind: 'rate', fps: 3 } as const;
    const span = { startMs: 40_100, endMs: 43_000 };
    const whole = await allFrames(reader, uri, { select });
    const inside = whole.filter(([time]) => time >= span.startMs && time < span.endMs);
    expect(inside.map(([time]) => time)).toEqual([
      40_360, 40_680, 41_000, 41_360, 41_680, 42_000, 42_360, 42_680,
    ]);
    expect(await allFrames(reader, uri, { select, span })).toEqual(inside);
  });

  it('gives more frames than one selection can name', async () => {
    const timesMs = Array.from({ length: 300 }, (_, second) => second * 200);
    const found = await allFrames(reader, uri, { select: { kind: 'times', timesMs } });
    expect(found.map(([time]) => time)).toEqual(timesMs);
  });

  it('waits for a slow consumer without dropping frames', async () => {
    const outputs = [
      { width: 320, height: 180, format: 'rgb24' },
      { width: 64, height: 36, format: 'gray8' },
    ] as const;
    const span = { startMs: 0, endMs: 2_000 };
    const times: number[] = [];
    for await (const frame of reader.frames(uri, { select: { kind: 'all' }, span, outputs })) {
      times.push(frame.timeMs);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(times).toEqual(sequential.slice(0, 50).map(([time]) => time));
  });
});

describe('pictures as shown', () => {
  const corners = async (uri: string, width: number, height: number): Promise<string[]> => {
    const outputs = [{ width, height, format: 'rgb24', scaler: 'area' }] as const;
    for await (const { pictures } of reader.frames(uri, { select: { kind: 'all' }, outputs })) {
      const data = pictures[0]?.data ?? [];
      const at = (x: number, y: number): string => {
        const [red = 0, green = 0, blue = 0] = data.slice(
          (y * width + x) * 3,
          (y * width + x) * 3 + 3,
        );
        return red > 150 ? 'red' : green > 100 ? 'green' : blue > 150 ? 'blue' : 'black';
      };
      return [at(2, 2), at(width - 3, 2), at(width - 3, height - 3), at(2, height - 3)];
    }
    return [];
  };
  const quarters = [
    ...['-f', 'lavfi', '-i', 'color=black:size=160x96:rate=5:duration=1'],
    ...[
      '-vf',
      'drawbox=0:0:80:48:red:fill,drawbox=80:0:80:48:0x00ff00:fill,drawbox=80:48:80:48:blue:fill',
    ],
  ];

  it.each([
    [0, ['red', 'green', 'blue', 'black'], 160],
    [90, ['black', 'red', 'green', 'blue'], 96],
    [180, ['blue', 'black', 'red', 'green'], 160],
    [270, ['green', 'blue', 'black', 'red'], 96],
  ] as const)('turns a picture tagged %i degrees clockwise', async (degrees, expected, width) => {
    const tagged = draw(folder.path, `turned-${degrees}.mp4`, [...quarters, ...h264()]);
    turn(tagged, degrees);
    const { video } = await reader.probe(tagged);
    expect([video.rotation, video.displayWidth]).toEqual([degrees, width]);
    expect(await corners(tagged, video.displayWidth, video.displayHeight)).toEqual(expected);
  });

  it('makes pixels square', async () => {
    const uri = draw(folder.path, 'wide.mp4', [...testPicture(1), '-vf', 'setsar=16/9', ...h264()]);
    const { video } = await reader.probe(uri);
    expect([video.displayWidth, video.displayHeight]).toEqual([569, 180]);
  });

  it('reads odd sizes, ten bits and pictures without colour', async () => {
    const odd = draw(folder.path, 'odd.webm', [
      ...testPicture(1, 10, '353x199'),
      '-c:v',
      'libvpx',
      '-b:v',
      '1M',
    ]);
    expect(await allFrames(reader, odd)).toHaveLength(10);
    const deep = draw(folder.path, 'deep.mkv', [
      ...testPicture(1),
      '-c:v',
      'ffv1',
      '-pix_fmt',
      'yuv420p10le',
    ]);
    expect((await reader.probe(deep)).video.bitDepth).toBe(10);
    const grey = draw(folder.path, 'grey.mkv', [
      ...testPicture(1),
      '-c:v',
      'ffv1',
      '-pix_fmt',
      'gray',
    ]);
    expect(await allFrames(reader, grey)).toHaveLength(10);
  });

  it('tone-maps HDR: white paper at 203 cd/m2 comes out bright, not grey', async () => {
    // PQ code 592 of 1023 is about 203 cd/m2 (SMPTE ST 2084).
    const white = [
      '-f',
      'lavfi',
      '-i',
      'color=black:size=64x64:rate=5:duration=1',
      '-vf',
      'format=yuv420p10le,lutyuv=y=573:u=512:v=512',
    ];
    const tags = 'colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc';
    const codec = [
      '-c:v',
      'libx265',
      '-x265-params',
      `log-level=error:${tags}`,
      '-pix_fmt',
      'yuv420p10le',
    ];
    const uri = draw(folder.path, 'hdr.mp4', [...white, ...codec]);
    const info = await reader.probe(uri);
    expect([info.video.isHdr, info.warnings]).toEqual([true, ['hdr']]);
    const outputs = [{ width: 8, height: 8, format: 'gray8' }] as const;
    for await (const { pictures } of reader.frames(uri, { select: { kind: 'all' }, outputs })) {
      expect(pictures[0]?.data[27]).toBeGreaterThan(180);
    }
  });
});

describe('a decoder that fails', () => {
  it('says so when nothing can be decoded', async () => {
    const fine = draw(folder.path, 'fine.mkv', [...testPicture(1), ...h264()]);
    // Random numbers in all packets: the container stays whole.
    const uri = draw(folder.path, 'noise.mkv', ['-i', fine, '-c', 'copy', '-bsf:v', 'noise=1']);
    await expect(allFrames(reader, uri)).rejects.toMatchObject({ code: 'decode-failed' });
  });

  it('ends a program that falls silent', async () => {
    const uri = draw(folder.path, 'waited-for.mp4', [...testPicture(30, 25), ...h264()]);
    const hasty = ffmpegFrameReader({ stallMs: 1 });
    await expect(hasty.probe(uri)).rejects.toMatchObject({ code: 'timeout', retryable: true });
  });
});
