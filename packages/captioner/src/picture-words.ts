import type { AccentClaim } from './accent-words.js';
import type { ColourName, Colours } from './colours.js';
import { isSteady } from './tracks.js';
import { chosen, listed } from './wording.js';

/** The colours of a picture, and of its halves, averaged over the frames that a text speaks of. */
export type PictureColours = {
  readonly whole: Colours;
  readonly upper: Colours;
  readonly lower: Colours;
  /** Strong colours besides the main ones. */
  readonly accents: readonly AccentClaim[];
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
/** CIE lightness that a picture must gain or lose, most steps the same way, before it grows brighter or darker. */
const LIGHT_CHANGE = 25;
/** A line of small text on black is lighter. */
const ALL_BLACK_LIGHTNESS = 0.02;
/**
 * Mean chroma from which a picture that is mostly called grey is not grey but dull, and the chroma that not even a twentieth
 * of it may reach: a red car before a grey sky is no picture of muted colours.
 */
const MUTED_CHROMA = 8;
const STRONG_CHROMA = 30;
/** Below this mean chroma nothing has a colour: films in black and white stay below 0.3, the greyest in colour reach 1.5. */
const COLOURLESS_CHROMA = 0.6;

/** A noun phrase for the whole picture, `noun` in its middle: "a dark, mostly blue scene"; nothing where no colour stands out. */
export function pictureNoun({ whole }: PictureColours, noun: string): string | undefined {
  if (whole.lightness < BLACK_LIGHTNESS) return `a nearly black ${noun}`;
  const light = lightWord(whole);
  const look = lookOf(whole);
  if (look === undefined) return light === undefined ? undefined : `a ${light} ${noun}`;
  if (look.kind === 'muted')
    return `a ${light === undefined ? '' : `${light} `}${noun} of muted colours`;
  if (look.kind === 'colourless') return `a black-and-white ${noun}`;
  return `a ${light === undefined ? '' : `${light}, `}${look.adverb} ${listed(look.names)} ${noun}`;
}

/** Whether it is a picture in black and white: light, but no colour, and neither black nor white alone. */
function isColourless({ chroma, lightness, shares }: Colours): boolean {
  return (
    chroma < COLOURLESS_CHROMA && lightness >= DARK_LIGHTNESS && (shares.grey ?? 0) >= GREY_SHARE
  );
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
  if (look.kind === 'colourless')
    return chosen(
      ['the picture is in black and white', 'everything is in black and white'],
      seed,
      'picture',
    );
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
  if (look.kind === 'colourless') return 'in black and white';
  return `in ${look.names.length > 1 ? 'tones' : 'shades'} of ${listed(look.names)}`;
}

/** The shades of a picture as a clause: "shades of blue fill the picture"; nothing where none stands out. */
export function shadesClause(colours: PictureColours): string | undefined {
  const shades = tones(colours);
  const look = lookOf(colours.whole);
  if (shades === undefined || look?.kind !== 'colours') return undefined;
  const verb = look.adverb === 'mostly' ? 'fill' : 'run through';
  return `${shades.replace('in ', '')} ${verb} the picture`;
}

/** What became of the light and the colours between the first frame and the last. */
export function lightEvent(frames: readonly Colours[]): string | undefined {
  const [first, last] = [frames[0], frames.at(-1)];
  if (first === undefined || last === undefined || frames.length < 3) return undefined;
  const brightest = Math.max(...frames.map(({ lightness }) => lightness));
  if (brightest < DARK_LIGHTNESS) return undefined;
  if (last.lightness < BLACK_LIGHTNESS) return 'the picture goes black at the end';
  if (first.lightness < BLACK_LIGHTNESS) return 'the picture is black at first';
  return colourChange(first, last) ?? lightChange(frames.map(({ lightness }) => lightness));
}

/** One colour that gave way to another. */
function colourChange(first: Colours, last: Colours): string | undefined {
  const [before, after] = [ownColour(first, last), ownColour(last, first)];
  if (before === undefined || after === undefined) return undefined;
  if (after === 'black') return 'the picture darkens to black';
  return `the picture turns from mostly ${before} to mostly ${after}`;
}

function lightChange(lightness: readonly number[]): string | undefined {
  const change = (lightness.at(-1) ?? 0) - (lightness[0] ?? 0);
  if (lightness.length < 4 || Math.abs(change) < LIGHT_CHANGE || !isSteady(lightness))
    return undefined;
  return `the picture grows ${change > 0 ? 'brighter' : 'darker'}`;
}

type Look =
  | { readonly kind: 'muted' }
  | { readonly kind: 'colourless' }
  | {
      readonly kind: 'colours';
      readonly adverb: 'mostly' | 'largely';
      readonly names: readonly ColourName[];
    };

function lookOf(colours: Colours): Look | undefined {
  const names = clearColours(colours);
  const [first] = names;
  if (first === undefined) return undefined;
  if (isColourless(colours)) return { kind: 'colourless' };
  if (
    names.length === 1 &&
    first === 'grey' &&
    colours.chroma >= MUTED_CHROMA &&
    colours.strongest < STRONG_CHROMA
  )
    return { kind: 'muted' };
  const isMost = names.length === 1 && (colours.shares[first] ?? 0) >= MOSTLY_SHARE;
  return { kind: 'colours', adverb: isMost ? 'mostly' : 'largely', names };
}

function lightTail(look: Look | undefined): string {
  if (look === undefined) return ', with no single main colour';
  if (look.kind === 'muted') return ', its colours muted';
  if (look.kind === 'colourless') return ', in black and white';
  return `, ${look.adverb} ${listed(look.names)}`;
}

/** Two colours that each keep to one half, as blue above and green below; nothing where the picture is not so divided. */
export function halvesOf({
  upper,
  lower,
}: PictureColours): { readonly above: ColourName; readonly below: ColourName } | undefined {
  const [above, below] = [ownColour(upper, lower), ownColour(lower, upper)];
  return above === undefined || below === undefined ? undefined : { above, below };
}

function halvesSentence(colours: PictureColours, seed: string): string | undefined {
  const halves = halvesOf(colours);
  if (halves === undefined) return undefined;
  const { above, below } = halves;
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

/** The colours that have enough of a picture to be its main ones, the largest first. */
export function clearColours({ shares }: Colours): readonly ColourName[] {
  const entries = Object.entries(shares) as [ColourName, number][];
  return entries
    .filter(([name, share]) => share >= (name === 'grey' ? GREY_SHARE : COLOUR_SHARE))
    .sort((a, b) => b[1] - a[1])
    .map(([name]) => name);
}
