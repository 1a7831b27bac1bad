import { HASH_WORDS, HASHED_SIDE, hashPicture, reduceRegion, type Region } from './frame-hash.js';

/** Side of the grey pictures that views are taken of, in pixels; videos of any shape are stretched to it. */
export const DECODED_SIDE = 128;

const WHOLE: Region = { left: 0, top: 0, right: DECODED_SIDE, bottom: DECODED_SIDE };

/** Share of the picture's width or height that one edge of a view lies inside. */
const STEP = 0.05;

/**
 * The crops of a picture that are hashed, as shares cut off its edges. The first is the picture as it is, the one that others are
 * compared with; the rest are what a copy may have been cropped to: 5 or 10 % around the middle, or 5 % off one edge. A hash stands
 * a crop of about 2 % of its own.
 */
const CROPS: readonly Region[] = [
  { left: 0, top: 0, right: 0, bottom: 0 },
  { left: STEP / 2, top: STEP / 2, right: STEP / 2, bottom: STEP / 2 },
  { left: STEP, top: STEP, right: STEP, bottom: STEP },
  { left: STEP, top: 0, right: 0, bottom: 0 },
  { left: 0, top: 0, right: STEP, bottom: 0 },
  { left: 0, top: STEP, right: 0, bottom: 0 },
  { left: 0, top: 0, right: 0, bottom: STEP },
];

/** How many hashes a picture has. */
export const VIEWS: number = CROPS.length;

/**
 * Least detail of a picture that has a hash, see `hashPicture`: black, one colour, fog. Measured: pictures in which people see
 * something have 9 and more, a fade loses its subject at about 3.
 */
const LEAST_DETAIL = 3;

/**
 * The hashes of all views of a picture, `VIEWS * HASH_WORDS` words. A view without detail has the hash 0, which matches nothing.
 *
 * @param picture `DECODED_SIDE` x `DECODED_SIDE` grey values.
 * @param content the part without bars.
 */
export function hashViews(picture: Uint8Array, content: Region): Uint32Array {
  const hashes = new Uint32Array(VIEWS * HASH_WORDS);
  const small = new Float64Array(HASHED_SIDE * HASHED_SIDE);
  for (const [view, crop] of CROPS.entries()) {
    const hash = hashes.subarray(view * HASH_WORDS, (view + 1) * HASH_WORDS);
    reduceRegion(picture, DECODED_SIDE, viewRegion(content, crop), small);
    if (hashPicture(small, hash) < LEAST_DETAIL) hash.fill(0);
  }
  return hashes;
}

/** The crop is of the picture with its bars, as whoever cropped it saw it. */
function viewRegion(content: Region, crop: Region): Region {
  return {
    left: Math.max(content.left, WHOLE.right * crop.left),
    top: Math.max(content.top, WHOLE.bottom * crop.top),
    right: Math.min(content.right, WHOLE.right * (1 - crop.right)),
    bottom: Math.min(content.bottom, WHOLE.bottom * (1 - crop.bottom)),
  };
}
