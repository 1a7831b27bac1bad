import type { Found, MissingReason } from './gauge.js';
import { rounded } from './series.js';

const SLIDESHOW = 'slideshowLikelihood';
const SCREEN = 'screenRecordingLikelihood';

/**
 * Judgements from other facts, 0 to 1, each a ramp from where real camera films are to where the named thing is:
 *
 * - `slideshowLikelihood`: `holdRatio` from 0.4 to 0.9. Photographs that are panned and zoomed over are not seen;
 * - `screenRecordingLikelihood`: the least of three: most of the picture inside its bars is drawn flat (`flatRatio` there, from 0.4
 *   to 0.6), little of it changes at a time (`changedAreaRatio` from 0.25 down to 0.05), and what is not flat has hard edges
 *   (`sharpness` per share that is not flat, from 1,000 to 4,000). A slide and a title card are drawn in the same way.
 */
export function likelihoods(found: readonly Found[]): Found {
  const numberOf = (name: string): number | undefined => {
    const value = found.map(({ facts }) => facts[name]).find((fact) => fact !== undefined);
    return typeof value === 'number' ? value : undefined;
  };
  const hold = numberOf('holdRatio');
  const flat = numberOf('flatRatio');
  const changed = numberOf('changedAreaRatio');
  const sharpness = numberOf('sharpness');
  const missing: Record<string, MissingReason> = {};
  const facts: Record<string, number> = {};
  if (hold === undefined) missing[SLIDESHOW] = 'too-short';
  else facts[SLIDESHOW] = rounded(ramp(hold, 0.4, 0.9));
  if (changed === undefined || flat === undefined || sharpness === undefined) {
    missing[SCREEN] = 'too-short';
  } else {
    const bars = numberOf('borderRatio') ?? 0;
    const inside = Math.max(0, flat - bars) / (1 - bars);
    const edges = flat < 1 ? sharpness / (1 - flat) : 0;
    facts[SCREEN] = rounded(
      Math.min(ramp(inside, 0.4, 0.6), ramp(changed, 0.25, 0.05), ramp(edges, 1_000, 4_000)),
    );
  }
  return { facts, missing };
}

/** 0 at `from`, 1 at `to`, straight between them; either may be the larger. */
function ramp(value: number, from: number, to: number): number {
  return Math.max(0, Math.min(1, (value - from) / (to - from)));
}
