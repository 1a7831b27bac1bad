import type { Vector } from './film-spec.js';
import { GLYPHS } from './glyphs.js';

type Line = readonly [from: Vector, to: Vector];

/** Pen strokes of a text in pixels, with what must be known to place them. */
export type Lettering = {
  readonly lines: readonly Line[];
  readonly width: number;
  readonly height: number;
};

/** In units of the grid: the gap between letters fits a thick pen, a space fits none of them. */
const GRID = { height: 12, gap: 3.4, space: 6.5, lineHeight: 20 };

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

/** A glyph moved to the left edge of its own ink, and how wide the ink is. */
function glyph(character: string): { readonly lines: readonly Line[]; readonly width: number } {
  if (character === ' ') return { lines: [], width: GRID.space - GRID.gap };
  const lines = glyphLines(character);
  const xs = lines.flatMap(([from, to]) => [from[0], to[0]]);
  const left = Math.min(...xs);
  return { lines: lines.map((line) => moved(line, -left, 0)), width: Math.max(...xs) - left };
}

function rowWidth(row: string): number {
  const widths = Array.from(row, (character) => glyph(character).width + GRID.gap);
  return Math.max(0, widths.reduce((sum, width) => sum + width, 0) - GRID.gap);
}

function rowLines(row: string, left: number, top: number): readonly Line[] {
  let x = left;
  return Array.from(row).flatMap((character) => {
    const { lines, width } = glyph(character);
    const placed = lines.map((line) => moved(line, x, top));
    x += width + GRID.gap;
    return placed;
  });
}

function moved([from, to]: Line, right: number, down: number): Line {
  return [
    [from[0] + right, from[1] + down],
    [to[0] + right, to[1] + down],
  ];
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
