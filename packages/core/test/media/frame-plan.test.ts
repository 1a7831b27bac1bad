import { execFileSync } from 'node:child_process';

import { describe, expect, it } from '@jest/globals';

import { findFfmpeg } from '../../src/media/find-ffmpeg.js';
import { planPasses, planSpan, type PlannedTrack } from '../../src/media/frame-plan.js';

/** 10 minutes of 1080p at 25 frames a second, a key frame every 4 s; a tick is a frame. */
const track: PlannedTrack = {
  packets: {
    ticks: Float64Array.from({ length: 15_000 }, (_, frame) => frame),
    keyFrames: Uint32Array.from({ length: 150 }, (_, group) => group * 100),
    endTicks: 15_000,
    hasPresentationTimes: true,
    packetsInFile: 15_000,
    corruptPackets: 0,
    complaints: '',
  },
  clock: { timeBase: { num: 1, den: 25 }, startTicks: 0 },
  pixels: 1920 * 1080,
  isInterlaced: false,
  hasIndex: true,
  maySeek: true,
};

const seeks = (plan: PlannedTrack, frames: readonly number[]): (number | undefined)[] =>
  planPasses(plan, frames).map(({ pass }) => pass.seekMicroseconds);

describe('planPasses', () => {
  it('decodes on where frames lie close together, and seeks where they do not', () => {
    expect(seeks(track, [5, 90, 110])).toEqual([undefined]);
    expect(seeks(track, [5, 1_050, 1_060, 14_999])).toEqual([undefined, 40e6, 596e6]);
  });

  it('does not seek where the pictures are so small that decoding on is cheaper', () => {
    expect(seeks({ ...track, pixels: 64 * 36 }, [5, 14_999])).toEqual([undefined]);
  });

  it('does not seek without presentation times', () => {
    const packets = { ...track.packets, hasPresentationTimes: false };
    expect(seeks({ ...track, packets }, [5, 14_999])).toEqual([undefined]);
  });

  it('aims one key frame further back without an index, and passes through the nearer one', () => {
    const [plan] = planPasses({ ...track, hasIndex: false }, [1_050]);
    expect(plan?.pass.seekMicroseconds).toBe(36e6);
    expect(plan?.entryTick).toBe(1_000);
  });

  it('names thousands of frames in a condition that ffmpeg takes and that lets just those pass', () => {
    const wanted = Array.from({ length: 2_000 }, (_, index) => index * 7 + (index % 3));
    const plans = planPasses({ ...track, maySeek: false }, wanted);
    expect(plans).toHaveLength(1);
    const { path, libavformat } = findFfmpeg('ffmpeg');
    const passthrough = libavformat[0] < 59 ? '-vsync' : '-fps_mode';
    const film = 'nullsrc=size=16x16:rate=25:duration=600,settb=1/25';
    const graph = `${film},select='${plans[0]?.pass.select ?? ''}'`;
    const args = [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      graph,
      passthrough,
      'passthrough',
      '-f',
      'framecrc',
      '-',
    ];
    const lines = execFileSync(path, args, { encoding: 'utf8' }).split('\n');
    const ticks = lines
      .filter((line) => /^0,/.test(line))
      .map((line) => Number(line.split(',')[2]));
    expect(ticks).toEqual(wanted);
  });

  it('decodes the frame before a key frame too where fields are woven', () => {
    expect(planPasses({ ...track, isInterlaced: true }, [1_000])[0]?.entryTick).toBe(900);
  });
});

describe('planSpan', () => {
  it('lets the entry and the frames of the span pass', () => {
    const plan = planSpan(track, { fromTick: 1_050, untilTick: 1_060, select: undefined });
    expect(plan.pass).toEqual({
      seekMicroseconds: 40e6,
      fromTick: 1_000,
      untilTick: 1_060,
      select: 'eq(pts,1000)+gte(pts,1050)*(1)',
    });
    expect(plan.ticks).toEqual([1_050]);
  });

  it('asks for nothing after the end', () => {
    expect(
      planSpan(track, { fromTick: 15_000, untilTick: 15_100, select: undefined }).ticks,
    ).toEqual([]);
  });
});
