import type { Accent } from './accents.js';
import type { ColourName } from './colours.js';
import { chosen, listed } from './wording.js';

/** A strong colour that the frames support. */
export type AccentClaim = {
  readonly name: ColourName;
  /** Where it is, if in one place in all frames: "in the middle", "at the top left". */
  readonly place?: string;
};

/** A strong colour is stated that has this share of the picture on average and is in half of the frames. */
const MIN_SHARE = 0.03;
const MIN_FRAMES = 0.5;
const MAX_ACCENTS = 2;
/** It is in one place when it reaches no further about its middle, and the middle stays within this of the mean. */
const ONE_PLACE = 0.2;
const STAYS = 0.1;
/** Brown is no colour that stands out, and one of the picture's main colours does not either. */
const DULL: ReadonlySet<ColourName> = new Set(['brown', 'grey', 'black', 'white']);

/** The strong colours of these frames, but for the main ones of the picture. */
export function accentClaims(
  frames: readonly (readonly Accent[])[],
  main: readonly ColourName[],
): readonly AccentClaim[] {
  const names = new Set(frames.flat().map(({ name }) => name));
  return [...names]
    .filter((name) => !DULL.has(name) && !main.includes(name))
    .map((name) => sightings(name, frames))
    .filter(({ share, found }) => share >= MIN_SHARE && found.length >= frames.length * MIN_FRAMES)
    .sort((a, b) => b.share - a.share)
    .slice(0, MAX_ACCENTS)
    .map(({ name, found }) => {
      const place = placeOf(found);
      return place === undefined ? { name } : { name, place };
    });
}

/** "red stands out in the middle" */
export function accentSentence(claims: readonly AccentClaim[], seed: string): string | undefined {
  const [first, second] = claims;
  if (first === undefined) return undefined;
  const [patches, verb] = second === undefined ? ['a patch', 'stands'] : ['patches', 'stand'];
  const colours = listed(claims.map(({ name }) => name));
  const place = second === undefined ? first.place : undefined;
  return place === undefined
    ? chosen([`${colours} ${verb} out`, `touches of ${colours} catch the eye`], seed, 'accent')
    : chosen(
        [`${colours} ${verb} out ${place}`, `${patches} of ${colours} ${verb} out ${place}`],
        seed,
        'accent',
      );
}

/** "something red in the middle", to follow "with" */
export function accentPhrase(claims: readonly AccentClaim[]): string | undefined {
  const [first, second] = claims;
  if (first === undefined) return undefined;
  if (second !== undefined || first.place === undefined)
    return `touches of ${listed(claims.map(({ name }) => name))}`;
  return `something ${first.name} ${first.place}`;
}

function sightings(
  name: ColourName,
  frames: readonly (readonly Accent[])[],
): { readonly name: ColourName; readonly share: number; readonly found: readonly Accent[] } {
  const found = frames.flatMap((accents) => accents.filter((accent) => accent.name === name));
  const share = found.reduce((sum, accent) => sum + accent.share, 0) / frames.length;
  return { name, share, found };
}

function placeOf(found: readonly Accent[]): string | undefined {
  const [x, y] = [0, 1].map((axis) => {
    const places = found.map(({ at }) => at[axis] ?? 0);
    const mean = places.reduce((sum, place) => sum + place, 0) / places.length;
    const stays = places.every((place) => Math.abs(place - mean) <= STAYS);
    const isNarrow = found.every(({ spread }) => (spread[axis] ?? 0) <= ONE_PLACE);
    return stays && isNarrow ? mean : undefined;
  });
  if (x === undefined || y === undefined) return undefined;
  const row = y < 1 / 3 ? 'top' : y > 2 / 3 ? 'bottom' : '';
  const column = x < 1 / 3 ? 'left' : x > 2 / 3 ? 'right' : '';
  if (row === '') return column === '' ? 'in the middle' : `on the ${column}`;
  return `at the ${row}${column === '' ? '' : ` ${column}`}`;
}
