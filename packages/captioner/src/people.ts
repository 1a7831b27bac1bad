import type { FrameEvidence } from './frame-evidence.js';
import type { FoundObject } from './objects.js';
import type { Box } from './pictures.js';

/**
 * A face from here on states a person. Of the 14 shots of the shared videos with such a face all show one; below, dogs, coins,
 * leaves and a cat in a screenshot are faces too.
 */
const SURE_FACE = 0.82;
/** What that is worth in the object detector's measure, in which a person is stated from the second figure on. */
const WORTH = 0.5;
const STATED_PERSON = 0.35;
/** A body about a face, in widths and heights of the face. */
const BODY_WIDTH = 3;
const BODY_HEIGHT = 7;

type Found = Pick<FrameEvidence, 'objects' | 'faces'>;

/** The objects of a frame, and the people of whom only the face was found; those have the box of the body that goes with it. */
export function objectsWithPeople({ objects, faces }: Found): readonly FoundObject[] {
  return [
    ...objects,
    ...peopleByFace({ objects, faces }).map((person) => ({ ...person, box: bodyOf(person.box) })),
  ];
}

/** People of whom only the face was found, with the face's own box. */
export function peopleByFace({ objects, faces }: Found): readonly FoundObject[] {
  const people = objects.filter(
    ({ label, confidence }) => label === 'person' && confidence >= STATED_PERSON,
  );
  return faces
    .filter(
      ({ confidence, box }) =>
        confidence >= SURE_FACE && !people.some((person) => holdsMiddle(person.box, box)),
    )
    .map(({ box }) => ({ label: 'person', confidence: WORTH, box }));
}

/** The largest sure face, as a share of the picture's height; 0 where there is none. */
export function largestFace({ faces }: Pick<FrameEvidence, 'faces'>): number {
  const sure = faces.filter(({ confidence }) => confidence >= SURE_FACE);
  return Math.max(0, ...sure.map(({ box }) => box[3]));
}

function holdsMiddle([left, top, width, height]: Box, inner: Box): boolean {
  const [x, y] = [inner[0] + inner[2] / 2, inner[1] + inner[3] / 2];
  return x >= left && x <= left + width && y >= top && y <= top + height;
}

function bodyOf([left, top, width, height]: Box): Box {
  const from = Math.max(0, left - ((BODY_WIDTH - 1) / 2) * width);
  const to = Math.min(1, left + ((BODY_WIDTH + 1) / 2) * width);
  const above = Math.max(0, top);
  return [from, above, to - from, Math.min(1, top + BODY_HEIGHT * height) - above];
}
