import type { GradualKind } from './transition-decision.js';
import { fitPush } from './transition-push.js';
import { matchMotion } from './transition-shift.js';
import { HALF_CELLS, type SmallFrame } from './transition-small-frame.js';
import { fitWipe } from './transition-wipe.js';
import type { FrameWindow } from './transition-window.js';

// Bound once: inside Jest each look-up of a global costs a call.
const { floor, log, max, min, sqrt } = Math;

/** Half the widths of the windows that are looked at, in usual steps: transitions of a third of a second to two seconds. */
const HALF_WIDTHS = [4, 8, 14, 26] as const;
/** Root mean squared change over a window below which the picture stands still: no transition, however slow. */
const STILL = 4;
const ZOOMS = [1.15, 1.35, 1.7];
const VALUES = 3 * HALF_CELLS;

/** Whether anything changes around a frame that could be a gradual transition. */
export function mayBeGradual(window: FrameWindow, index: number): boolean {
  const stride = window.strideAt(index);
  return HALF_WIDTHS.some((half) => {
    const [a, b] = [window.at(index - half * stride), window.at(index + half * stride)];
    const middle = window.at(index);
    return distance(a, b) > STILL || distance(a, middle) > STILL || distance(middle, b) > STILL;
  });
}

/** Measures how a frame lies between the pictures around it, over windows of several widths. */
export function gradualFeatures(window: FrameWindow, index: number): number[] {
  const stride = window.strideAt(index);
  const near = matchMotion(window.at(index - 2 * stride), window.at(index + 2 * stride));
  return [
    near.shifted / (near.still + 0.02),
    near.blocks,
    near.blocks / (near.still + 0.02),
    near.lost,
    near.distance,
    window.at(index).deviation,
    window.at(index).mean,
    ...HALF_WIDTHS.flatMap((half) => windowFeatures(window, index, half * stride)),
  ];
}

function windowFeatures(window: FrameWindow, index: number, half: number): number[] {
  const quarter = half >> 1;
  const old = window.at(index - half);
  const fresh = window.at(index + half);
  const between = [index - quarter, index, index + quarter].map((at) => window.at(at));
  const whole = distance(old, fresh);
  return [
    log(whole + 1),
    ...mixture(old, fresh, between),
    ...path(window, index, half, whole),
    ...turnings(old, fresh, between),
    ...explanations(old, fresh, between),
    ...contrast(old, fresh, between),
    ...surroundings(window, index, half, whole),
  ];
}

/** Root mean squared difference of luma and colour, half-size. */
function distance(a: SmallFrame, b: SmallFrame): number {
  let sum = 0;
  for (let at = 0; at < VALUES; at++)
    sum += ((a.colour[at] as number) - (b.colour[at] as number)) ** 2;
  return sqrt(sum / HALF_CELLS);
}

/** Share of the new picture in each frame by projection, and what is not explained by it. */
function mixture(old: SmallFrame, fresh: SmallFrame, frames: readonly SmallFrame[]): number[] {
  const parts = frames.map((frame) => project(old.colour, fresh.colour, frame.colour, VALUES));
  const [early, middle, late] = parts as [Part, Part, Part];
  const residues = parts.map(({ residue }) => residue);
  return [
    middle.share,
    middle.share - early.share,
    late.share - middle.share,
    middle.residue,
    max(...residues),
    zoomResidue(old, fresh, frames[1] as SmallFrame),
  ];
}

type Part = { readonly share: number; readonly residue: number };

function project(a: Float32Array, b: Float32Array, f: Float32Array, values: number): Part {
  let [along, whole, rest] = [0, values / 3, 0];
  for (let at = 0; at < values; at++) {
    const way = (b[at] as number) - (a[at] as number);
    const gone = (f[at] as number) - (a[at] as number);
    along += way * gone;
    whole += way * way;
    rest += gone * gone;
  }
  const share = along / whole;
  return { share, residue: max(0, rest / whole - share * share) };
}

const zoomed = new Float32Array(HALF_CELLS);

/** What a mixture leaves when the old picture may be enlarged, luma only. */
function zoomResidue(old: SmallFrame, fresh: SmallFrame, frame: SmallFrame): number {
  let least = Infinity;
  for (const zoom of ZOOMS) {
    enlarge(old, zoom);
    least = min(least, project(zoomed, fresh.colour, frame.colour, HALF_CELLS).residue);
  }
  return least;
}

function enlarge({ width, height, colour }: SmallFrame, zoom: number): void {
  const [columns, rows] = [width >> 1, height >> 1];
  for (let y = 0, cell = 0; y < rows; y++) {
    const row = floor(rows / 2 + (y + 0.5 - rows / 2) / zoom);
    for (let x = 0; x < columns; x++, cell++) {
      const column = floor(columns / 2 + (x + 0.5 - columns / 2) / zoom);
      zoomed[cell] = colour[row * columns + column] as number;
    }
  }
}

