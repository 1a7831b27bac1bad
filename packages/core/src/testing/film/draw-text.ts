import { blend, type Canvas } from './canvas.js';
import { COLOURS, type BurnedText, type Rgb, type Vector } from './film-spec.js';
import { lettering, type Lettering } from './stroke-font.js';

/** Shares of a letter's height: thick enough for a text reader, thin enough that letters stay open. */
const PEN = { stroke: 0.15, outline: 0.1 };

/** Distance of the text from the picture's edge, as a share of the picture's height. */
const MARGIN = 0.08;

/** Pixels that a pen covers, and how much of each, 0 to 1. */
type Ink = readonly { readonly pixel: number; readonly covered: number }[];

/**
 * Draws burned-in words onto pictures of one size: the work is done once, each call then lays the result over.
 *
 * @throws RangeError when the words are wider than the picture.
 */
export function textPainter(
  text: BurnedText,
  width: number,
  height: number,
): (target: Canvas) => void {
  const letterHeight = text.size * height;
  const written = lettering(text.words, letterHeight);
  if (written.width > width) {
    throw new RangeError(`"${text.words}" at size ${text.size} is wider than the picture.`);
  }
  const origin: Vector = [(width - written.width) / 2, top(text.at, written.height, height)];
  const radius = (PEN.stroke * letterHeight) / 2;
  const size = { width, height };
  const outline = ink(written, origin, radius + PEN.outline * letterHeight, size);
  const strokes = ink(written, origin, radius, size);
  return (target) => {
    lay(target, outline, COLOURS.black);
    lay(target, strokes, COLOURS.white);
  };
}

function top(at: BurnedText['at'], textHeight: number, height: number): number {
  if (at === 'top') return MARGIN * height;
  if (at === 'middle') return (height - textHeight) / 2;
  return height - MARGIN * height - textHeight;
}

/** The ink of a pen with a round tip. Strokes that meet count once, so that joints do not show. */
function ink(
  written: Lettering,
  [left, upper]: Vector,
  radius: number,
  size: { readonly width: number; readonly height: number },
): Ink {
  const mask = new Float32Array(size.width * size.height);
  for (const [[fromX, fromY], [toX, toY]] of written.lines) {
    const start: Vector = [fromX + left, fromY + upper];
    const step: Vector = [toX - fromX, toY - fromY];
    const reach = radius + 1;
    const endX = Math.min(size.width, Math.ceil(Math.max(start[0], start[0] + step[0]) + reach));
    const endY = Math.min(size.height, Math.ceil(Math.max(start[1], start[1] + step[1]) + reach));
    const startX = Math.max(0, Math.floor(Math.min(start[0], start[0] + step[0]) - reach));
    const startY = Math.max(0, Math.floor(Math.min(start[1], start[1] + step[1]) - reach));
    for (let y = startY; y < endY; y++) {
      for (let x = startX; x < endX; x++) {
        const away = distanceToLine([x + 0.5 - start[0], y + 0.5 - start[1]], step);
        const covered = Math.min(1, Math.max(0, radius + 0.5 - away));
        const at = y * size.width + x;
        if (covered > (mask[at] ?? 0)) mask[at] = covered;
      }
    }
  }
  return Array.from(mask, (covered, pixel) => ({ pixel, covered })).filter(
    ({ covered }) => covered > 0,
  );
}

function distanceToLine([x, y]: Vector, [stepX, stepY]: Vector): number {
  const length = stepX * stepX + stepY * stepY;
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, (x * stepX + y * stepY) / length));
  return Math.hypot(x - stepX * share, y - stepY * share);
}

function lay(target: Canvas, pixels: Ink, colour: Rgb): void {
  for (const { pixel, covered } of pixels) blend(target, pixel, colour, covered);
}
