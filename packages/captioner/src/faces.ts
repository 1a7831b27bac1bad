import type { Picture } from '@internvid/core/media';
import { overlap } from './objects.js';
import { fitPicture, type Box } from './pictures.js';
import type { ManyTensorsModel } from './tensor-model.js';

/** A face found in a frame. */
export type FoundFace = {
  /** The detector's score, 0 to 1. */
  readonly confidence: number;
  /** From the brows to the chin, as shares of the picture. */
  readonly box: Box;
};

/** Side of the square that BlazeFace looks at, in pixels. */
const SIDE = 256;
/** Fields of a candidate: left, top, width, height of the box about its anchor, then six points of the face. */
const FIELDS = 16;
/** The two grids of anchors: pixels from one to the next, and anchors at each place. */
const GRIDS = [
  { stride: 16, anchors: 2 },
  { stride: 32, anchors: 6 },
] as const;
/** Below this a face is not kept; what captions ask for stands with the claims. */
const MIN_CONFIDENCE = 0.5;
const SAME_FACE = 0.3;

/**
 * Finds faces with BlazeFace (arXiv 1907.05047), the back-camera network of the package `@vladmandic/human`, best first.
 * The picture is fitted into the square, so that faces keep their shape.
 *
 * @param model `[1, 256, 256, 3]` of -1 to 1 to, for each of two grids of anchors (512 and 384), their logits and their
 * boxes of 16 numbers, in any order.
 */
export async function findFaces(
  picture: Picture,
  model: ManyTensorsModel,
): Promise<readonly FoundFace[]> {
  const { picture: square, scale, left, top } = await fitPicture(picture, SIDE);
  // Many times as fast as `Float32Array.from` with a function.
  const data = new Float32Array(square.data);
  for (let at = 0; at < data.length; at++) data[at] = (data[at] ?? 0) / 127.5 - 1;
  const outputs = await model.runAll({ data, shape: [1, SIDE, SIDE, 3] });
  const found: FoundFace[] = [];
  for (const { stride, anchors } of GRIDS) {
    const across = SIDE / stride;
    const count = across * across * anchors;
    const logits = outputs.find(({ data: values }) => values.length === count)?.data ?? [];
    const boxes = outputs.find(({ data: values }) => values.length === count * FIELDS)?.data ?? [];
    logits.forEach((logit, at) => {
      const confidence = 1 / (1 + Math.exp(-logit));
      if (confidence < MIN_CONFIDENCE) return;
      const place = Math.floor(at / anchors);
      const anchorX = ((place % across) + 0.5) * stride;
      const anchorY = (Math.floor(place / across) + 0.5) * stride;
      const [x = 0, y = 0, width = 0, height = 0] = boxes.slice(at * FIELDS, at * FIELDS + 4);
      const box = boxOf(anchorX + x, anchorY + y, width, height);
      found.push({ confidence, box: toPicture(box) });
    });
  }
  const kept: FoundFace[] = [];
  for (const face of found.sort((a, b) => b.confidence - a.confidence))
    if (!kept.some((other) => overlap(face.box, other.box) >= SAME_FACE)) kept.push(face);
  return kept;

  function toPicture([x, y, width, height]: Box): Box {
    const [wide, high] = [picture.width * scale, picture.height * scale];
    return [(x - left) / wide, (y - top) / high, width / wide, height / high];
  }
}

function boxOf(middleX: number, middleY: number, width: number, height: number): Box {
  return [middleX - width / 2, middleY - height / 2, width, height];
}
