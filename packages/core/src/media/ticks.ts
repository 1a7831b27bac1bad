import type { Fraction } from '../media-info.js';

/**
 * How a track counts time: a tick lasts `timeBase` seconds, and time zero, the container's start, is at `startTicks`.
 * Whole milliseconds come from whole ticks alone, so that no rounding of a decimal fraction moves a frame.
 */
export type Clock = { readonly timeBase: Fraction; readonly startTicks: number };

/** The time of a tick in whole milliseconds from the container's start, rounded down. */
export function ticksToMs({ timeBase, startTicks }: Clock, ticks: number): number {
  const scaled = (ticks - startTicks) * timeBase.num;
  const rest = ((scaled % timeBase.den) + timeBase.den) % timeBase.den;
  return ((scaled - rest) / timeBase.den) * 1000 + Math.floor((rest * 1000) / timeBase.den);
}

/** The first tick whose time, rounded down, is at least `timeMs`. */
export function firstTickAt({ timeBase, startTicks }: Clock, timeMs: number): number {
  const ticks = BigInt(timeMs) * BigInt(timeBase.den);
  const perTick = 1000n * BigInt(timeBase.num);
  return startTicks + Number((ticks + perTick - 1n) / perTick);
}

/**
 * The tick that ffmpeg takes for the container's start: the nearest one to a start time in microseconds, which is how
 * libavformat keeps it (`start_time` in `AV_TIME_BASE`).
 */
export function startTick(startMicroseconds: number, timeBase: Fraction): number {
  return Math.round((startMicroseconds * timeBase.den) / (1e6 * timeBase.num));
}

/** A fraction in lowest terms. */
export function reduce(num: number, den: number): Fraction {
  const divisor = greatestCommonDivisor(num, den);
  return { num: num / divisor, den: den / divisor };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a || 1 : greatestCommonDivisor(b, a % b);
}
