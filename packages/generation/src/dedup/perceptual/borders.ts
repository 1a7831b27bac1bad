import type { Region } from './frame-hash.js';

/** Values by which the pixels of a bar may differ among themselves and over time: what encoding does to black. */
const BAR_UNEVENNESS = 12;

/** The brightest that a bar may be, 0 to 255. Black bars of a brightened copy come to about 25; skies and walls are brighter. */
const BRIGHTEST_BAR = 48;

/** The largest share of the picture that a bar may take. A film of 2.4:1 in a picture of 4:3 has bars of 0.22 each. */
const WIDEST_BAR = 0.4;

/**
 * The part of the picture without black bars: letterbox and pillarbox. A row or column belongs to a bar when it is dark, even
 * and the same in all frames. Bars come in pairs of one width, so that of two sides the narrower counts: a dark wall on one side
 * is no bar.
 *
 * @param frames grey pictures of `side` x `side`, row-major.
 * @returns the whole picture where it is dark all over.
 */
export function regionWithoutBars(frames: readonly Uint8Array[], side: number): Region {
  const high = barWidth(frames, side, (line, along) => line * side + along);
  const wide = barWidth(frames, side, (line, along) => along * side + line);
  return { left: wide, right: side - wide, top: high, bottom: side - high };
}

type PixelAt = (line: number, along: number) => number;

function barWidth(frames: readonly Uint8Array[], side: number, pixelAt: PixelAt): number {
  const most = Math.floor(side * WIDEST_BAR);
  let width = 0;
  while (
    width < most &&
    isBar(frames, side, width, pixelAt) &&
    isBar(frames, side, side - 1 - width, pixelAt)
  )
    width++;
  return width === most ? 0 : width;
}

function isBar(
  frames: readonly Uint8Array[],
  side: number,
  line: number,
  pixelAt: PixelAt,
): boolean {
  let least = 255;
  let most = 0;
  for (const frame of frames) {
    for (let along = 0; along < side; along++) {
      const value = frame[pixelAt(line, along)] ?? 0;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    if (most > BRIGHTEST_BAR || most - least > BAR_UNEVENNESS) return false;
  }
  return true;
}
