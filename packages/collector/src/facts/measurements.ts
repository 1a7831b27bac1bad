import type { JsonObject, Span } from '@internvid/core';
import type { DetectorFrame } from '../shots/detector.js';
import { appearance } from './appearance.js';
import { bordersGauge } from './borders.js';
import type { Found, Look } from './gauge.js';
import { likelihoods } from './likelihoods.js';
import { lumaPlane } from './luma.js';
import { motionGauge } from './motion-gauge.js';
import { stillness } from './stillness.js';
import { textGauge } from './text.js';

/** Version of all facts together: raised when a number changes for the same frames. */
export const FACTS_VERSION = 2;

/** Frames are looked at so often; less often where there are fewer. */
const LOOK_INTERVAL_MS = 200;
/** A frame that comes a little early still counts, so that 25 and 30 frames per second keep the interval. */
const EARLY_MS = 10;

/** Measures a video while it is read once, and answers for any span of it afterwards. */
export interface Measurements {
  /** Takes the next frame; all frames have one size. Frames may be left out: what is measured goes by time. */
  push(frame: DetectorFrame): void;
  /**
   * What was measured between the first and the last frame of a span. A fact without evidence is left out, and named in `missing`
   * with the reason: `{ "missing": { "noise": "no-picture" } }`.
   */
  over(span: Span): JsonObject;
}

/**
 * Starts measuring, five looks a second. Keeps 140 bytes for each: 2.5 MB for an hour.
 *
 * The facts are documented where they are measured: `motion-gauge`, `camera`, `stillness`, `appearance`, `borders`, `text`,
 * `likelihoods`.
 */
export function measurements(): Measurements {
  const motion = motionGauge();
  const borders = bordersGauge();
  const gauges = [motion, stillness(), appearance(borders), borders, textGauge()];
  const luma = lumaPlane();
  let lastLookMs = -Infinity;
  return {
    push({ timeMs, picture }) {
      const isLook = timeMs - lastLookMs >= LOOK_INTERVAL_MS - EARLY_MS;
      if (!isLook && !motion.wantsNext) return;
      const look: Look = { timeMs, picture, luma: luma(picture) };
      if (motion.wantsNext) motion.next(look);
      if (!isLook) return;
      for (const gauge of gauges) gauge.look(look);
      lastLookMs = timeMs;
    },
    over(span) {
      const found = gauges.map((gauge) => gauge.over(span));
      return factsOf([...found, likelihoods(found)]);
    },
  };
}

/** What was measured already, and more. */
export function alsoMeasured(measured: Measurements, more: (span: Span) => Found): Measurements {
  return {
    push: (frame) => measured.push(frame),
    over(span) {
      const { missing = {}, ...facts } = measured.over(span);
      return factsOf([{ facts, missing: missing as Found['missing'] & object }, more(span)]);
    },
  };
}

/** Facts of several kinds as one object; `missing` is there when something is. */
export function factsOf(found: readonly Found[]): JsonObject {
  const missing = Object.assign({}, ...found.map((part) => part.missing ?? {})) as JsonObject;
  const facts = Object.assign({}, ...found.map((part) => part.facts)) as JsonObject;
  return Object.keys(missing).length === 0 ? facts : { ...facts, missing };
}
