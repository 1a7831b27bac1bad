import type { JsonObject } from '@internvid/core';
import { chosen } from './wording.js';

/** Share of frames that repeat the one before from which a picture counts as still. */
const STILL_SHARE = 0.95;

/** Clauses that say one thing, by the `camera` fact; a slow zoom cannot be told from a travel, so both words cover both. */
const CLAUSES: Readonly<Record<string, readonly [string, ...string[]]>> = {
  static: ['the camera stays still', 'the camera does not move', 'the camera is still'],
  'pan-left': ['the camera pans left', 'the camera pans to the left'],
  'pan-right': ['the camera pans right', 'the camera pans to the right'],
  'tilt-up': ['the camera tilts up', 'the camera tilts upwards'],
  'tilt-down': ['the camera tilts down', 'the camera tilts downwards'],
  'zoom-in': ['the camera moves or zooms in', 'the camera closes in'],
  'zoom-out': ['the camera moves or zooms out', 'the camera pulls back'],
  roll: ['the camera rolls', 'the camera turns about its own axis'],
  shake: ['the camera shakes', 'the camera is shaky'],
  moving: ['the camera moves', 'the camera keeps moving'],
};

const OVER: Readonly<Record<string, string>> = {
  'pan-left': 'across',
  'pan-right': 'across',
  'tilt-up': 'over',
  'tilt-down': 'over',
  'zoom-in': 'on',
  'zoom-out': 'from',
  moving: 'over',
};

/** Picture widths per second up to which a pan or a tilt is slow, and from which it is quick. */
const SLOW = 0.06;
const QUICK = 0.4;
/** Share of the picture that changes at a time under a camera that does not move: as good as none of it, and little of it. */
const HARDLY_ANYTHING = 0.05;
const LITTLE = 0.12;

/** What the camera does as a clause, by the clip's facts; nothing where it was not measured. */
export function cameraClause(facts: JsonObject, seed: string): string | undefined {
  const clauses = typeof facts['camera'] === 'string' ? CLAUSES[facts['camera']] : undefined;
  if (clauses === undefined) return undefined;
  return chosen(clauses, seed, 'camera').replace(/(?=\b(?:pans|tilts)\b)/, pace(facts));
}

function pace({ motionWidthsPerSecond: speed }: JsonObject): string {
  if (typeof speed !== 'number' || (speed > SLOW && speed < QUICK)) return '';
  return speed <= SLOW ? 'slowly ' : 'quickly ';
}

/** How much goes on before a camera that does not move: words for nothing and for little. */
export function motionClause(facts: JsonObject, seed: string): string | undefined {
  if (isStill(facts))
    return chosen(['nothing moves', 'the picture stands still', 'nothing stirs'], seed, 'motion');
  const { camera, changedAreaRatio: changed } = facts;
  if (camera !== 'static' || typeof changed !== 'number' || changed > LITTLE) return undefined;
  return changed <= HARDLY_ANYTHING
    ? chosen(['hardly anything moves', 'next to nothing moves'], seed, 'motion')
    : chosen(
        ['only small parts of the picture move', 'little of the picture is in motion'],
        seed,
        'motion',
      );
}

/** Whether the picture as good as never changes. */
export function isStill({ freezeRatio }: JsonObject): boolean {
  return typeof freezeRatio === 'number' && freezeRatio >= STILL_SHARE;
}

/** The camera's clause with what it passes over: "the camera pans left across a mostly green view". */
export function cameraOver(facts: JsonObject, view: string, seed: string): string | undefined {
  const clause = cameraClause(facts, seed);
  const over = typeof facts['camera'] === 'string' ? OVER[facts['camera']] : undefined;
  return clause === undefined || over === undefined ? undefined : `${clause} ${over} ${view}`;
}

/** "a static shot", "a shaky shot"; nothing for other cameras. */
export function shotNoun({ camera }: JsonObject): string | undefined {
  if (camera === 'static') return 'a static shot';
  return camera === 'shake' ? 'a shaky shot' : undefined;
}
