import type { JsonObject } from '@internvid/core';
import { accentPhrase } from './accent-words.js';
import { cameraOver, shotNoun } from './camera-words.js';
import type { ObjectClaim } from './claims.js';
import type { ClassEvents } from './event-words.js';
import type { Things } from './object-words.js';
import {
  halvesOf,
  isBlack,
  pictureNoun,
  pictureSentence,
  shadesClause,
  tones,
  type PictureColours,
} from './picture-words.js';
import type { TextClaim } from './text-claims.js';
import { textPhrase, textSentence } from './text-words.js';
import { chosen, counted } from './wording.js';

/** All that may be said, before it is put into sentences. */
export type Material = {
  readonly seed: string;
  /** How many frames the text speaks of. */
  readonly frames: number;
  readonly claims: readonly ObjectClaim[];
  readonly things: Things;
  readonly events: readonly ClassEvents[];
  readonly texts: readonly TextClaim[];
  readonly picture: PictureColours;
  readonly facts: JsonObject;
  /** What the camera does, as a clause. */
  readonly camera: string | undefined;
};

/** A part of the material. */
export type Told = 'picture' | 'accents' | 'camera' | 'events' | 'texts';

/** A first sentence, and which parts of the material it has told. */
export type Opening = { readonly text: string; readonly tells: readonly Told[] };

const FILLING = ' filling';

/** The ways that a text may begin, all of them true; at least one. */
export function openings(material: Material): readonly [Opening, ...Opening[]] {
  if (material.things.isClose === true) return closeOpenings(material);
  if (material.claims.length > 0) return objectOpenings(material);
  return material.texts.length > 0 ? textOpenings(material) : pictureOpenings(material);
}

function objectOpenings(material: Material): readonly [Opening, ...Opening[]] {
  const [acting, ...otherwise] = actions(material);
  if (acting !== undefined) return [acting, ...otherwise];
  const { things, claims } = material;
  const { text, place = '', isPlural } = things;
  const be = isPlural ? 'are' : 'is';
  const there = (claims[0]?.count ?? 0) > 1 ? 'there are' : 'there is';
  return [
    { text: `${text} can be seen${place}`, tells: [] },
    { text: `${there} ${text}${place}`, tells: [] },
    {
      text: place.startsWith(FILLING)
        ? `${text} fills${place.slice(FILLING.length)}`
        : `${text} ${be} ${place === '' ? 'in view' : place.trim()}`,
      tells: [],
    },
    ...(place === '' ? scenes(material, be) : placed(material, place)),
    ...filmed(material, be),
  ];
}

/** Ways to begin with one face seen from near. */
function closeOpenings({
  picture,
  seed,
  camera,
  facts,
}: Material): readonly [Opening, ...Opening[]] {
  const scene = pictureNoun(picture, chosen(['picture', 'scene'], seed, 'scene'));
  const link = shotNoun(facts) === undefined ? 'as' : 'while';
  const open: [Opening, ...Opening[]] = [
    { text: 'a person is seen close up', tells: [] },
    { text: 'a close-up of a person', tells: [] },
  ];
  if (scene !== undefined)
    open.push(
      { text: `a close-up of a person in ${scene}`, tells: ['picture'] },
      { text: `in ${scene}, a person is seen close up`, tells: ['picture'] },
    );
  if (camera !== undefined)
    open.push({ text: `a person is seen close up ${link} ${camera}`, tells: ['camera'] });
  return open;
}

/** Things in a picture that is described with them. */
function scenes({ things: { text }, picture, seed }: Material, be: string): readonly Opening[] {
  const scene = pictureNoun(picture, chosen(['picture', 'scene'], seed, 'scene'));
  if (scene === undefined) return [];
  return [
    { text: `${text} in ${scene}`, tells: ['picture'] },
    { text: `${text} ${be} seen in ${scene}`, tells: ['picture'] },
    { text: `in ${scene}, ${text} can be seen`, tells: ['picture'] },
  ];
}

