import type { Picture } from '@internvid/core/media';
import { COCO_LABELS } from './coco-labels.js';
import { isFlat } from './flat-things.js';
import { fitPicture, type Box, type FittedPicture } from './pictures.js';
import type { Pose } from './poses.js';
import type { TensorModel } from './tensor-model.js';

/** An object found in a frame. */
export type FoundObject = {
  /** One of the 80 COCO class names. */
  readonly label: string;
  /** The detector's score, 0 to 1. */
  readonly confidence: number;
  /** Shares of the picture. */
  readonly box: Box;
  /** The joints of a frame's surest person, where it is large enough. */
  readonly pose?: Pose;
};

/** Side of the square that CenterNet looks at, in pixels. */
const SIDE = 512;
const FIELDS = 6;
/** Below this nothing is kept: of the objects scored 0.2 to 0.3 on the shared videos about half are wrong. */
const MIN_CONFIDENCE = 0.2;
const SAME_CLASS_OVERLAP = 0.4;
/** Two names for one box: only the likelier is kept. */
const OTHER_CLASS_OVERLAP = 0.8;

/**
 * Finds objects with CenterNet (arXiv 1904.07850) of the package `@vladmandic/human`, best first. The picture is fitted into the square,
 * for the network learnt things in their own shape: squeezed, it misses a third of those that it finds so. Of what was drawn in one colour only people are kept: a disc is no frisbee.
 *
 * @param model `[1, 512, 512, 3]` of 0 to 255 to `[1, n, 6]`: left, top, right, bottom (pixels), score, class.
 */
export async function findObjects(
  picture: Picture,
  model: TensorModel,
): Promise<readonly FoundObject[]> {
  const fitted = await fitPicture(picture, SIDE);
  const data = Float32Array.from(fitted.picture.data);
  const output = await model.run({ data, shape: [1, SIDE, SIDE, 3] });
  const kept: FoundObject[] = [];
  for (const candidate of candidates(output.data, fitted.picture, boxesIn(picture, fitted))) {
    if (!kept.some((other) => overlap(candidate.box, other.box) >= limitFor(candidate, other)))
      kept.push(candidate);
  }
  return kept;
}

function limitFor(a: FoundObject, b: FoundObject): number {
  return a.label === b.label ? SAME_CLASS_OVERLAP : OTHER_CLASS_OVERLAP;
}

type ToBox = (...corners: Corners) => Box;
type Corners = readonly [left: number, top: number, right: number, bottom: number];

function candidates(rows: Float32Array, square: Picture, boxOf: ToBox): readonly FoundObject[] {
  const found: FoundObject[] = [];
  for (let at = 0; at + FIELDS <= rows.length; at += FIELDS) {
    const [left = 0, top = 0, right = 0, bottom = 0, confidence = 0, number = -1] = rows.subarray(
      at,
      at + FIELDS,
    );
    const label = COCO_LABELS[number];
    if (confidence < MIN_CONFIDENCE || label === undefined) continue;
    const box = boxOf(left, top, right, bottom);
    if (box[2] <= 0 || box[3] <= 0) continue;
    // Of drawn figures the network does know people.
    if (label === 'person' || !isFlat(square, [left, top, right, bottom]))
      found.push({ label, confidence, box });
  }
  return found.sort((a, b) => b.confidence - a.confidence);
}

/** From pixels of the square to shares of the picture: the part inside it. */
function boxesIn({ width, height }: Picture, { scale, left: x, top: y }: FittedPicture): ToBox {
  const share = (at: number, start: number, length: number): number =>
    Math.min(1, Math.max(0, (at - start) / (length * scale)));
  return (left, top, right, bottom) => {
    const [from, above] = [share(left, x, width), share(top, y, height)];
    return [from, above, share(right, x, width) - from, share(bottom, y, height) - above];
  };
}

/** Area that two boxes share over the area that they cover together, 0 to 1. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a[2] * a[3] + b[2] * b[3] - shared);
}
