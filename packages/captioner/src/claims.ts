import type { FrameEvidence } from './frame-evidence.js';
import { objectsWithPeople } from './people.js';
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
export type Support = {
  readonly once: number;
  readonly best: number;
  readonly again: number;
  readonly counted: number;
  /** Share of the frames that must agree on a number, besides that two must: boxes of one thing may part for a moment. */
  readonly agreeing: number;
};

/** Chosen on the shared videos so that next to no claim is wrong and few are arguable; the figures stand on the captions page. */
const DEPENDABLE: Support = { once: 0.35, best: 0.3, again: 0.25, counted: 0.35, agreeing: 0 };
const OTHERS: Support = { once: 0.55, best: 0.45, again: 0.45, counted: 0.55, agreeing: 1 / 3 };
const DEPENDABLE_LABELS: ReadonlySet<string> = new Set(['person', 'car']);

/** What it takes to state a class. */
export function supportFor(label: string): Support {
  return DEPENDABLE_LABELS.has(label) ? DEPENDABLE : OTHERS;
}

/** Names that one board gets in turn: only the surest is stated. */
const BOARDS: ReadonlySet<string> = new Set(['skateboard', 'snowboard', 'surfboard', 'skis']);

/** Classes that may be stated of these frames, the largest and surest first. */
export function objectClaims(frames: readonly FrameEvidence[]): readonly ObjectClaim[] {
  const seen = frames.map(objectsWithPeople);
  const labels = new Set(seen.flat().map(({ label }) => label));
  const claims = [...labels]
    .map((label) => claimOf(label, seen))
    .filter((claim) => claim !== undefined)
    .sort((a, b) => weight(b) - weight(a));
  const board = claims.find(({ label }) => BOARDS.has(label));
  return claims.filter((claim) => claim === board || !BOARDS.has(claim.label));
}

function claimOf(
  label: string,
  frames: readonly (readonly FoundObject[])[],
): ObjectClaim | undefined {
  const support = supportFor(label);
  const sightings = frames.map((objects) => objects.filter((object) => object.label === label));
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
  const agreeing = Math.max(2, Math.ceil(support.agreeing * sightings.length));
  return Math.max(1, inFrames(support.counted)[agreeing - 1] ?? 0);
}

function countFrom(sightings: readonly FoundObject[], least: number): number {
  return sightings.filter(({ confidence }) => confidence >= least).length;
}

function weight({ label, box, confidence }: ObjectClaim): number {
  return (label === 'person' ? 1 : 0) + confidence * Math.sqrt(box[2] * box[3]);
}
