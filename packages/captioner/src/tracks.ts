import { overlap, type FoundObject } from './objects.js';
import type { Box } from './pictures.js';

/** The objects of one frame. */
export type TimedObjects = { readonly timeMs: number; readonly objects: readonly FoundObject[] };

/** One object followed over frames; `frame` counts the frames that it was searched in. */
export type Track = {
  readonly label: string;
  readonly sightings: readonly {
    readonly frame: number;
    readonly box: Box;
    readonly confidence: number;
  }[];
};

/** What a track shows, in terms of the picture, whatever the camera did. */
export type TrackEvent = 'moves-left' | 'moves-right' | 'grows' | 'shrinks' | 'appears' | 'leaves';

type OpenTrack = { label: string; sightings: { frame: number; box: Box; confidence: number }[] };

/** Frames that an object may be missed in before its track ends. */
const MAX_GAP = 2;
/** Centres further apart than this share of the picture's width and height are not one object. */
const MAX_STEP = 0.3;
const MIN_SIGHTINGS = 3;
const MIN_SHIFT = 0.25;
const MIN_GROWTH = 2;
const STEADY_SHARE = 0.7;
/**
 * An arrival or departure needs a sure sighting at the picture's edge next to this many frames without any: a detector
 * that merely loses an object in the middle of the picture is no departure.
 */
const EMPTY_FRAMES = 2;
const SURE = 0.4;
const EDGE = 0.03;

/** Joins the sightings of frames in time order: each goes to the nearest open track of its class, the best fits first. */
export function tracksOf(frames: readonly TimedObjects[]): readonly Track[] {
  const tracks: OpenTrack[] = [];
  frames.forEach(({ objects }, frame) => {
    const open = tracks.filter(
      ({ sightings }) => frame - (sightings.at(-1)?.frame ?? 0) <= MAX_GAP,
    );
    for (const { track, object } of pairs(open, objects))
      track.sightings.push({ frame, ...object });
    const joined = new Set(tracks.map(({ sightings }) => sightings.at(-1)?.box));
    for (const { label, box, confidence } of objects.filter((object) => !joined.has(object.box))) {
      tracks.push({ label, sightings: [{ frame, box, confidence }] });
    }
  });
  return tracks;
}

function pairs(
  open: readonly OpenTrack[],
  objects: readonly FoundObject[],
): readonly { track: OpenTrack; object: FoundObject }[] {
  const fits = open
    .flatMap((track) => objects.map((object) => ({ track, object, fit: fitOf(track, object) })))
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit);
  const taken = new Set<OpenTrack | FoundObject>();
  return fits.filter(({ track, object }) => {
    if (taken.has(track) || taken.has(object)) return false;
    taken.add(track).add(object);
    return true;
  });
}

/** Above zero where they may be one object: overlap first, nearness among those that do not overlap. */
function fitOf({ label, sightings }: OpenTrack, object: FoundObject): number {
  const last = sightings.at(-1)?.box;
  if (last === undefined || label !== object.label) return 0;
  const [dx, dy] = [middleX(object.box) - middleX(last), middleY(object.box) - middleY(last)];
  const distance = Math.max(Math.abs(dx), Math.abs(dy));
  return distance > MAX_STEP ? 0 : 1 + overlap(last, object.box) - distance;
}

/** What may be said of a track among `frameCount` searched frames. */
export function trackEvents({ sightings }: Track, frameCount: number): readonly TrackEvent[] {
  const [first, last] = [sightings[0], sightings.at(-1)];
  if (first === undefined || last === undefined || sightings.length < MIN_SIGHTINGS) return [];
  const events: TrackEvent[] = [];
  const shift = middleX(last.box) - middleX(first.box);
  if (Math.abs(shift) >= MIN_SHIFT && isSteady(sightings.map(({ box }) => middleX(box)))) {
    events.push(shift < 0 ? 'moves-left' : 'moves-right');
  }
  const growth = (last.box[2] * last.box[3]) / (first.box[2] * first.box[3]);
  if (
    Math.max(growth, 1 / growth) >= MIN_GROWTH &&
    isSteady(sightings.map(({ box }) => box[2] * box[3]))
  ) {
    events.push(growth > 1 ? 'grows' : 'shrinks');
  }
  if (first.frame >= EMPTY_FRAMES && isSureAtEdge(first)) events.push('appears');
  if (frameCount - 1 - last.frame >= EMPTY_FRAMES && isSureAtEdge(last)) events.push('leaves');
  return events;
}

/** Whether the picture's edge cuts the object neither at its first sighting nor at its last. */
export function isWhole({ sightings }: Track): boolean {
  return [sightings[0], sightings.at(-1)].every(
    (sighting) => sighting !== undefined && !isAtEdge(sighting.box),
  );
}

function isSureAtEdge({ box, confidence }: Track['sightings'][number]): boolean {
  return confidence >= SURE && isAtEdge(box);
}

function isAtEdge([left, top, width, height]: Box): boolean {
  return Math.min(left, top, 1 - left - width, 1 - top - height) <= EDGE;
}

/** Whether most steps go the way that the whole goes. */
export function isSteady(values: readonly number[]): boolean {
  const steps = values.slice(1).map((value, at) => value - (values[at] ?? 0));
  const whole = (values.at(-1) ?? 0) - (values[0] ?? 0);
  return steps.filter((step) => step * whole > 0).length >= steps.length * STEADY_SHARE;
}

function middleX(box: Box): number {
  return box[0] + box[2] / 2;
}

function middleY(box: Box): number {
  return box[1] + box[3] / 2;
}
