import type { Joint, JointName, Pose } from './poses.js';

/** What a person's joints prove, in the order in which it is said. */
export const POSTURES = ['head-to-foot', 'from-behind', 'leans-over', 'arm-raised'] as const;

/** How a person is seen, or holds body and arms. */
export type Posture = (typeof POSTURES)[number];

const SURE = 0.5;
/** A joint of the face may be less sure: it is hidden from behind, and only has to tell how high the head is. */
const SURE_FACE_JOINT = 0.4;
const FACE: readonly JointName[] = ['nose', 'leftEye', 'rightEye'];
/** From behind the left shoulder is on the left, by this share of the trunk's length: less is a view from the side. */
const TURNED = 0.35;
/** Degrees that a trunk which leans over is from upright, and the length of the trunk by which the feet are below the hips. */
const LEANING = { least: 40, most: 140 };
const FEET_BELOW_HIPS = 0.8;
/** An arm that is raised reaches this far from the shoulder, in lengths of the trunk. */
const REACH = 0.5;

type Point = Pick<Joint, 'x' | 'y'>;
/** The middles of shoulders and hips, and how far apart they are. */
type Trunk = { readonly shoulders: Point; readonly hips: Point; readonly length: number };

/** What the pose proves of one person in one frame: nothing where shoulders or hips are not sure. */
export function posturesOf(pose: Pose): readonly Posture[] {
  const trunk = trunkOf(pose);
  if (trunk === undefined) return [];
  const proved: Readonly<Record<Posture, boolean>> = {
    'head-to-foot': isWhole(pose),
    'from-behind': pose.rightShoulder.x - pose.leftShoulder.x > TURNED * trunk.length,
    'leans-over': leansOver(pose, trunk),
    'arm-raised': isRaised(pose, 'left', trunk) || isRaised(pose, 'right', trunk),
  };
  return POSTURES.filter((posture) => proved[posture]);
}

function trunkOf(pose: Pose): Trunk | undefined {
  const shoulders = middle(pose, 'leftShoulder', 'rightShoulder');
  const hips = middle(pose, 'leftHip', 'rightHip');
  if (shoulders === undefined || hips === undefined) return undefined;
  return { shoulders, hips, length: distance(shoulders, hips) };
}

function isWhole(pose: Pose): boolean {
  return headHeight(pose) !== undefined && feetOf(pose)?.every(({ y }) => y < 1) === true;
}

function leansOver(pose: Pose, { shoulders, hips, length }: Trunk): boolean {
  const lean = fromUpright(shoulders, hips);
  if (lean < LEANING.least || lean > LEANING.most) return false;
  return feetOf(pose)?.every(({ y }) => y - hips.y > FEET_BELOW_HIPS * length) === true;
}

function isRaised(pose: Pose, side: 'left' | 'right', { length }: Trunk): boolean {
  const shoulder = sure(pose[`${side}Shoulder`]);
  const elbow = sure(pose[`${side}Elbow`]);
  const wrist = sure(pose[`${side}Wrist`]);
  const head = headHeight(pose);
  if (shoulder === undefined || elbow === undefined || wrist === undefined || head === undefined)
    return false;
  return (
    wrist.y < elbow.y &&
    elbow.y < shoulder.y &&
    wrist.y < head &&
    distance(shoulder, wrist) > REACH * length
  );
}

/** How high the highest joint of the face is. */
function headHeight(pose: Pose): number | undefined {
  const face = FACE.map((name) => pose[name]).filter(
    ({ confidence }) => confidence >= SURE_FACE_JOINT,
  );
  return face.length === 0 ? undefined : Math.min(...face.map(({ y }) => y));
}

function feetOf(pose: Pose): readonly Joint[] | undefined {
  const [left, right] = [sure(pose.leftAnkle), sure(pose.rightAnkle)];
  return left === undefined || right === undefined ? undefined : [left, right];
}

function sure(joint: Joint): Joint | undefined {
  return joint.confidence >= SURE ? joint : undefined;
}

function middle(pose: Pose, one: JointName, other: JointName): Point | undefined {
  const [a, b] = [sure(pose[one]), sure(pose[other])];
  return a && b && { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(b.x - a.x, b.y - a.y);
}

/** Degrees from upright: 0 with the shoulders above the hips, 90 beside them, 180 below. */
function fromUpright(shoulders: Point, hips: Point): number {
  return (Math.atan2(Math.abs(hips.x - shoulders.x), hips.y - shoulders.y) * 180) / Math.PI;
}
