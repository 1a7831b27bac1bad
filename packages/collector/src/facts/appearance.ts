import type { Span } from '@internvid/core';
import { missing, type Found, type Gauge, type Look } from './gauge.js';
import { pictureFacts } from './picture.js';
import { mean, rounded, rowsIn, series, type Series } from './series.js';

const NAMES = [
  'luminance',
  'contrast',
  'sharpness',
  'colourfulness',
  'underExposedRatio',
  'overExposedRatio',
  'flatRatio',
  'noise',
];

/**
 * Means of `pictureFacts` over the looks of a span. Brightness and exposure speak of the picture inside its black bars, as `borders`
 * finds them: a portrait film in a landscape frame is not dark. The others are of the whole frame.
 */
export function appearance(borders: Gauge): Gauge {
  const rows = series(9);
  return {
    look(look: Look) {
      const { luminance, contrast, sharpness, colourfulness, ...rest } = pictureFacts(look);
      rows.push(
        look.timeMs,
        luminance,
        contrast,
        sharpness,
        colourfulness,
        rest.underExposed,
        rest.overExposed,
        rest.flat,
        rest.noise ?? NaN,
      );
    },
    over(span) {
      const { borderRatio } = borders.over(span).facts;
      return appearanceOver(rows, span, typeof borderRatio === 'number' ? borderRatio : 0);
    },
  };
}

function appearanceOver(rows: Series, span: Span, barArea: number): Found {
  const [first, end] = rowsIn(rows, span);
  if (first === end) return missing(NAMES, 'no-frames');
  const column = (index: number): number => mean(rows.column(index, first, end));
  // Bars are black: they add nothing to a sum, and all of their area to the black.
  const inside = 1 - barArea;
  const noise = rows.column(8, first, end).filter((value) => !Number.isNaN(value));
  return {
    facts: {
      luminance: rounded(Math.min(255, column(1) / inside)),
      contrast: rounded(column(2)),
      sharpness: rounded(column(3)),
      colourfulness: rounded(column(4)),
      underExposedRatio: rounded(Math.max(0, column(5) - barArea) / inside),
      overExposedRatio: rounded(Math.min(1, column(6) / inside)),
      flatRatio: rounded(column(7)),
      ...(noise.length === 0 ? {} : { noise: rounded(mean(noise)) }),
    },
    ...(noise.length === 0 ? { missing: { noise: 'no-picture' } } : {}),
  };
}
