import { describe, expect, it } from '@jest/globals';
import { postureWords } from '../src/posture-words.js';
import type { Pose } from '../src/poses.js';
import type { TimedObjects } from '../src/tracks.js';
import { drawnFromBehind, drawnPose } from './drawn-pose.js';

const half = { leftAnkle: [0.56, 1.1] } as const;
const raised = drawnPose({ ...half, leftElbow: [0.64, 0.2], leftWrist: [0.64, 0.1] });
const plain = drawnPose(half);
const behind = drawnFromBehind();

function frames(...poses: (Pose | undefined)[]): readonly TimedObjects[] {
  return poses.map((pose, second) => ({
    timeMs: second * 1000,
    objects: [
      {
        label: 'person',
        confidence: 0.7,
        box: [0.3, 0.1, 0.4, 0.8],
        ...(pose === undefined ? {} : { pose }),
      },
    ],
  }));
}

describe('postureWords', () => {
  it('says of several frames what two of them show, of one what it shows', () => {
    expect(postureWords(frames(raised, plain, plain))).toEqual([]);
    expect(postureWords(frames(raised, plain, raised))).toEqual(['has an arm raised']);
    expect(postureWords(frames(raised))).toEqual(['has an arm raised']);
  });

  it('says how a person is seen when that holds for most frames, or at first', () => {
    expect(postureWords(frames(behind, behind, plain))).toEqual([
      'is seen from head to foot and from behind',
    ]);
    expect(postureWords(frames(behind, behind, plain, plain))).toEqual([
      'is seen at first from head to foot and from behind',
    ]);
    expect(postureWords(frames(plain, behind, plain, behind))).toEqual([]);
  });

  it('has no words where no joints were found', () => {
    expect(postureWords(frames(undefined, undefined, undefined))).toEqual([]);
  });
});
