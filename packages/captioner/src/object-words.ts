import type { ObjectClaim } from './claims.js';
import type { Box } from './pictures.js';
import type { TimedObjects } from './tracks.js';
import { counted, listed } from './wording.js';

const LARGE_AREA = 0.5;
/** Middles further apart than this share of the picture are left and right of each other. */
const APART = 0.2;

/** Things as a noun phrase, whether the verb that follows is plural, and where they are, if in one place. */
export type Things = {
  readonly text: string;
  readonly isPlural: boolean;
  readonly place?: string;
  /** It is one person, whose face is seen from near. */
  readonly isClose?: boolean;
};

/** A face of this share of the picture's height is seen close. */
const CLOSE_FACE = 0.4;

/** All claims in one phrase: "two people and a car"; `face` is the height of the largest face, as a share of the picture. */
export function thingsOf(claims: readonly ObjectClaim[], face: number): Things {
  const [first] = claims;
  if (first?.label === 'person' && first.count === 1 && claims.length === 1 && face >= CLOSE_FACE)
    return { text: 'a person', isPlural: false, isClose: true };
  return {
    text: listed(claims.map(({ label, count }) => counted(label, count))),
    isPlural: claims.length > 1 || (first?.count ?? 0) > 1,
  };
}

/** The claims of one frame, with where they are: a single thing in the picture, two things beside each other. */
export function placedThings(claims: readonly ObjectClaim[], face: number): Things {
  const [first, second] = claims;
  const all = thingsOf(claims, face);
  if (first === undefined || first.count > 1 || face >= CLOSE_FACE) return all;
  if (second === undefined) return { ...all, place: placeOf(first.box) };
  if (claims.length > 2 || second.count > 1) return all;
  const side = sideOf(second.box, first.box);
  if (side === undefined) return all;
  const [one, other] = [counted(first.label, 1), counted(second.label, 1)];
  return { text: `${one} with ${other} to the ${side}`, isPlural: false };
}

/** The things of several frames, with the place of one that keeps to it. */
export function steadyThings(
  claims: readonly ObjectClaim[],
  frames: readonly TimedObjects[],
  face: number,
): Things {
  const all = thingsOf(claims, face);
  const [only] = claims;
  if (only === undefined || claims.length > 1 || only.count > 1 || face >= CLOSE_FACE) return all;
  const boxes = frames.flatMap(({ objects }) => {
    const [best] = objects
      .filter(({ label }) => label === only.label)
      .sort((a, b) => b.confidence - a.confidence);
    return best === undefined ? [] : [best.box];
  });
  const places = new Set(boxes.map(placeOf));
  const [place] = places;
  return places.size === 1 && place !== undefined && boxes.length >= frames.length / 2
    ? { ...all, place }
    : all;
}

/** Where a thing is; nothing for one that is in no one place. */
function placeOf([left, top, width, height]: Box): string {
  if (width * height > LARGE_AREA) return ' filling much of the picture';
  if (width > 0.5 || height > 0.8) return '';
  const row = third(top + height / 2, ['upper', '', 'lower']);
  const column = third(left + width / 2, ['left', '', 'right']);
  if (row === '') return column === '' ? ' in the middle' : ` on the ${column}`;
  if (column === '') return row === 'upper' ? ' near the top' : ' near the bottom';
  return ` in the ${row} ${column}`;
}

/** On which side the first box is of the second; nothing where one is not clearly beside the other. */
function sideOf(box: Box, of: Box): 'left' | 'right' | undefined {
  const apart = box[0] + box[2] / 2 - (of[0] + of[2] / 2);
  const shared = Math.min(box[0] + box[2], of[0] + of[2]) - Math.max(box[0], of[0]);
  if (Math.abs(apart) < APART || shared > Math.min(box[2], of[2]) / 2) return undefined;
  return apart < 0 ? 'left' : 'right';
}

function third(at: number, names: readonly [string, string, string]): string {
  return at < 1 / 3 ? names[0] : at > 2 / 3 ? names[2] : names[1];
}
