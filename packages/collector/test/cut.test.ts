import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findFfmpeg } from '@internvid/core/media';
import { cutClip, findCutPrograms, type CutClip, type CutClipOptions } from '../src/cut.js';
import { contentDetector } from '../src/shots/content.js';
import { distances, draw, frames, NOISE, picturesOf, PICTURE } from './cut/draw-source.js';
import { drawVideo, temporaryFolder } from './drawn-video.js';
import { describeWithShared, shared } from './shared.js';

const folder = temporaryFolder();
const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '25'];
const programs = findCutPrograms();

/** The npm fallback encodes exactly, but copies nothing: see `ffmpeg-too-old`. */
const isOld = programs.ffmpeg.libavformat[0] < 59;
const itCopies = isOld ? it.skip : it;

function cut(
  from: string,
  [startMs, endMs]: readonly [number, number],
  options: Partial<CutClipOptions> = {},
): Promise<CutClip> {
  const to = join(folder, 'clip.mp4');
  return cutClip({ from, to, span: { startMs, endMs }, frames, programs, ...options });
}

describe('cutting a clip', () => {
  const film = draw(folder, `it's a "film" $HOME 视频.mp4`, [
    ...[...PICTURE, ...NOISE, ...X264, '-bf', '2'],
  ]);

  it('encodes exactly the frames inside the span, also where it begins between two', async () => {
    const clip = await cut(film, [510, 1501], { mode: 'exact' });
    // Frames at 520, 560, … 1480 ms.
    expect(clip).toMatchObject({ mode: 'exact', copiedFrames: 0 });
    expect(clip.proof).toMatchObject({ problems: [], frames: 25, durationMs: 1000 });
    const apart = distances(
      await picturesOf(film, { startMs: 510, endMs: 1501 }),
      await picturesOf(clip.path),
    );
    expect(Math.max(...apart)).toBeLessThan(4);
    const { timesMs } = await frames.timeline(clip.path);
    expect([...timesMs.slice(0, 3)]).toEqual([0, 40, 80]);
  });

  itCopies('cuts the sound to the sample in every mode', async () => {
    for (const mode of ['exact', 'smart'] as const) {
      const { proof } = await cut(film, [513, 2777], { mode });
      expect(Math.abs(proof.soundOffsetMs ?? Infinity)).toBeLessThan(0.5);
    }
    const copy = await cut(film, [1000, 3000], { mode: 'copy' });
    expect(Math.abs(copy.proof.soundOffsetMs ?? Infinity)).toBeLessThan(0.5);
  });

  itCopies('copies whole groups of pictures to the bit', async () => {
    const clip = await cut(film, [1000, 3000], { mode: 'copy' });
    expect(clip).toMatchObject({ mode: 'copy', copiedFrames: 50 });
    const apart = distances(
      await picturesOf(film, { startMs: 1000, endMs: 3000 }),
      await picturesOf(clip.path),
    );
    expect(Math.max(...apart)).toBe(0);
  });

  itCopies(
    'refuses to copy what begins or ends where only encoding is exact, and says why',
    async () => {
      await expect(cut(film, [1040, 3000], { mode: 'copy' })).rejects.toMatchObject({
        code: 'process-failed',
        details: { reason: 'starts-between-key-frames' },
      });
      await expect(cut(film, [1000, 1080], { mode: 'copy' })).rejects.toMatchObject({
        details: { reason: 'ends-inside-references' },
      });
    },
  );

  itCopies(
    'chooses for each clip: copy where it is exact, smart where most is copied, else exact',
    async () => {
      expect((await cut(film, [1000, 2000])).mode).toBe('copy');
      expect((await cut(film, [900, 3100])).mode).toBe('smart');
      const little = await cut(film, [400, 1200]);
      expect(little).toMatchObject({ mode: 'exact', fallback: 'little-to-copy' });
      const within = await cut(film, [1040, 1900]);
      expect(within).toMatchObject({ mode: 'exact', fallback: 'no-clean-key-frame' });
    },
  );

  it('gives the same bytes each time', async () => {
    for (const mode of ['exact', 'smart'] as const) {
      const first = readFileSync((await cut(film, [900, 3100], { mode })).path);
      const second = readFileSync((await cut(film, [900, 3100], { mode })).path);
      expect(second.equals(first)).toBe(true);
    }
  });

  it('leaves nothing behind when it is aborted, when it stalls, and when no frame is inside', async () => {
    const place = join(folder, 'empty');
    mkdirSync(place);
    const to = join(place, 'never.mp4');
    const signal = AbortSignal.abort();
    await expect(cut(film, [0, 4000], { to, signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    const late = AbortSignal.timeout(150);
    await expect(cut(film, [0, 4000], { to, signal: late, mode: 'exact' })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    await expect(cut(film, [0, 4000], { to, stallMs: 1 })).rejects.toMatchObject({
      code: 'timeout',
      retryable: true,
    });
    await expect(cut(film, [90_000, 91_000], { to })).rejects.toMatchObject({ code: 'not-found' });
    expect(readdirSync(place)).toEqual([]);
    expect(existsSync(to)).toBe(false);
  });

  it('says whether the clip is one shot where a detector looks', async () => {
    const path = drawVideo(join(folder, 'two-shots.mp4'), [
      { source: 'testsrc2', frames: 50 },
      { source: 'smptebars', frames: 50 },
    ]);
    const detector = contentDetector();
    expect((await cut(path, [0, 2000], { detector })).proof.isOneShot).toBe(true);
    expect((await cut(path, [1000, 3000], { detector })).proof.isOneShot).toBe(false);
  });
});

describe('what a cut keeps', () => {
  itCopies('keeps a variable frame rate', async () => {
    const uneven = "setpts='(N*40+floor(N/3)*17)/1000/TB'";
    const from = draw(folder, 'uneven.mkv', [
      ...[
        ...PICTURE,
        '-vf',
        uneven,
        ...X264,
        '-fps_mode',
        'passthrough',
        '-enc_time_base',
        '1:1000',
      ],
    ]);
    const source = await frames.timeline(from);
    for (const mode of ['exact', 'smart'] as const) {
      const clip = await cut(from, [600, 3000], { mode });
      expect(clip.mode).toBe(mode);
      const inside = [...source.timesMs].filter((timeMs) => timeMs >= 600 && timeMs < 3000);
      const made = await frames.timeline(clip.path);
      expect([...made.timesMs]).toEqual(inside.map((timeMs) => timeMs - (inside[0] ?? 0)));
    }
  });

  itCopies(
    'turns pictures upright or keeps their rotation, keeps pixels that are not square, and cuts off odd rows',
    async () => {
      const upright = draw(folder, 'upright.mp4', [...PICTURE, ...X264]);
      const turned = draw(folder, 'turned.mp4', [
        ...['-i', `file:${upright}`, '-c', 'copy', '-metadata:s:v:0', 'rotate=90'],
      ]);
      const { rotation } = (await frames.probe(turned)).video;
      expect(rotation).not.toBe(0);
      const exact = await cut(turned, [900, 3100], { mode: 'exact' });
      expect((await frames.probe(exact.path)).video).toMatchObject({
        rotation: 0,
        width: 90,
        height: 160,
      });
      const smart = await cut(turned, [900, 3100], { mode: 'smart' });
      expect(smart.mode).toBe('smart');
      expect((await frames.probe(smart.path)).video).toMatchObject({ rotation, width: 160 });

      const odd = draw(folder, 'odd.mkv', [
        ...[...PICTURE, '-vf', 'scale=161:91,setsar=4/3', '-c:v', 'libvpx-vp9', '-g', '25'],
        ...['-cpu-used', '8', '-deadline', 'realtime', '-pix_fmt', 'yuv420p'],
      ]);
      const even = await cut(odd, [900, 3100], { mode: 'exact' });
      expect((await frames.probe(even.path)).video).toMatchObject({
        ...{ width: 160, height: 90, sampleAspectRatio: { num: 4, den: 3 } },
      });
      const asIs = await cut(odd, [900, 3100], { mode: 'smart' });
      expect((await frames.probe(asIs.path)).video).toMatchObject({ width: 161, height: 91 });
    },
  );

  it('begins late sound with silence, and does without sound that ended before', async () => {
    const late = draw(folder, 'late.mkv', [
      ...[...PICTURE, '-itsoffset', '1.5', ...NOISE, ...X264, '-shortest'],
    ]);
    const clip = await cut(late, [800, 3000]);
    expect(Math.abs(clip.proof.soundOffsetMs ?? Infinity)).toBeLessThan(0.5);
    const short = draw(folder, 'short.mp4', [
      ...[...PICTURE, ...NOISE, '-af', 'atrim=0:1', ...X264],
    ]);
    const silent = await cut(short, [2000, 3500]);
    expect(silent.proof.problems).toEqual([]);
    expect((await frames.probe(silent.path)).audio).toEqual([]);
  });

  it('cuts exactly, and says so, with an ffmpeg that cannot drop single packets', async () => {
    const installer = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg') as {
      path: string;
    };
    const old = { ...programs, ffmpeg: findFfmpeg('ffmpeg', installer.path) };
    const from = draw(folder, 'plain.mp4', [...PICTURE, ...NOISE, ...X264]);
    const clip = await cut(from, [900, 3100], { programs: old });
    expect(clip).toMatchObject({ mode: 'exact', fallback: 'ffmpeg-too-old' });
    expect(clip.proof).toMatchObject({ problems: [], frames: 55 });
  });
});

describeWithShared('cutting real videos', () => {
  /** File, span, how it ends up, and why not otherwise. */
  const videos: readonly (readonly [string, readonly [number, number], string, string | null])[] = [
    ['bikes_street_6shots_h264.mp4', [1500, 7000], 'smart', null],
    ['city_night_2shots_mpeg2.mpg', [1200, 6440], 'smart', null],
    ['tears_of_steel_3shots_vp9.webm', [1200, 2440], 'smart', null],
    ['sintel_trailer_30s_fades_h264.mp4', [5000, 7000], 'exact', 'no-clean-key-frame'],
    ['wave_2shots_divx.avi', [200, 1200], 'exact', 'codec-not-copied'],
    [`broken/it's 100% $HOME [x] ünïcødé 视频.mp4`, [0, 1500], 'smart', null],
    ['broken/-name-starts-with-dash.mp4', [0, 1500], 'copy', null],
    ['broken/hdr10_pq_bt2020_10bit_hevc.mp4', [100, 1500], 'exact', 'no-clean-key-frame'],
    ['broken/interlaced_tff_mpeg2.mpg', [0, 1500], 'exact', 'interlaced'],
    ['broken/resolution_change_midstream.ts', [1000, 3000], 'exact', 'size-changes'],
    // Frames that were never fetched are in its index; those of the span are there.
    ['broken/truncated_upstream_35s_says_header.mp4', [0, 1500], 'copy', null],
  ];

  /** What an old ffmpeg is not even asked about. */
  const seenBefore = ['codec-not-copied', 'interlaced'];
  // The ffprobe of the npm fallback crashes on the other.
  const readable = videos.filter(([name]) => !isOld || !name.includes('resolution_change'));

  it.each(readable)('proves %s', async (name, span, mode, fallback) => {
    const clip = await cut(shared(`media/${name}`), span);
    expect(clip.proof.problems).toEqual([]);
    const isTooOld = isOld && !seenBefore.includes(fallback ?? '');
    const expected = isTooOld ? ['exact', 'ffmpeg-too-old'] : [mode, fallback];
    expect([clip.mode, clip.fallback ?? null]).toEqual(expected);
  });
});
