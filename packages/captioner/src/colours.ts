import type { Picture } from '@internvid/core/media';

/** A plain colour name. */
export type ColourName =
  | 'black'
  | 'grey'
  | 'white'
  | 'red'
  | 'orange'
  | 'yellow'
  | 'green'
  | 'turquoise'
  | 'blue'
  | 'purple'
  | 'pink'
  | 'brown';

/** How much of a picture has a colour, and how light the picture is. */
export type Colours = {
  /** Share of the picture for each name that occurs; the shares sum to one. */
  readonly shares: Readonly<Partial<Record<ColourName, number>>>;
  /** Mean CIE lightness, 0 (black) to 100 (white). */
  readonly lightness: number;
  /** Mean CIE chroma: 0 is grey, 100 and more a pure colour. */
  readonly chroma: number;
  /** The chroma that the most colourful twentieth of the picture has at least. */
  readonly strongest: number;
};

/**
 * Shadow and haze change lightness far more than hue. With full weight pale colours count as grey: measured against the
 * colours that people named for the shared videos, 83 % of the stated colours are right with 1, 89 % with 0.12.
 */
const LIGHTNESS_WEIGHT = 0.12;
const STRONGEST_SHARE = 0.05;

/** What one pixel looks like: the name of its colour, CIE lightness and chroma. */
export type SeenColour = {
  readonly name: ColourName;
  readonly lightness: number;
  readonly chroma: number;
};

type Lab = readonly [lightness: number, a: number, b: number];

/** sRGB examples of each name, dark and pale shades included: a pixel takes the name of the nearest in CIELAB. */
const EXAMPLES: readonly (readonly [ColourName, number])[] = [
  ['black', 0x000000],
  ['black', 0x181818],
  ['grey', 0x404040],
  ['grey', 0x606060],
  ['grey', 0x808080],
  ['grey', 0xa8a8a8],
  ['grey', 0xc0c0c0],
  ['white', 0xe8e8e8],
  ['white', 0xffffff],
  ['red', 0xc01818],
  ['red', 0xff2020],
  ['red', 0x801010],
  ['red', 0x500818],
  ['orange', 0xff8000],
  ['orange', 0xe07018],
  ['yellow', 0xffff00],
  ['yellow', 0xe0c830],
  ['yellow', 0xfff080],
  ['green', 0x008000],
  ['green', 0x30c030],
  ['green', 0x608030],
  ['green', 0x304818],
  ['green', 0x90c070],
  ['green', 0x204020],
  ['turquoise', 0x00c0c0],
  ['turquoise', 0x40e0d0],
  ['turquoise', 0x107878],
  ['blue', 0x0000ff],
  ['blue', 0x2040a0],
  ['blue', 0x60a0e0],
  ['blue', 0xa8c8f0],
  ['blue', 0x101850],
  ['blue', 0x406080],
  ['blue', 0x3070c0],
  ['purple', 0x800080],
  ['purple', 0x9060c0],
  ['purple', 0x402060],
  ['pink', 0xff80c0],
  ['pink', 0xf0b0b8],
  ['pink', 0xe05090],
  ['brown', 0x804010],
  ['brown', 0x603018],
  ['brown', 0x301808],
  ['brown', 0xa07040],
  ['brown', 0xc8a070],
  ['brown', 0x786040],
];

const NAMED: readonly (readonly [ColourName, Lab])[] = EXAMPLES.map(([name, rgb]) => [
  name,
  toLab((rgb >> 16) & 0xff, (rgb >> 8) & 0xff, rgb & 0xff),
]);

/** The colour of one pixel, levels of 0 to 255. */
export function colourAt(red: number, green: number, blue: number): SeenColour {
  const lab = toLab(red, green, blue);
  return { name: nearest(lab), lightness: lab[0], chroma: Math.hypot(lab[1], lab[2]) };
}

/** Names the colour of every pixel. Give it a small picture: 64 x 36 pixels are plenty. */
export function coloursOf({ data, format }: Picture): Colours {
  if (format !== 'rgb24') throw new TypeError('Colours need an rgb24 picture.');
  const pixels = data.length / 3;
  const counts = new Map<ColourName, number>();
  const chromas = new Float64Array(pixels);
  let lightness = 0;
  for (let at = 0; at < data.length; at += 3) {
    const seen = colourAt(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0);
    counts.set(seen.name, (counts.get(seen.name) ?? 0) + 1);
    lightness += seen.lightness;
    chromas[at / 3] = seen.chroma;
  }
  const shares = Object.fromEntries([...counts].map(([name, count]) => [name, count / pixels]));
  const chroma = chromas.reduce((sum, value) => sum + value, 0) / pixels;
  const strongest = chromas.sort()[Math.floor((1 - STRONGEST_SHARE) * pixels)] ?? 0;
  return { shares, lightness: lightness / pixels, chroma, strongest };
}

/** The mean of several pictures' colours; `strongest` is that of the most colourful one. */
export function meanColours(all: readonly Colours[]): Colours {
  const shares: Partial<Record<ColourName, number>> = {};
  for (const colours of all) {
    for (const [name, share] of Object.entries(colours.shares) as [ColourName, number][]) {
      shares[name] = (shares[name] ?? 0) + share / all.length;
    }
  }
  const mean = (value: (colours: Colours) => number): number =>
    all.reduce((sum, colours) => sum + value(colours), 0) / all.length;
  return {
    shares,
    lightness: mean((of) => of.lightness),
    chroma: mean((of) => of.chroma),
    strongest: Math.max(...all.map((of) => of.strongest)),
  };
}

/** The upper or the lower half of a picture, without a copy. */
export function half(picture: Picture, which: 'upper' | 'lower'): Picture {
  const channels = picture.format === 'rgb24' ? 3 : 1;
  const height = Math.floor(picture.height / 2);
  const bytes = height * picture.width * channels;
  const from = which === 'upper' ? 0 : picture.data.length - bytes;
  return { ...picture, height, data: picture.data.subarray(from, from + bytes) };
}

function nearest([lightness, a, b]: Lab): ColourName {
  let best: ColourName = 'grey';
  let least = Infinity;
  for (const [name, lab] of NAMED) {
    const distance =
      LIGHTNESS_WEIGHT * (lab[0] - lightness) ** 2 + (lab[1] - a) ** 2 + (lab[2] - b) ** 2;
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}

/** CIELAB for the D65 white point, from 8-bit sRGB (IEC 61966-2-1, CIE 15). */
function toLab(red: number, green: number, blue: number): Lab {
  const [r, g, b] = [linear(red), linear(green), linear(blue)];
  const x = labCurve((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = labCurve(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = labCurve((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function linear(value: number): number {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function labCurve(value: number): number {
  return value > (6 / 29) ** 3 ? Math.cbrt(value) : value / (3 * (6 / 29) ** 2) + 4 / 29;
}
