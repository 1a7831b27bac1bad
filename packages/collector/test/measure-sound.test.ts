import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ffmpegAudioReader, ffmpegFrameReader } from '@internvid/core/media';
import { runStage } from '@internvid/core/testing';
import { measureCombing } from '../src/measure-combing.js';
import { measureSound } from '../src/measure-sound.js';
import type { ProbedVideo } from '../src/probe.js';
import type { SplitVideo } from '../src/split.js';
import { drawVideo, temporaryFolder } from './drawn-video.js';
import { describeWithShared, shared } from './shared.js';

const folder = temporaryFolder();
const frames = ffmpegFrameReader();
const audio = ffmpegAudioReader();

/** A video that was measured already: one fact, one missing. */
async function split(uri: string): Promise<SplitVideo> {
  const video: ProbedVideo = { id: 'film', uri, metadata: {}, info: await frames.probe(uri) };
  const over = (): { luminance: number; missing: { noise: string } } => ({
    luminance: 90,
    missing: { noise: 'no-picture' },
  });
  return { id: video.id, video, shots: [], measurements: { push: () => undefined, over } };
}

function ffmpeg(name: string, args: readonly string[]): string {
  const path = join(folder, name);
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...args, `file:${path}`]);
  return path;
}

/** Two seconds of silence, then two of a tone at -20 dB of full scale. */
const sounding = (): string =>
  ffmpeg('sound.mkv', [
    ...['-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=10:duration=4'],
    ...['-f', 'lavfi', '-i', "aevalsrc='gte(t,2)*0.1*sin(2000*PI*t)':s=48000:d=4"],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'flac'],
  ]);

async function soundFacts(uri: string) {
  const { outputs, warned } = await runStage(measureSound({ audio }), [await split(uri)]);
  const over = (startMs: number, endMs: number) =>
    outputs[0]?.measurements.over({ startMs, endMs });
  return { over, warned };
}

describe('measuring sound', () => {
  it('adds loudness and silence of any span to what was measured', async () => {
    const { over } = await soundFacts(sounding());
    expect(over(2000, 4000)).toMatchObject({ luminance: 90, silenceRatio: 0 });
    expect(over(2000, 4000)?.loudnessLufs).toBeCloseTo(-23, 0);
    expect(over(0, 2000)).toEqual({
      luminance: 90,
      silenceRatio: 1,
      missing: { noise: 'no-picture', loudnessLufs: 'silent' },
    });
    expect(over(1000, 3000)?.silenceRatio).toBe(0.5);
  });

  it('leaves both out of a video without sound, and says why', async () => {
    const path = drawVideo(join(folder, 'mute.mp4'), [{ source: 'testsrc2', frames: 25 }]);
    const { over, warned } = await soundFacts(path);
    const missing = { noise: 'no-picture', loudnessLufs: 'no-audio', silenceRatio: 'no-audio' };
    expect(over(0, 1000)).toEqual({ luminance: 90, missing });
    expect(warned).toEqual([]);
  });

  it('warns of sound that cannot be decoded, and keeps the video', async () => {
    const video = await split(sounding());
    const unreadable = { ...video, video: { ...video.video, uri: join(folder, 'mute.mp4') } };
    const { outputs, warned } = await runStage(measureSound({ audio }), [unreadable]);
    expect(warned.map(({ warning }) => warning)).toEqual(['sound-not-decoded']);
    expect(outputs[0]?.measurements.over({ startMs: 0, endMs: 1000 }).missing).toMatchObject({
      loudnessLufs: 'no-samples',
    });
  });

  it('stops when it is aborted', async () => {
    const video = await split(sounding());
    const signal = AbortSignal.abort();
    await expect(runStage(measureSound({ audio }), [video], { signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

async function combedRatio(uri: string) {
  const { outputs } = await runStage(measureCombing({ frames }), [await split(uri)]);
  return outputs[0]?.measurements.over({ startMs: 0, endMs: 1000 });
}

describe('measuring combs', () => {
  const moving = 'testsrc2=size=320x240:rate=50:duration=2,scroll=h=0.01';

  it('finds fields that were woven though the header calls the video progressive', async () => {
    const woven = ffmpeg('woven.mp4', [
      ...['-f', 'lavfi', '-i', `${moving},tinterlace=interleave_top,setfield=prog`],
      ...['-c:v', 'libx264', '-crf', '20', '-g', '5', '-pix_fmt', 'yuv420p'],
    ]);
    expect((await frames.probe(woven)).video.isInterlaced).toBe(false);
    expect((await combedRatio(woven))?.combedRatio).toBeGreaterThan(0.02);
  });

  it('finds none in a progressive video, nor where the reader takes the fields apart', async () => {
    const encoding = ['-c:v', 'libx264', '-crf', '20', '-g', '5', '-pix_fmt', 'yuv420p'];
    const plain = ffmpeg('plain.mp4', ['-f', 'lavfi', '-i', moving, ...encoding]);
    expect((await combedRatio(plain))?.combedRatio).toBeLessThan(0.004);
    const declared = ffmpeg('declared.mp4', [
      ...['-f', 'lavfi', '-i', `${moving},tinterlace=interleave_top`],
      ...[...encoding, '-flags', '+ildct+ilme', '-x264opts', 'tff=1'],
    ]);
    expect((await frames.probe(declared)).video.isInterlaced).toBe(true);
    expect((await combedRatio(declared))?.combedRatio).toBeLessThan(0.004);
  });
});

describeWithShared('measuring combs in real videos', () => {
  it.each(['segway_rider_h264.mp4', 'yoga_outdoor_h264.mp4', 'city_night_2shots_mpeg2.mpg'])(
    'finds none in the progressive %s',
    async (file) => {
      expect((await combedRatio(shared(`media/${file}`)))?.combedRatio).toBeLessThan(0.006);
    },
  );

  it('says that lines turned into columns cannot be judged', async () => {
    const facts = await combedRatio(shared('media/broken/rotated_90.mov'));
    expect(facts?.missing).toMatchObject({ combedRatio: 'not-upright' });
  });
});
