import type { FrameEvidence } from './frame-evidence.js';
import type { FoundObject } from './objects.js';
import type { Box } from './pictures.js';

/** An object class that the frames support. */
export type ObjectClaim = {
  readonly label: string;
  /** How many were seen at once, at least one. */
  readonly count: number;
  /** Where the best sighting of a single object is. */
  readonly box: Box;
  /** Its best sighting's score. */
  readonly confidence: number;
};

/**
 * What it takes to state a class: one sighting at `once`, or two frames with a best at `best` and another at `again`.
 * Objects from `counted` on count when several are in view at once.
 */
type Support = {
  readonly once: number;
  readonly best: number;
  readonly again: number;
  readonly counted: number;
};

/** Chosen on the shared videos so that no claim of the whole clip is wrong; the figures stand on the captions page. */
const DEPENDABLE: Support = { once: 0.4, best: 0.35, again: 0.35, counted: 0.35 };
const OTHERS: Support = { once: 0.5, best: 0.45, again: 0.4, counted: 0.5 };
const DEPENDABLE_LABELS: ReadonlySet<string> = new Set(['person', 'car']);

/** Classes that may be stated of these frames, the largest and surest first. */
export function objectClaims(frames: readonly FrameEvidence[]): readonly ObjectClaim[] {
  const labels = new Set(frames.flatMap(({ objects }) => objects.map(({ label }) => label)));
  const claims = [...labels]
    .map((label) => claimOf(label, frames))
    .filter((claim) => claim !== undefined);
  return claims.sort((a, b) => weight(b) - weight(a));
}

function claimOf(label: string, frames: readonly FrameEvidence[]): ObjectClaim | undefined {
  const support = DEPENDABLE_LABELS.has(label) ? DEPENDABLE : OTHERS;
  const sightings = frames.map(({ objects }) => objects.filter((object) => object.label === label));
  const [best] = sightings.flat().sort((a, b) => b.confidence - a.confidence);
  const count = numberOf(sightings, support);
  if (best === undefined || count === 0) return undefined;
  return { label, count, box: best.box, confidence: best.confidence };
}

/** How many at once; none when the class is not supported. */
function numberOf(sightings: readonly (readonly FoundObject[])[], support: Support): number {
  const inFrames = (least: number): readonly number[] =>
    sightings.map((seen) => countFrom(seen, least)).sort((a, b) => b - a);
  const [sure = 0] = inFrames(support.once);
  if (sightings.length === 1) return sure;
  const [strong = 0] = inFrames(support.best);
  const [, again = 0] = inFrames(support.again);
  if (sure === 0 && (strong === 0 || again === 0)) return 0;
  // A second box in one frame may be part of the same object: two frames must agree on a number.
  const [, counted = 0] = inFrames(support.counted);
  return Math.max(1, counted);
}

function countFrom(sightings: readonly FoundObject[], least: number): number {
  return sightings.filter(({ confidence }) => confidence >= least).length;
}

function weight({ label, box, confidence }: ObjectClaim): number {
  return (label === 'person' ? 1 : 0) + confidence * Math.sqrt(box[2] * box[3]);
}