/** Whether the change goes straight from old to new, or wanders, or happens at once. */
function path(window: FrameWindow, index: number, half: number, whole: number): number[] {
  let [length, longest, second] = [0, 0, 0];
  for (let at = index - half + 1; at <= index + half; at++) {
    const step = at < 1 || at >= window.length ? 0 : window.at(at).step;
    length += step;
    if (step > longest) [longest, second] = [step, longest];
    else second = max(second, step);
  }
  return [
    whole / (length + 1),
    longest / (whole + 1),
    second / (whole + 1),
    longest / (length + 1),
    log(length / half + 0.3),
  ];
}

/** How the change of one part of the window continues that of the part before, 1 for a straight line. */
function turnings(old: SmallFrame, fresh: SmallFrame, frames: readonly SmallFrame[]): number[] {
  const [early, middle, late] = frames as [SmallFrame, SmallFrame, SmallFrame];
  return [
    turning(old, early, middle),
    turning(early, middle, late),
    turning(middle, late, fresh),
    turning(old, middle, fresh),
  ];
}

function turning(a: SmallFrame, b: SmallFrame, c: SmallFrame): number {
  let [dot, first, second] = [0, VALUES, VALUES];
  for (let at = 0; at < VALUES; at++) {
    const x = (b.colour[at] as number) - (a.colour[at] as number);
    const y = (c.colour[at] as number) - (b.colour[at] as number);
    dot += x * y;
    first += x * x;
    second += y * y;
  }
  return dot / sqrt(first * second);
}

function explanations(old: SmallFrame, fresh: SmallFrame, frames: readonly SmallFrame[]): number[] {
  const wipe = fitWipe(old, fresh, frames);
  const push = fitPush(old, fresh, frames);
  return [
    wipe.residue,
    ...progressFeatures(wipe.progress),
    wipe.mosaic,
    ...progressFeatures(wipe.fresh),
    wipe.reverted,
    push.residue,
    ...progressFeatures(push.progress),
  ];
}

function progressFeatures(progress: readonly number[]): number[] {
  const [early, middle, late] = progress as [number, number, number];
  return [middle, middle - early, late - middle];
}

function contrast(old: SmallFrame, fresh: SmallFrame, frames: readonly SmallFrame[]): number[] {
  const [early, middle, late] = frames as [SmallFrame, SmallFrame, SmallFrame];
  const level = (frame: SmallFrame): number => log(frame.deviation + 1);
  return [
    level(old) - level(middle),
    level(fresh) - level(middle),
    level(early) - level(middle),
    level(late) - level(middle),
    min(old.deviation, fresh.deviation),
    middle.mean - old.mean,
    middle.mean - fresh.mean,
    structuralCorrelation(early, late),
    structuralCorrelation(old, middle),
    structuralCorrelation(middle, fresh),
  ];
}

function structuralCorrelation(a: SmallFrame, b: SmallFrame): number {
  let sum = 0;
  for (let cell = 0; cell < HALF_CELLS; cell++)
    sum += (a.structure[cell] as number) * (b.structure[cell] as number);
  return sum / HALF_CELLS;
}

/** Whether old and new picture keep still outside the window. */
function surroundings(window: FrameWindow, index: number, half: number, whole: number): number[] {
  const reach = min(half, window.strideAt(index) * 6);
  const before = distance(window.at(index - half - reach), window.at(index - half));
  const after = distance(window.at(index + half), window.at(index + half + reach));
  return [before / (whole + 1), after / (whole + 1)];
}

/** Features that `gradualFeatures` puts before those of the windows, and those of each window. */
const FIRST_WINDOW = 7;
const WINDOW_FEATURES = 41;
/** Places in a window's features: what mixing leaves, what wiping and pushing leave, the lesser contrast of old and new. */
const MIXTURE_RESIDUE = 4;
const WIPE_RESIDUE = 16;
const PUSH_RESIDUE = 25;
const END_CONTRAST = 33;
/** Contrast in grey levels below which an end of a window is a plain colour. */
const PLAIN = 6;
const WIPE_OVER_MIXTURE = 0.6;

/** Standard deviation and mean of the luma of the frame that was looked at. */
export function lightOf(features: readonly number[] | Float32Array): {
  contrast: number;
  mean: number;
} {
  return { contrast: features[5] as number, mean: features[6] as number };
}

/** Which kind of transition the features of a frame would be, if one. */
export function kindOf(features: readonly number[] | Float32Array): GradualKind {
  const of = (window: number, place: number): number =>
    features[FIRST_WINDOW + window * WINDOW_FEATURES + place] as number;
  const windows = HALF_WIDTHS.map((_, window) => window);
  if (windows.slice(1).some((window) => of(window, END_CONTRAST) < PLAIN)) return 'fade';
  const wipes = windows.filter(
    (window) =>
      min(of(window, WIPE_RESIDUE), of(window, PUSH_RESIDUE)) <
      WIPE_OVER_MIXTURE * sqrt(of(window, MIXTURE_RESIDUE)),
  );
  return wipes.length * 2 > windows.length ? 'wipe' : 'dissolve';
}
