import { POSTURES, posturesOf, type Posture } from './postures.js';
import type { TimedObjects } from './tracks.js';
import { listed } from './wording.js';

/** How a person is seen is said of the whole clip, or of its beginning. */
const VIEWS: Readonly<Partial<Record<Posture, string>>> = {
  'head-to-foot': 'from head to foot',
  'from-behind': 'from behind',
};
/** What a person does is said of a moment. */
const ACTS: Readonly<Partial<Record<Posture, string>>> = {
  'leans-over': 'leans over',
  'arm-raised': 'has an arm raised',
};
/** A view holds in this share of the frames in which the person's joints were found. */
const HOLDS = 2 / 3;
/** Of this many frames or more two must agree. */
const MANY_FRAMES = 3;

/** The postures of the one person of these frames, in words that follow it. */
export function postureWords(frames: readonly TimedObjects[]): readonly string[] {
  const posed = frames
    .map(({ objects }) => objects.find(({ pose }) => pose !== undefined)?.pose)
    .filter((pose) => pose !== undefined)
    .map(posturesOf);
  const agreeing = frames.length < MANY_FRAMES ? 1 : 2;
  const holding = (posture: Posture): readonly boolean[] =>
    posed.map((postures) => postures.includes(posture));
  const views = POSTURES.flatMap((posture) =>
    viewWords(VIEWS[posture], holding(posture), agreeing),
  );
  const acts = POSTURES.flatMap((posture) => {
    const words = ACTS[posture];
    const count = holding(posture).filter(Boolean).length;
    return words === undefined || count < agreeing ? [] : [words];
  });
  return [...(views.length === 0 ? [] : [`is seen ${listed(views)}`]), ...acts];
}

function viewWords(
  words: string | undefined,
  held: readonly boolean[],
  agreeing: number,
): readonly string[] {
  const count = held.filter(Boolean).length;
  if (words === undefined || count < agreeing) return [];
  if (count >= held.length * HOLDS) return [words];
  return held.slice(0, agreeing).every(Boolean) ? [`at first ${words}`] : [];
}
