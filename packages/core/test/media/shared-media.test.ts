import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';

import { ffmpegFrameReader } from '../../src/media/ffmpeg-frame-reader.js';
import { allFrames } from './all-frames.js';

const media = fileURLToPath(new URL('../../../../../shared/media/', import.meta.url));
const isThere = existsSync(media);
const readTruth = (name: string): unknown =>
  isThere ? JSON.parse(readFileSync(`${media}truth/${name}`, 'utf8')) : {};

type BrokenTruth = { files?: { file: string; expect: string; why: string }[] };
type CutsTruth = { videos?: { file: string; frames_decoded: number; first_pts_s: number }[] };
const { files = [] } = readTruth('broken.json') as BrokenTruth;
const { videos = [] } = readTruth('cuts.json') as CutsTruth;
const reader = ffmpegFrameReader();

/** Files whose damage loses one frame in decoding, as their description says. */
const LOST_IN_DECODING: Readonly<Record<string, number>> = {
  'broken/corrupted_blocks_h264.mp4': 1,
  'broken/truncated_half_faststart.mp4': 1,
};

const suite = isThere ? describe : describe.skip;

suite('the broken and odd files of ../shared/media (skipped without that folder)', () => {
  it.each(files.filter((entry) => entry.expect === 'unreadable' || entry.expect === 'skip'))(
    'refuses $file: $why',
    async ({ file, expect: expected }) => {
      const error: unknown = await reader.probe(media + file).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'ToolkitError', retryable: false });
      const code = (error as { code: string }).code;
      expect(expected === 'unreadable' ? ['unreadable'] : ['unreadable', 'encrypted']).toContain(
        code,
      );
    },
  );

  it.each(files.filter((entry) => entry.expect === 'warn' || entry.expect === 'ok'))(
    'reads $file ($expect): $why',
    async ({ file, expect: expected }) => {
      const info = await reader.probe(media + file);
      if (expected === 'warn') expect(info.warnings).not.toEqual([]);
      else expect(info.warnings.filter((word) => word !== 'wrong-extension')).toEqual([]);
      const frames = await allFrames(reader, media + file);
      expect(frames).toHaveLength(info.video.frames - (LOST_IN_DECODING[file] ?? 0));
    },
  );
});

suite('the videos of ../shared/media (skipped without that folder)', () => {
  it.each(videos)('finds the $frames_decoded frames of $file at their times', async (truth) => {
    const { video, startMs } = await reader.probe(media + truth.file);
    expect(video.frames).toBe(truth.frames_decoded);
    const firstMs = truth.first_pts_s * 1000 - Math.max(0, startMs);
    expect(Math.abs(video.firstFrameMs - firstMs)).toBeLessThan(8);
    const { timesMs } = await reader.timeline(media + truth.file);
    const frames = await allFrames(reader, media + truth.file);
    expect(frames.map(([time]) => time)).toEqual([...timesMs]);
  });
});
