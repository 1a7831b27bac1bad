import type { ColourName, Colours } from './colours.js';
import { chosen, listed } from './wording.js';

/** The colours of a picture, and of its halves, averaged over the frames that a text speaks of. */
export type PictureColours = {
  readonly whole: Colours;
  readonly upper: Colours;
  readonly lower: Colours;
};

/** A colour is stated from this share of the picture; grey, which any dull colour comes near, from a larger one. */
const COLOUR_SHARE = 0.25;
const GREY_SHARE = 0.4;
const MOSTLY_SHARE = 0.6;
/** A half has a colour of its own when the colour has this share of it, and at most the other of the other half. */
const HALF_SHARE = 0.6;
const OTHER_HALF_SHARE = 0.25;
const DARK_LIGHTNESS = 20;
const BRIGHT_LIGHTNESS = 78;
const BLACK_LIGHTNESS = 3;
/** A line of small text on black is lighter. */
const ALL_BLACK_LIGHTNESS = 0.02;
/** Mean chroma from which a picture that is mostly called grey is not grey but dull. */
const MUTED_CHROMA = 8;

/** A noun phrase for the whole picture, `noun` in its middle: "a dark, mostly blue scene"; nothing where no colour stands out. */
export function pictureNoun({ whole }: PictureColours, noun: string): string | undefined {
  if (whole.lightness < BLACK_LIGHTNESS) return `a nearly black ${noun}`;
  const light = lightWord(whole);
  const look = lookOf(whole);
  if (look === undefined) return light === undefined ? undefined : `a ${light} ${noun}`;
  if (look.kind === 'muted')
    return `a ${light === undefined ? '' : `${light} `}${noun} of muted colours`;
  return `a ${light === undefined ? '' : `${light}, `}${look.adverb} ${listed(look.names)} ${noun}`;
}

/** Whether there is as good as no light in it. */
export function isBlack({ whole }: PictureColours): boolean {
  return whole.lightness < BLACK_LIGHTNESS;
}

/** How a picture looks, in a sentence of its own. */
export function pictureSentence(colours: PictureColours, seed: string): string {
  const { whole } = colours;
  if (isBlack(colours))
    return `the picture is ${whole.lightness < ALL_BLACK_LIGHTNESS ? '' : 'nearly '}black`;
  const light = lightWord(whole);
  const look = lookOf(whole);
  if (light !== undefined) return `the picture is ${light}${lightTail(look)}`;
  const halves = halvesSentence(colours, seed);
  if (halves !== undefined) return halves;
  if (look === undefined)
    return chosen(
      ['no single colour dominates the picture', 'the picture has no single main colour'],
      seed,
      'picture',
    );
  if (look.kind === 'muted')
    return chosen(['the colours are muted', 'the picture is in muted colours'], seed, 'picture');
  const shades = listed(look.names);
  return chosen(
    [
      `the picture is ${look.adverb} ${shades}`,
      `${look.adverb === 'mostly' ? 'most' : 'much'} of the picture is ${shades}`,
      `${shades} ${look.names.length > 1 ? 'dominate' : 'dominates'} the picture`,
    ],
    seed,
    'picture',
  );
}

/** The shades of a picture as "in tones of brown and black", to follow "a view" or "a shot"; nothing where none stands out. */
export function tones({ whole }: PictureColours): string | undefined {
  const look = lookOf(whole);
  if (look === undefined || lightWord(whole) !== undefined) return undefined;
  if (look.kind === 'muted') return 'in muted colours';
  return `in ${look.names.length > 1 ? 'tones' : 'shades'} of ${listed(look.names)}`;
}

/** What became of the light between the first frames and the last. */
export function lightEvent(frames: readonly Colours[]): string | undefined {
  const [first, last] = [frames[0], frames.at(-1)];
  if (first === undefined || last === undefined || frames.length < 3) return undefined;
  const brightest = Math.max(...frames.map(({ lightness }) => lightness));
  if (brightest < DARK_LIGHTNESS) return undefined;
  if (last.lightness < BLACK_LIGHTNESS) return 'the picture goes black at the end';
  return first.lightness < BLACK_LIGHTNESS ? 'the picture is black at first' : undefined;
}

type Look =
  | { readonly kind: 'muted' }
  | {
      readonly kind: 'colours';
      readonly adverb: 'mostly' | 'largely';
      readonly names: readonly ColourName[];
    };

function lookOf(colours: Colours): Look | undefined {
  const names = clearColours(colours);
  const [first] = names;
  if (first === undefined) return undefined;
  if (names.length === 1 && first === 'grey' && colours.chroma >= MUTED_CHROMA)
    return { kind: 'muted' };
  const isMost = names.length === 1 && (colours.shares[first] ?? 0) >= MOSTLY_SHARE;
  return { kind: 'colours', adverb: isMost ? 'mostly' : 'largely', names };
}

function lightTail(look: Look | undefined): string {
  if (look === undefined) return ', with no single main colour';
  if (look.kind === 'muted') return ', its colours muted';
  return `, ${look.adverb} ${listed(look.names)}`;
}

/** Blue above and green below: two colours that each keep to one half. */
function halvesSentence({ upper, lower }: PictureColours, seed: string): string | undefined {
  const above = ownColour(upper, lower);
  const below = ownColour(lower, upper);
  if (above === undefined || below === undefined) return undefined;
  return chosen(
    [
      `${above} fills the upper part of the picture and ${below} the lower`,
      `the picture is ${above} above and ${below} below`,
      `the upper half is mostly ${above}, the lower half mostly ${below}`,
    ],
    seed,
    'halves',
  );
}

function ownColour(half: Colours, other: Colours): ColourName | undefined {
  const [name] = clearColours(half);
  if (name === undefined || (half.shares[name] ?? 0) < HALF_SHARE) return undefined;
  return (other.shares[name] ?? 0) <= OTHER_HALF_SHARE ? name : undefined;
}

function lightWord({ lightness }: Colours): 'dark' | 'bright' | undefined {
  if (lightness < DARK_LIGHTNESS) return 'dark';
  return lightness > BRIGHT_LIGHTNESS ? 'bright' : undefined;
}

function clearColours({ shares }: Colours): readonly ColourName[] {
  const entries = Object.entries(shares) as [ColourName, number][];
  return entries
    .filter(([name, share]) => share >= (name === 'grey' ? GREY_SHARE : COLOUR_SHARE))
    .sort((a, b) => b[1] - a[1])
    .map(([name]) => name);
}