/** "a dog in the lower left of a mostly green picture" */
function placed({ things: { text }, picture }: Material, place: string): readonly Opening[] {
  const scene = pictureNoun(picture, 'picture');
  if (scene === undefined || !isPart(place)) return [];
  return [
    { text: `${text}${place} of ${scene}`, tells: ['picture'] },
    { text: `${place.trim()} of ${scene} is ${text}`, tells: ['picture'] },
  ];
}

/** Whether a place is one that "of the picture" may follow. */
function isPart(place: string): boolean {
  return /(?:left|right|middle|top|bottom)$/.test(place);
}

/** The one thing that is there does something: none where it does not, or where there are others. */
function actions({ claims, events, things, picture, facts, camera }: Material): readonly Opening[] {
  const [only] = events;
  if (only === undefined || claims.length > 1) return [];
  const act = `${counted(only.label, 1)} ${only.does}`;
  const place = things.place?.trim();
  const scene = pictureNoun(picture, place === undefined ? 'scene' : 'picture');
  const open: Opening[] = [];
  if (place === undefined || !isPart(place)) {
    open.push({ text: act, tells: ['events'] });
    if (scene !== undefined)
      open.push({ text: `in ${scene}, ${act}`, tells: ['events', 'picture'] });
    const link = shotNoun(facts) === undefined ? 'as' : 'while';
    if (camera !== undefined)
      open.push({ text: `${link} ${camera}, ${act}`, tells: ['events', 'camera'] });
  } else {
    open.push({ text: `${place}, ${act}`, tells: ['events'] });
    if (scene !== undefined)
      open.push({ text: `${place} of ${scene}, ${act}`, tells: ['events', 'picture'] });
  }
  return open;
}

function filmed({ things: { text }, facts, camera }: Material, be: string): readonly Opening[] {
  if (camera === undefined) return [];
  const shot = shotNoun(facts);
  const link = shot === undefined ? 'as' : 'while';
  const open: Opening[] = [
    { text: `${text} ${be} in view ${link} ${camera}`, tells: ['camera'] },
    { text: `${link} ${camera}, ${text} can be seen`, tells: ['camera'] },
  ];
  return shot === undefined ? open : [...open, { text: `${shot} of ${text}`, tells: ['camera'] }];
}

function textOpenings({
  texts,
  frames,
  picture,
  seed,
}: Material): readonly [Opening, ...Opening[]] {
  const phrase = textPhrase(texts, frames);
  const scene = pictureNoun(picture, chosen(['picture', 'frame'], seed, 'scene'));
  const said: Opening = { text: textSentence(texts, frames, seed) ?? '', tells: ['texts'] };
  if (phrase === undefined || scene === undefined) return [said];
  return [said, { text: `${scene} with ${phrase}`, tells: ['texts', 'picture'] }];
}

function pictureOpenings(material: Material): readonly [Opening, ...Opening[]] {
  const { picture, seed, facts, camera } = material;
  const whole: Opening = { text: pictureSentence(picture, seed), tells: ['picture'] };
  const view = pictureNoun(picture, 'view');
  if (view === undefined || isBlack(picture) || halvesOf(picture) !== undefined) return [whole];
  const tone = tones(picture);
  const accent = accentPhrase(picture.accents);
  const open = [view, ...(tone === undefined ? [] : [`a view ${tone}`])].map((noun): Opening =>
    accent === undefined
      ? { text: noun, tells: ['picture'] }
      : { text: `${noun}, with ${accent}`, tells: ['picture', 'accents'] },
  );
  const shades = shadesClause(picture);
  if (shades !== undefined) open.push({ text: shades, tells: ['picture'] });
  if (camera === undefined) return [whole, ...open];
  const over = cameraOver(facts, view, seed);
  const filmed: Opening[] =
    over === undefined ? [] : [{ text: over, tells: ['camera', 'picture'] }];
  const shot = shotNoun(facts);
  if (shot !== undefined && tone !== undefined)
    filmed.push({ text: `${shot} ${tone}`, tells: ['camera', 'picture'] });
  if (shades !== undefined)
    filmed.push({ text: `${shades} as ${camera}`, tells: ['camera', 'picture'] });
  return [whole, ...filmed, ...open];
}
