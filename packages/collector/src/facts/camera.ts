import type { PairMotion } from './motion.js';

/**
 * How the camera moves over a clip, in the words of the field: `pan-left` turns the camera left, so the content moves right;
 * `tilt-up` moves the content down; `zoom-in` makes it larger; `roll` turns it about the centre. `shake` moves a lot and gets nowhere, `moving` moves in no one way,
 * `unclear` means that the evidence is not enough to say anything.
 */
export type CameraMove =
  | 'static'
  | 'pan-left'
  | 'pan-right'
  | 'tilt-up'
  | 'tilt-down'
  | 'zoom-in'
  | 'zoom-out'
  | 'roll'
  | 'shake'
  | 'moving'
  | 'unclear';

/** Motion between two frames and their times. */
export type TimedMotion = PairMotion & { readonly startMs: number; readonly endMs: number };

/** Means over the pairs of frames of a clip; speeds as in `PairMotion`. */
export type CameraEvidence = {
  readonly right: number;
  readonly down: number;
  readonly growth: number;
  readonly turn: number;
  /** Mean length of the shift, whatever its direction, in widths per second. */
  readonly speed: number;
  /** From the first frame to the last. */
  readonly seconds: number;
  /** Share of the pairs whose blocks could be followed. */
  readonly known: number;
  /** Share of the pairs in which most blocks rest. */
  readonly resting: number;
  /** Share of the pairs that move, grow, or turn, the way that the mean says. */
  readonly sameShift: number;
  readonly sameGrowth: number;
  readonly sameTurn: number;
  /** Share of the followed blocks that go their own way. */
  readonly local: number;
};

/** Blocks below which nothing is said about a pair. */
const MIN_BLOCKS = 6;
/** Share of the blocks that must move as one for a pair to say how the camera moved. */
const MIN_FOLLOWING = 0.5;
/** Pairs below which nothing is said about a clip. */
export const MIN_PAIRS = 4;

/** Whether a pair of frames says how the camera moved. */
export function isKnown(pair: PairMotion): boolean {
  return pair.textured >= MIN_BLOCKS && pair.following >= MIN_FOLLOWING;
}

/** Whether enough blocks were found again for their median speed to say how much moves. */
export function isMeasured(pair: PairMotion): boolean {
  return pair.textured >= MIN_BLOCKS && pair.found >= MIN_FOLLOWING;
}

/** Sums up the pairs of a clip; `undefined` when fewer than four of them say anything. */
export function cameraEvidence(pairs: readonly TimedMotion[]): CameraEvidence | undefined {
  const known = pairs.filter(isKnown);
  const [first, last] = [pairs[0], pairs.at(-1)];
  if (first === undefined || last === undefined || known.length < MIN_PAIRS) return undefined;
  const mean = (of: (pair: TimedMotion) => number): number =>
    known.reduce((sum, pair) => sum + of(pair), 0) / known.length;
  const right = mean((pair) => pair.right);
  const down = mean((pair) => pair.down);
  const growth = mean((pair) => pair.growth);
  const turn = mean((pair) => pair.turn);
  return {
    right,
    down,
    growth,
    turn,
    speed: mean((pair) => Math.hypot(pair.right, pair.down)),
    seconds: (last.endMs - first.startMs) / 1000,
    known: known.length / pairs.length,
    resting:
      pairs.filter(({ textured, resting }) => textured >= MIN_BLOCKS && resting >= 0.6).length /
      pairs.length,
    sameShift: mean((pair) => (pair.right * right + pair.down * down > 0 ? 1 : 0)),
    sameGrowth: mean((pair) => (pair.growth * growth > 0 ? 1 : 0)),
    sameTurn: mean((pair) => (pair.turn * turn > 0 ? 1 : 0)),
    local: 1 - mean((pair) => pair.following),
  };
}

/**
 * Names the camera's move, only where the evidence is clear. The limits were set on the camera labels of real shots so that a
 * named move is right, at the price of many shots that stay `unclear`: captions repeat it as a fact.
 */
export function cameraMove(evidence: CameraEvidence | undefined): CameraMove {
  if (evidence === undefined) return 'unclear';
  if (isStatic(evidence)) return 'static';
  if (evidence.known < 0.75) return 'unclear';
  return panOrTilt(evidence) ?? zoom(evidence) ?? roll(evidence) ?? roaming(evidence);
}

/** Most blocks rest in nearly all pairs, and what drift there is adds up to less than 3 % of the picture. */
function isStatic(evidence: CameraEvidence): boolean {
  const { resting, right, down, growth, turn, seconds, known } = evidence;
  const drift = Math.max(...[right, down, growth, turn].map(Math.abs)) * seconds;
  return resting >= 0.9 && drift < 0.03 && known >= 0.5;
}

/** At least 3 % of the width a second and 8 % in all, along one axis, steadily, and not by growing. */
function panOrTilt({
  right,
  down,
  growth,
  speed,
  seconds,
  sameShift,
}: CameraEvidence): CameraMove | undefined {
  const isHorizontal = Math.abs(right) > Math.abs(down);
  const [along, across] = isHorizontal ? [right, down] : [down, right];
  const length = Math.abs(along);
  const isClear =
    length >= 0.03 && length * seconds >= 0.08 && sameShift >= 0.8 && length >= 0.75 * speed;
  if (!isClear || Math.abs(across) > 0.35 * length || Math.abs(growth) * 0.3 > 0.5 * length)
    return undefined;
  if (isHorizontal) return along > 0 ? 'pan-left' : 'pan-right';
  return along > 0 ? 'tilt-up' : 'tilt-down';
}

/** At least 1.5 % a second and 6 % in all, steadily, with little shift beside it. */
function zoom(evidence: CameraEvidence): CameraMove | undefined {
  const { growth, turn, speed, seconds, sameGrowth } = evidence;
  const size = Math.abs(growth);
  if (size < 0.015 || size * seconds < 0.06 || sameGrowth < 0.85) return undefined;
  if (speed > 0.6 * size || Math.abs(turn) > size) return undefined;
  return growth > 0 ? 'zoom-in' : 'zoom-out';
}

/** At least 2 degrees a second and 5 in all, steadily, with little shift and less growth beside it. */
function roll({ turn, growth, speed, seconds, sameTurn }: CameraEvidence): CameraMove | undefined {
  const size = Math.abs(turn);
  const isClear = size >= 0.035 && size * seconds >= 0.087 && sameTurn >= 0.85;
  return isClear && speed <= 0.6 * size && Math.abs(growth) <= 0.5 * size ? 'roll' : undefined;
}

function roaming({ right, down, growth, speed, resting, sameGrowth }: CameraEvidence): CameraMove {
  if (speed < 0.02 || resting > 0.5) return 'unclear';
  const isGrowing = Math.abs(growth) >= 0.03 && sameGrowth >= 0.85;
  if (!isGrowing && Math.hypot(right, down) <= 0.4 * speed) return 'shake';
  return speed >= 0.04 ? 'moving' : 'unclear';
}
