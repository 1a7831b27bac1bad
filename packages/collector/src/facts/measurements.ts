import type { JsonObject, Span } from '@internvid/core';
import type { DetectorFrame } from '../shots/detector.js';
import { cameraEvidence, cameraMove, type TimedMotion } from './camera.js';
import { frameChange } from './frame-change.js';
import { pairMotion } from './motion.js';
import { pictureFacts } from './picture.js';
import { series, type Series } from './series.js';

/** Version of all facts together: raised when a number changes for the same frames. */
export const FACTS_VERSION = 1;

/** A frame equals the one before when they differ by at most this, see `frameChange`: what re-encoding leaves of a still. */
const EQUAL_FRAMES = 0.1;
/** Pictures and motion are measured so often; less often at lower frame rates. */
const SAMPLE_INTERVAL_MS = 200;
/** A frame that comes a little early still counts, so that 25 and 30 frames per second keep the interval. */
const EARLY_MS = 10;

/** Measures a video while it is read once, and answers for any span of it afterwards. */
export interface Measurements {
  /** Takes the next frame; all frames have one size. */
  push(frame: DetectorFrame): void;
  /** What was measured between the first and the last frame of a span. Facts without evidence are left out. */
  over(span: Span): JsonObject;
}

/**
 * Starts measuring. Keeps 8 bytes for each frame and 56 for each sample, five samples a second: about 2 MB for an hour.
 *
 * The facts are documented where they are measured: `frame-change`, `picture`, `motion`, `camera`.
 */
export function measurements(): Measurements {
  const changes = series(2);
  const looks = series(5);
  const moves = series(9);
  const change = frameChange();
  const look = pictureFacts();
  const follow = pairMotion();
  let lastSampleMs = -Infinity;
  return {
    push({ timeMs, picture }) {
      changes.push(timeMs, change(picture));
      if (timeMs - lastSampleMs < SAMPLE_INTERVAL_MS - EARLY_MS) return;
      const { luminance, contrast, sharpness, colourfulness } = look(picture);
      looks.push(timeMs, luminance, contrast, sharpness, colourfulness);
      const move = follow(picture, timeMs);
      if (move !== undefined) {
        const { right, down, growth, turn, textured, following, resting } = move;
        moves.push(lastSampleMs, timeMs, right, down, growth, turn, textured, following, resting);
      }
      lastSampleMs = timeMs;
    },
    over: (span) => ({
      ...lookOver(looks, span),
      ...changeOver(changes, span),
      ...motionOver(moves, span),
    }),
  };
}

function lookOver(looks: Series, span: Span): JsonObject {
  const [first, end] = rowsIn(looks, span);
  const names = ['luminance', 'contrast', 'sharpness', 'colourfulness'];
  if (first === end) return {};
  return Object.fromEntries(
    names.map((name, index) => [name, rounded(mean(looks, first, end, index + 1))]),
  );
}

/** The first frame of a span is left out: its change belongs to the cut before it. */
function changeOver(changes: Series, span: Span): JsonObject {
  const [first, end] = rowsIn(changes, span);
  const pairs = end - first - 1;
  if (pairs < 1) return {};
  let equal = 0;
  for (let row = first + 1; row < end; row++) {
    if (changes.at(row, 1) <= EQUAL_FRAMES) equal++;
  }
  return {
    freezeRatio: rounded(equal / pairs),
    frameChange: rounded(mean(changes, first + 1, end, 1)),
  };
}

function motionOver(moves: Series, span: Span): JsonObject {
  const pairs: TimedMotion[] = [];
  for (
    let row = firstRow(moves, span.startMs);
    row < moves.length && moves.at(row, 1) < span.endMs;
    row++
  ) {
    pairs.push(motionAt(moves, row));
  }
  const evidence = cameraEvidence(pairs);
  const camera = cameraMove(evidence);
  if (evidence === undefined) return { camera };
  return {
    camera,
    motionRightWidthsPerSecond: rounded(evidence.right),
    motionDownWidthsPerSecond: rounded(evidence.down),
    motionWidthsPerSecond: rounded(evidence.speed),
    growthPerSecond: rounded(evidence.growth),
    localMotionRatio: rounded(evidence.local),
  };
}

function motionAt(moves: Series, row: number): TimedMotion {
  return {
    seconds: (moves.at(row, 1) - moves.at(row, 0)) / 1000,
    right: moves.at(row, 2),
    down: moves.at(row, 3),
    growth: moves.at(row, 4),
    turn: moves.at(row, 5),
    textured: moves.at(row, 6),
    following: moves.at(row, 7),
    resting: moves.at(row, 8),
  };
}

function rowsIn(rows: Series, span: Span): readonly [first: number, end: number] {
  return [firstRow(rows, span.startMs), firstRow(rows, span.endMs)];
}

/** The first row whose time, in column 0, is not before the given one. */
function firstRow(rows: Series, timeMs: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const row = (low + high) >> 1;
    if (rows.at(row, 0) < timeMs) low = row + 1;
    else high = row;
  }
  return low;
}

function mean(rows: Series, first: number, end: number, column: number): number {
  let sum = 0;
  for (let row = first; row < end; row++) sum += rows.at(row, column);
  return sum / (end - first);
}

/** Four digits after the point: below what is measured, and rows stay readable. */
function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
