import type { Picture } from '@internvid/core/media';
import type { FoundFace } from './faces.js';
import type { FoundObject } from './objects.js';
import { holdsSureFace } from './people.js';
import { findPose } from './poses.js';
import type { TensorModel } from './tensor-model.js';

/**
 * People surer than this are not doubted, and none is stated below the other figure. A cockatoo's head that fills the
 * picture reaches 0.53.
 */
const DOUBTED_BELOW = 0.6;
const NEVER_STATED_BELOW = 0.25;
/** Smaller people, as a share of the picture's height, have few sure joints: their lack proves nothing. */
const LARGE = 0.8;
/**
 * A large person has this many joints of this confidence. All 24 sightings of the cockatoo have fewer; so have 24 of the 65
 * unsure and large sightings of people on the shared videos, of hands and trunks without heads above all.
 */
const MIN_JOINTS = 4;
const JOINT_CONFIDENCE = 0.3;

/**
 * The objects without the large and unsure people that have neither a face nor joints.
 *
 * @param poses see `findPose`; only asked about those.
 */
export async function verifiedPeople(
  picture: Picture,
  {
    objects,
    faces,
  }: { readonly objects: readonly FoundObject[]; readonly faces: readonly FoundFace[] },
  poses: TensorModel,
): Promise<readonly FoundObject[]> {
  const kept: FoundObject[] = [];
  for (const object of objects) {
    if (!isDoubtful(object) || holdsSureFace(object, faces)) kept.push(object);
    else if (await hasJoints(picture, object, poses)) kept.push(object);
  }
  return kept;
}

function isDoubtful({ label, confidence, box }: FoundObject): boolean {
  return (
    label === 'person' &&
    confidence >= NEVER_STATED_BELOW &&
    confidence < DOUBTED_BELOW &&
    box[3] >= LARGE
  );
}

async function hasJoints(
  picture: Picture,
  { box }: FoundObject,
  poses: TensorModel,
): Promise<boolean> {
  const joints = Object.values(await findPose(picture, box, poses));
  return joints.filter(({ confidence }) => confidence >= JOINT_CONFIDENCE).length >= MIN_JOINTS;
}
