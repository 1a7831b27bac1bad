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
  const shown = POSTURES.filter((posture) => countOf(posture, posed) >= agreeing);
  const steady = shown.filter((posture) => countOf(posture, posed) >= posed.length * HOLDS);
  const first = shown.filter(
    (posture) =>
      !steady.includes(posture) && countOf(posture, posed.slice(0, agreeing)) === agreeing,
  );
  const atFirst = wordsOf(first, VIEWS);
  const views = [
    ...wordsOf(steady, VIEWS),
    ...(atFirst.length === 0 ? [] : [`at first ${listed(atFirst)}`]),
  ];
  const seen = views.length === 0 ? [] : [`is seen ${listed(views)}`];
  return [...seen, ...wordsOf(shown, ACTS)];
}

function countOf(posture: Posture, frames: readonly (readonly Posture[])[]): number {
  return frames.filter((postures) => postures.includes(posture)).length;
}

function wordsOf(
  postures: readonly Posture[],
  words: Readonly<Partial<Record<Posture, string>>>,
): readonly string[] {
  return postures.map((posture) => words[posture]).filter((text) => text !== undefined);
}
