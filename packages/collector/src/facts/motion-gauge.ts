import type { Span } from '@internvid/core';
import type { Pyramid } from './blocks.js';
import {
  cameraEvidence,
  cameraMove,
  isKnown,
  isMeasured,
  MIN_PAIRS,
  type CameraEvidence,
  type TimedMotion,
} from './camera.js';
import { missing, type Found, type Gauge, type Look } from './gauge.js';
import { motionBetween, motionPicture } from './motion.js';
import { firstRow, mean, rounded, series, type Series } from './series.js';

/** A gauge that may ask for one more frame right after a look. */
export interface MotionGauge extends Gauge {
  /** Whether the frame after this look is wanted: the picture moved too far since the look before to be followed. */
  readonly wantsNext: boolean;
  /** Takes that frame. */
  next(look: Look): void;
}

/** Frames further apart than this show no fast motion that looks 200 ms apart do not. */
const NEXT_WITHIN_MS = 120;
/** Share of the blocks that must move as one from a look to the next frame: a passing van otherwise becomes a pan. */
const NEXT_FOLLOWING = 0.6;

const NAMES = [
  'motionWidthsPerSecond',
  'motionRightWidthsPerSecond',
  'motionDownWidthsPerSecond',
  'growthPerSecond',
  'turnDegreesPerSecond',
  'localMotionRatio',
];

/**
 * How the picture moves from look to look; where it moved too far for that, from a look to the very next frame.
 *
 * - `motionWidthsPerSecond`: median speed of the picture's blocks, mean over the time, in picture widths per second;
 * - `motionRightWidthsPerSecond`, `motionDownWidthsPerSecond`, `growthPerSecond`, `turnDegreesPerSecond`: the movement of the
 *   picture as a whole: shift of the content, growth (0.1 is 10 % a second larger), clockwise turn of the content;
 * - `localMotionRatio`: share of the textured blocks that do not move as the whole;
 * - `camera`: the name of the move, see `CameraMove`.
 */
export function motionGauge(): MotionGauge {
  const rows = series(11);
  let last: { pyramid: Pyramid; timeMs: number } | undefined;
  let lost: TimedMotion | undefined;
  const settle = (): void => {
    if (lost !== undefined) addRow(rows, lost);
    lost = undefined;
  };
  const pyramidOf = ({ luma, picture }: Look): Pyramid =>
    motionPicture({ width: picture.width, height: picture.height, data: luma });
  return {
    get wantsNext() {
      return lost !== undefined;
    },
    look(look) {
      settle();
      const current = { pyramid: pyramidOf(look), timeMs: look.timeMs };
      const before = last;
      last = current;
      if (before === undefined) return;
      const pair = timedMotion(before, current);
      if (isKnown(pair)) addRow(rows, pair);
      else lost = pair;
    },
    next(look) {
      if (last !== undefined && look.timeMs - last.timeMs <= NEXT_WITHIN_MS) {
        const pair = timedMotion(last, { pyramid: pyramidOf(look), timeMs: look.timeMs });
        if (isKnown(pair) && pair.following >= NEXT_FOLLOWING) lost = pair;
      }
      settle();
    },
    over(span) {
      settle();
      return motionOver(rows, span);
    },
  };
}

type TimedPyramid = { readonly pyramid: Pyramid; readonly timeMs: number };

function timedMotion(from: TimedPyramid, to: TimedPyramid): TimedMotion {
  return {
    startMs: from.timeMs,
    endMs: to.timeMs,
    ...motionBetween(from.pyramid, to.pyramid, (to.timeMs - from.timeMs) / 1000),
  };
}

function motionOver(rows: Series, span: Span): Found {
  const pairs = pairsIn(rows, span);
  const evidence = cameraEvidence(pairs);
  const speeds = pairs.filter(isMeasured).map(({ median }) => median);
  const facts = {
    camera: cameraMove(evidence),
    ...(speeds.length === 0 ? {} : { motionWidthsPerSecond: rounded(mean(speeds)) }),
    ...(evidence === undefined ? {} : wholeMotion(evidence)),
  };
  const absent = NAMES.filter((name) => !(name in facts));
  return { ...missing(absent, pairs.length < MIN_PAIRS ? 'too-short' : 'no-texture'), facts };
}

function wholeMotion(evidence: CameraEvidence): Found['facts'] {
  return {
    motionRightWidthsPerSecond: rounded(evidence.right),
    motionDownWidthsPerSecond: rounded(evidence.down),
    growthPerSecond: rounded(evidence.growth),
    turnDegreesPerSecond: rounded((evidence.turn * 180) / Math.PI),
    localMotionRatio: rounded(evidence.local),
  };
}

/** The pairs whose both frames lie in the span. */
function pairsIn(rows: Series, span: Span): readonly TimedMotion[] {
  const pairs: TimedMotion[] = [];
  for (let row = firstRow(rows, span.startMs); row < rows.length; row++) {
    if (rows.at(row, 1) >= span.endMs) break;
    pairs.push(motionAt(rows, row));
  }
  return pairs;
}

function addRow(rows: Series, pair: TimedMotion): void {
  const { startMs, endMs, right, down, growth, turn, median, textured, found } = pair;
  const { following, resting } = pair;
  rows.push(
    ...[startMs, endMs, right, down, growth, turn, median],
    ...[textured, found, following, resting],
  );
}

function motionAt(rows: Series, row: number): TimedMotion {
  return {
    startMs: rows.at(row, 0),
    endMs: rows.at(row, 1),
    right: rows.at(row, 2),
    down: rows.at(row, 3),
    growth: rows.at(row, 4),
    turn: rows.at(row, 5),
    median: rows.at(row, 6),
    textured: rows.at(row, 7),
    found: rows.at(row, 8),
    following: rows.at(row, 9),
    resting: rows.at(row, 10),
  };
}
