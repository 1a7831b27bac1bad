import { describe, expect, it } from '@jest/globals';
import { posturesOf } from '../src/postures.js';
import { drawnFromBehind, drawnPose } from './drawn-pose.js';

describe('posturesOf', () => {
  it('sees a whole person from head to foot, unless a foot is out of the picture or unsure', () => {
    expect(posturesOf(drawnPose())).toEqual(['head-to-foot']);
    expect(posturesOf(drawnPose({ leftAnkle: [0.56, 1.02] }))).toEqual([]);
    expect(posturesOf(drawnPose({ leftAnkle: [0.56, 0.9, 0.4] }))).toEqual([]);
  });

  it('tells the back by the left shoulder on the left, not by a view from the side', () => {
    expect(posturesOf(drawnFromBehind())).toEqual(['head-to-foot', 'from-behind']);
    const sideways = drawnPose({ leftShoulder: [0.48, 0.3], rightShoulder: [0.52, 0.3] });
    expect(posturesOf(sideways)).toEqual(['head-to-foot']);
  });

  it('takes an arm for raised when the hand is above the head and the elbow above the shoulder', () => {
    const up = drawnPose({ leftElbow: [0.64, 0.2], leftWrist: [0.64, 0.1] });
    expect(posturesOf(up)).toEqual(['head-to-foot', 'arm-raised']);
    const atFace = drawnPose({ leftElbow: [0.64, 0.28], leftWrist: [0.54, 0.22] });
    expect(posturesOf(atFace)).toEqual(['head-to-foot']);
    const scratching = drawnPose({ leftElbow: [0.66, 0.35], leftWrist: [0.52, 0.17] });
    expect(posturesOf(scratching)).toEqual(['head-to-foot']);
  });

  it('takes a trunk beside the feet for leaning over, not one that lies', () => {
    const over = {
      leftShoulder: [0.76, 0.45],
      rightShoulder: [0.72, 0.5],
      nose: [0.82, 0.5],
    } as const;
    expect(posturesOf(drawnPose(over))).toEqual(['head-to-foot', 'leans-over']);
    const lying = {
      ...over,
      leftKnee: [0.38, 0.56],
      rightKnee: [0.38, 0.58],
      leftAnkle: [0.2, 0.56],
      rightAnkle: [0.2, 0.58],
    } as const;
    expect(posturesOf(drawnPose(lying))).toEqual(['head-to-foot']);
  });

  it('says nothing where a shoulder or a hip is unsure', () => {
    expect(posturesOf(drawnPose({ leftHip: [0.56, 0.55, 0.3] }))).toEqual([]);
  });
});
