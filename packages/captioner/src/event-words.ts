import type { ObjectClaim } from './claims.js';
import { postureWords } from './posture-words.js';
import {
  isWhole,
  trackEvents,
  tracksOf,
  type TimedObjects,
  type Track,
  type TrackEvent,
} from './tracks.js';
import { bare, listed } from './wording.js';

/** What the one thing of a class does, in words that follow it. */
export type ClassEvents = { readonly label: string; readonly does: string };

/** In the order in which they happen. */
const EVENT_WORDS: readonly (readonly [TrackEvent, string])[] = [
  ['appears', 'comes into view'],
  ['moves-left', 'moves left across the picture'],
  ['moves-right', 'moves right across the picture'],
  ['grows', 'grows larger in the picture'],
  ['shrinks', 'grows smaller in the picture'],
  ['leaves', 'goes out of view'],
];

/** Before a camera that stands still, what grows comes nearer; an object that is cut by the picture's edge may only show more. */
const NEARER: Readonly<Partial<Record<TrackEvent, string>>> = {
  grows: 'comes nearer',
  shrinks: 'moves away',
};

/**
 * What each class does of which never more than one was seen: with several, one may be taken for another. A person's postures come
 * first.
 */
export function eventsOf(
  claims: readonly ObjectClaim[],
  frames: readonly TimedObjects[],
  cameraStands: boolean,
): readonly ClassEvents[] {
  const tracks = tracksOf(frames);
  return claims.flatMap(({ label, count }) => {
    if (count > 1) return [];
    const mine = tracks.filter((track) => track.label === label);
    const words = [
      ...(label === 'person' ? postureWords(frames) : []),
      ...(mine.length === 1 ? mine.flatMap((track) => trackWords(track)) : []),
    ];
    return words.length === 0 ? [] : [{ label, does: listed(words) }];
  });

  function trackWords(track: Track): readonly string[] {
    const events = trackEvents(track, frames.length);
    const inDepth = cameraStands && isWhole(track);
    return EVENT_WORDS.filter(([event]) => events.includes(event)).map(
      ([event, text]) => (inDepth ? NEARER[event] : undefined) ?? text,
    );
  }
}

/** "the dog comes into view and grows larger in the picture" */
export function eventSentence({ label, does }: ClassEvents): string {
  return `the ${bare(label)} ${does}`;
}
