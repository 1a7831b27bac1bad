import type { Picture } from '@internvid/core/media';
import type { FoundObject } from './objects.js';
import { squarePart, type Box } from './pictures.js';
import type { TensorModel } from './tensor-model.js';

/** The joints that MoveNet gives, in its order; left and right are the person's own. */
export const JOINTS = [
  'nose',
  'leftEye',
  'rightEye',
  'leftEar',
  'rightEar',
  'leftShoulder',
  'rightShoulder',
  'leftElbow',
  'rightElbow',
  'leftWrist',
  'rightWrist',
  'leftHip',
  'rightHip',
  'leftKnee',
  'rightKnee',
  'leftAnkle',
  'rightAnkle',
] as const;

/** The name of a joint. */
export type JointName = (typeof JOINTS)[number];

/** Where a joint is, in heights of the picture, so that angles are those of the picture; how sure, 0 to 1. */
export type Joint = { readonly x: number; readonly y: number; readonly confidence: number };

/** The joints of one person. */
export type Pose = Readonly<Record<JointName, Joint>>;

/** The surest person of a frame has joints from these heights on, in pixels and as a share of the picture: smaller ones are guessed. */
const MIN_PIXELS = 48;
const MIN_HEIGHT = 0.2;
/** Captions never state a person that no frame shows surer than this. */
const MIN_CONFIDENCE = 0.25;
/** Side of the square that MoveNet looks at, in pixels. */
const SIDE = 192;
/** The person takes up this share of the square's side: MoveNet is trained on squares somewhat larger than the body. */
const PERSON_SHARE = 0.8;

/** The objects of a frame, best first, its surest person with the joints; nothing changes where that one is small or unsure. */
export async function withPose(
  picture: Picture,
  objects: readonly FoundObject[],
  model: TensorModel,
): Promise<readonly FoundObject[]> {
  const surest = objects.find(({ label }) => label === 'person');
  if (surest === undefined || surest.confidence < MIN_CONFIDENCE) return objects;
  const height = surest.box[3];
  if (height < MIN_HEIGHT || height * picture.height < MIN_PIXELS) return objects;
  const posed = { ...surest, pose: await findPose(picture, surest.box, model) };
  return objects.map((object) => (object === surest ? posed : object));
}

/**
 * Finds the joints of the person in a box with MoveNet Lightning (single pose) of the package `@vladmandic/human`.
 * It gives joints for anything, so what they are worth is their confidence.
 *
 * @param box of the person, shares of the picture.
 * @param model `[1, 192, 192, 3]` of 0 to 255 to `[1, 1, 17, 3]`: y, x (shares of the square), score.
 */
export async function findPose(picture: Picture, box: Box, model: TensorModel): Promise<Pose> {
  const [left, top, width, height] = box;
  const square = Math.max(width * picture.width, height * picture.height) / PERSON_SHARE;
  const middle = [(left + width / 2) * picture.width, (top + height / 2) * picture.height] as const;
  const part = await squarePart(picture, middle, square, SIDE);
  const { data } = await model.run({
    data: Float32Array.from(part.data),
    shape: [1, SIDE, SIDE, 3],
  });
  const joint = (at: number): Joint => {
    const [y = 0, x = 0, confidence = 0] = data.subarray(at * 3, at * 3 + 3);
    return {
      x: (middle[0] + (x - 0.5) * square) / picture.height,
      y: (middle[1] + (y - 0.5) * square) / picture.height,
      confidence,
    };
  };
  return Object.fromEntries(JOINTS.map((name, at) => [name, joint(at)])) as Pose;
}
