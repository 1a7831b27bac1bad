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
  const between = [
    window.at(index - quarter),
    window.at(index),
    window.at(index + quarter),
  ] as const;
  const steps = stepsOf(old, fresh, between);
  const whole = sqrt(steps.whole / HALF_CELLS);
  return [
    log(whole + 1),
    ...mixture(old, fresh, between[1], steps),
    ...path(window, index, half, whole),
    ...turnings(steps),
    ...explanations(old, fresh, between),
    ...contrast(old, fresh, between),
    ...surroundings(window, index, half, whole),
  ];
}

/** Root mean squared difference of luma and colour, half-size. */
function distance(a: SmallFrame, b: SmallFrame): number {
  return sqrt(a.sums.squared(a.colour, b.colour, VALUES) / HALF_CELLS);
}

type Between = readonly [early: SmallFrame, middle: SmallFrame, late: SmallFrame];

/**
 * Products of the four steps p, q, r, s from the old picture over those between to the new one, and the squared length of the whole
 * way: shares, residues and angles all follow from them.
 */
type Steps = Readonly<
  Record<'pp' | 'pq' | 'pr' | 'ps' | 'qq' | 'qr' | 'qs' | 'rr' | 'rs' | 'ss' | 'whole', number>
>;

function stepsOf(old: SmallFrame, fresh: SmallFrame, [early, middle, late]: Between): Steps {
  const { kernel, results } = old.sums;
  kernel.steps(
    old.colour.byteOffset,
    early.colour.byteOffset,
    middle.colour.byteOffset,
    late.colour.byteOffset,
    fresh.colour.byteOffset,
    VALUES,
  );
  const [pp, pq, pr, ps, qq, qr, qs, rr, rs, ss] = results as unknown as Products;
  const whole = pp + qq + rr + ss + 2 * (pq + pr + ps + qr + qs + rs);
  return { pp, pq, pr, ps, qq, qr, qs, rr, rs, ss, whole };
}

type Products = [number, number, number, number, number, number, number, number, number, number];

/** Share of the new picture in each frame by projection, and what is not explained by it. */
function mixture(
  old: SmallFrame,
  fresh: SmallFrame,
  frame: SmallFrame,
  { pp, pq, pr, ps, qq, qr, qs, rr, rs, ss, whole }: Steps,
): number[] {
  const first = pp + pq + pr + ps;
  const second = pq + qq + qr + qs;
  const last = ps + qs + rs + ss;
  const early = part(first, whole, pp, VALUES);
  const middle = part(first + second, whole, pp + 2 * pq + qq, VALUES);
  const late = part(whole - last, whole, pp + qq + rr + 2 * (pq + pr + qr), VALUES);
  return [
    middle.share,
    middle.share - early.share,
    late.share - middle.share,
    middle.residue,
    max(early.residue, middle.residue, late.residue),
    zoomResidue(old, fresh, frame),
  ];
}

type Part = { readonly share: number; readonly residue: number };

/**
 * How much of the way from old to new a picture lies on, and the rest.
 *
 * @param along product of the way to the picture with the whole way.
 * @param whole squared length of the whole way.
 * @param gone squared length of the way to the picture.
 */
function part(along: number, whole: number, gone: number, values: number): Part {
  const length = whole + values / 3;
  const share = along / length;
  return { share, residue: max(0, gone / length - share * share) };
}

/** What a mixture leaves when the old picture may be enlarged, luma only. */
function zoomResidue(old: SmallFrame, fresh: SmallFrame, frame: SmallFrame): number {
  const { sums } = old;
  const rest = sums.squared(fresh.colour, frame.colour, HALF_CELLS);
  let least = Infinity;
  for (const zoom of ZOOMS) {
    enlarge(old, zoom);
    const whole = sums.squared(sums.zoomed, fresh.colour, HALF_CELLS);
    const gone = sums.squared(sums.zoomed, frame.colour, HALF_CELLS);
    // The sides of a triangle say what its angle is.
    least = min(least, part((whole + gone - rest) / 2, whole, gone, HALF_CELLS).residue);
  }
  return least;
}

function enlarge({ width, height, colour, sums: { zoomed } }: SmallFrame, zoom: number): void {
  const places = placesOf(width >> 1, height >> 1, zoom);
  for (let cell = 0; cell < HALF_CELLS; cell++)
    zoomed[cell] = colour[places[cell] as number] as number;
}

const knownPlaces = new Map<number, Uint16Array>();

/** Which cell is seen at each one when the picture is enlarged around its centre. */
function placesOf(columns: number, rows: number, zoom: number): Uint16Array {
  const key = columns * 1000 + zoom;
  const known = knownPlaces.get(key);
  if (known !== undefined) return known;
  const places = Uint16Array.from({ length: columns * rows }, (_, cell) => {
    const [x, y] = [cell % columns, floor(cell / columns)];
    const row = floor(rows / 2 + (y + 0.5 - rows / 2) / zoom);
    return row * columns + floor(columns / 2 + (x + 0.5 - columns / 2) / zoom);
  });
  knownPlaces.set(key, places);
  return places;
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
function turnings({ pp, pq, pr, ps, qq, qr, qs, rr, rs, ss }: Steps): number[] {
  return [
    turning(pq, pp, qq),
    turning(qr, qq, rr),
    turning(rs, rr, ss),
    turning(pr + ps + qr + qs, pp + 2 * pq + qq, rr + 2 * rs + ss),
  ];
}

/** @param product of two steps, whose squared lengths follow. */
function turning(product: number, first: number, second: number): number {
  return product / sqrt((first + VALUES) * (second + VALUES));
}

function explanations(old: SmallFrame, fresh: SmallFrame, frames: Between): number[] {
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

function contrast(old: SmallFrame, fresh: SmallFrame, frames: Between): number[] {
  const [early, middle, late] = frames;
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
  return a.sums.product(a.structure, b.structure, HALF_CELLS) / HALF_CELLS;
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
