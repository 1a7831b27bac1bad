import type { JsonObject } from '@internvid/core';
import { objectClaims, type ObjectClaim } from './claims.js';
import { meanColours, type ColourName, type Colours } from './colours.js';
import type { FrameEvidence } from './frame-evidence.js';
import type { Box } from './pictures.js';
import { textClaims } from './text-claims.js';
import { trackEvents, tracksOf, type TrackEvent } from './tracks.js';
import { bare, chosen, counted, listed, sentence } from './wording.js';

/** A frame and what was found in it. */
export type SeenFrame = { readonly timeMs: number; readonly evidence: FrameEvidence };

/** What a text may be made of. */
export type TextSource = {
  /** Decides among wordings that say the same: the clip's id. */
  readonly seed: string;
  /** At least one, in time order. */
  readonly frames: readonly SeenFrame[];
  /** The clip's measured facts; only given where the text speaks of the whole clip. */
  readonly facts?: JsonObject;
};

const MAX_OBJECTS = 5;
/** A colour is stated from this share of the picture; grey, which any dull colour comes near, from a larger one. */
const COLOUR_SHARE = 0.25;
const GREY_SHARE = 0.4;
const MOSTLY_SHARE = 0.6;
const DARK_LIGHTNESS = 20;
const BRIGHT_LIGHTNESS = 78;
/** Share of frames that repeat the one before from which a picture counts as still. */
const STILL_SHARE = 0.95;
const LARGE_AREA = 0.5;

/** English sentences that say what the evidence supports, and nothing that it does not. */
export function factsToText(source: TextSource): string {
  const evidence = source.frames.map((frame) => frame.evidence);
  const claims = objectClaims(evidence).slice(0, MAX_OBJECTS);
  const texts = textClaims(evidence);
  const colours = meanColours(evidence.map((frame) => frame.colours));
  const sentences = [
    objectSentence(claims, source),
    ...eventSentences(claims, source.frames),
    textSentence(texts, source.seed),
    colourSentence(colours, claims.length + texts.length > 0, source.seed),
    cameraSentence(source.facts ?? {}),
  ];
  return sentences
    .filter((text) => text !== undefined)
    .map(sentence)
    .join(' ');
}

function objectSentence(
  claims: readonly ObjectClaim[],
  { seed, frames }: TextSource,
): string | undefined {
  const [first] = claims;
  if (first === undefined) return undefined;
  const alone = claims.length === 1 && first.count === 1 && frames.length === 1;
  const things = `${listed(claims.map(({ label, count }) => counted(label, count)))}${alone ? placeOf(first.box) : ''}`;
  const plural = claims.length > 1 || first.count > 1;
  return chosen(
    [
      `${things} ${plural ? 'are' : 'is'} in view`,
      `${things} can be seen`,
      `${first.count > 1 ? 'there are' : 'there is'} ${things}`,
    ],
    seed,
    'objects',
  );
}

/** Where a small thing is; nothing for one that spreads over the picture. */
function placeOf([left, top, width, height]: Box): string {
  if (width * height > LARGE_AREA) return ' filling much of the picture';
  if (width > 0.5 || height > 0.8) return '';
  const row = third(top + height / 2, ['upper', '', 'lower']);
  const column = third(left + width / 2, ['left', '', 'right']);
  if (row === '') return column === '' ? ' in the middle' : ` on the ${column}`;
  if (column === '') return row === 'upper' ? ' at the top' : ' at the bottom';
  return ` in the ${row} ${column}`;
}

function third(at: number, names: readonly [string, string, string]): string {
  return at < 1 / 3 ? names[0] : at > 2 / 3 ? names[2] : names[1];
}

const EVENT_WORDS: Readonly<Record<TrackEvent, string>> = {
  'moves-left': 'moves to the left',
  'moves-right': 'moves to the right',
  grows: 'becomes larger in the picture',
  shrinks: 'becomes smaller in the picture',
  appears: 'comes into view',
  leaves: 'goes out of view',
};

/** What a class does of which never more than one was seen: with several, one may be taken for another. */
function eventSentences(
  claims: readonly ObjectClaim[],
  frames: readonly SeenFrame[],
): readonly string[] {
  const tracks = tracksOf(
    frames.map(({ timeMs, evidence }) => ({ timeMs, objects: evidence.objects })),
  );
  return claims.flatMap(({ label }) => {
    const mine = tracks.filter((track) => track.label === label);
    const [track] = mine;
    if (track === undefined || mine.length > 1) return [];
    const events = trackEvents(track, frames.length);
    return events.length === 0
      ? []
      : [`the ${bare(label)} ${listed(events.map((event) => EVENT_WORDS[event]))}`];
  });
}

function textSentence(texts: readonly string[], seed: string): string | undefined {
  if (texts.length === 0) return undefined;
  const quoted = listed(texts.map((text) => `"${text}"`));
  const several = texts.length > 1;
  return chosen(
    [
      `text in the picture reads ${quoted}`,
      `the ${several ? 'texts' : 'text'} ${quoted} can be read`,
      `written in the picture ${several ? 'are' : 'is'} ${quoted}`,
    ],
    seed,
    'text',
  );
}

function colourSentence(colours: Colours, afterOthers: boolean, seed: string): string {
  const light =
    colours.lightness < DARK_LIGHTNESS
      ? 'dark'
      : colours.lightness > BRIGHT_LIGHTNESS
        ? 'bright'
        : undefined;
  const names = clearColours(colours);
  const picture = afterOthers
    ? 'the picture'
    : chosen(['the picture', 'the view'], seed, 'picture');
  if (names.length === 0)
    return light === undefined
      ? `${picture} has no single main colour`
      : `${picture} is ${light}, with no single main colour`;
  const mostly =
    names.length === 1 && (colours.shares[names[0] ?? 'grey'] ?? 0) >= MOSTLY_SHARE
      ? 'mostly'
      : 'largely';
  const shades = listed(names);
  if (light !== undefined) return `${picture} is ${light}, ${mostly} ${shades}`;
  return chosen(
    [
      `${picture} is ${mostly} ${shades}`,
      `${shades} ${names.length > 1 ? 'are the main colours' : 'is the main colour'}`,
    ],
    seed,
    'colours',
  );
}

function clearColours({ shares }: Colours): readonly ColourName[] {
  const entries = Object.entries(shares) as [ColourName, number][];
  return entries
    .filter(([name, share]) => share >= (name === 'grey' ? GREY_SHARE : COLOUR_SHARE))
    .sort((a, b) => b[1] - a[1])
    .map(([name]) => name);
}

const CAMERA_WORDS: Readonly<Record<string, string>> = {
  static: 'the camera does not move',
  'pan-left': 'the camera pans to the left',
  'pan-right': 'the camera pans to the right',
  'tilt-up': 'the camera tilts up',
  'tilt-down': 'the camera tilts down',
  'zoom-in': 'the camera moves or zooms in',
  'zoom-out': 'the camera moves or zooms out',
  roll: 'the camera rolls',
  shake: 'the camera shakes',
  moving: 'the camera moves',
};

function cameraSentence(facts: JsonObject): string | undefined {
  const { camera, freezeRatio } = facts;
  if (typeof freezeRatio === 'number' && freezeRatio >= STILL_SHARE) return 'nothing moves';
  return typeof camera === 'string' ? CAMERA_WORDS[camera] : undefined;
}
