import { JOINTS, type JointName, type Pose } from '../src/poses.js';

/** Where a joint is, in heights of the picture, and how sure if not quite. */
export type DrawnJoint = readonly [x: number, y: number, confidence?: number];

/** Somebody who stands upright in the middle of the picture and faces the camera. */
const STANDING: Readonly<Record<JointName, DrawnJoint>> = {
  nose: [0.5, 0.2],
  leftEye: [0.52, 0.19],
  rightEye: [0.48, 0.19],
  leftEar: [0.54, 0.2],
  rightEar: [0.46, 0.2],
  leftShoulder: [0.6, 0.3],
  rightShoulder: [0.4, 0.3],
  leftElbow: [0.62, 0.42],
  rightElbow: [0.38, 0.42],
  leftWrist: [0.62, 0.52],
  rightWrist: [0.38, 0.52],
  leftHip: [0.56, 0.55],
  rightHip: [0.44, 0.55],
  leftKnee: [0.56, 0.72],
  rightKnee: [0.44, 0.72],
  leftAnkle: [0.56, 0.9],
  rightAnkle: [0.44, 0.9],
};

/** That person, some joints put elsewhere. */
export function drawnPose(moved: Readonly<Partial<Record<JointName, DrawnJoint>>> = {}): Pose {
  const joints = { ...STANDING, ...moved };
  return Object.fromEntries(
    JOINTS.map((name) => {
      const [x, y, confidence = 0.9] = joints[name];
      return [name, { x, y, confidence }];
    }),
  ) as Pose;
}

/** That person with the back to the camera. */
export function drawnFromBehind(): Pose {
  const pose = drawnPose();
  const turned = JOINTS.map((name) => {
    const { x, y, confidence } = pose[name];
    return [name, [1 - x, y, confidence]] as const;
  });
  return drawnPose(Object.fromEntries(turned));
}
