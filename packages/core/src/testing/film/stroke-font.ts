import type { Vector } from './film-spec.js';
import { GLYPHS } from './glyphs.js';

type Line = readonly [from: Vector, to: Vector];

/** Pen strokes of a text in pixels, with what must be known to place them. */
export type Lettering = {
  readonly lines: readonly Line[];
  readonly width: number;
  readonly height: number;
};

/** Grid units: a letter is 8 wide and 12 high. */
const GRID = { height: 12, advance: 11.5, space: 8, lineHeight: 18 };

/** Straight pieces that a curve is drawn in. */
const CURVE_PIECES = 8;

/**
 * The strokes of a text whose letters are `letterHeight` pixels high, lines centred.
 *
 * @throws RangeError for a character that the font does not have.
 */
export function lettering(words: string, letterHeight: number): Lettering {
  const scale = letterHeight / GRID.height;
  const rows = words.toUpperCase().split('\n');
  const widths = rows.map(rowWidth);
  const widest = Math.max(...widths);
  const lines = rows.flatMap((row, index) =>
    rowLines(row, (widest - (widths[index] ?? 0)) / 2, index * GRID.lineHeight),
  );
  return {
    lines: lines.map(([from, to]) => [
      [from[0] * scale, from[1] * scale],
      [to[0] * scale, to[1] * scale],
    ]),
    width: widest * scale,
    height: ((rows.length - 1) * GRID.lineHeight + GRID.height) * scale,
  };
}

function advance(character: string): number {
  return character === ' ' ? GRID.space : GRID.advance;
}

function rowWidth(row: string): number {
  const total = Array.from(row, advance).reduce((sum, width) => sum + width, 0);
  return Math.max(0, total - (GRID.advance - 8));
}

function rowLines(row: string, left: number, top: number): readonly Line[] {
  let x = left;
  return Array.from(row).flatMap((character) => {
    const lines = character === ' ' ? [] : glyphLines(character);
    const placed = lines.map(([from, to]): Line => [
      [from[0] + x, from[1] + top],
      [to[0] + x, to[1] + top],
    ]);
    x += advance(character);
    return placed;
  });
}

function glyphLines(character: string): readonly Line[] {
  const path = GLYPHS[character];
  if (path === undefined) throw new RangeError(`The stroke font has no "${character}".`);
  const lines: Line[] = [];
  let pen: Vector = [0, 0];
  for (const [, command, operands = ''] of path.matchAll(/([MLQ])([^MLQ]*)/g)) {
    const [a = 0, b = 0, c = 0, d = 0] = operands.trim().split(' ').map(Number);
    if (command === 'L') lines.push([pen, [a, b]]);
    if (command === 'Q') lines.push(...curve(pen, [a, b], [c, d]));
    pen = command === 'Q' ? [c, d] : [a, b];
  }
  return lines;
}

function curve(from: Vector, control: Vector, to: Vector): readonly Line[] {
  const point = (step: number): Vector => {
    const t = step / CURVE_PIECES;
    const at = (axis: 0 | 1): number =>
      (1 - t) ** 2 * from[axis] + 2 * t * (1 - t) * control[axis] + t ** 2 * to[axis];
    return [at(0), at(1)];
  };
  return Array.from({ length: CURVE_PIECES }, (_, step) => [point(step), point(step + 1)]);
}
