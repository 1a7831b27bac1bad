import { escapeMarkup } from '../../escape-markup.js';

/** Cosines that counts are given at. */
const THRESHOLDS = [0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99, 0.995];

const BINS = 60;
const WIDTH = 720;
const HEIGHT = 320;
const EDGE = 48;
const COUNTS_WIDTH = 150;

/** How many clips have a neighbour at least so like them. */
export type ThresholdCount = {
  readonly threshold: number;
  readonly clips: number;
  readonly share: number;
};

/** Counts at thresholds that are worth a look. */
export function countsAtThresholds(nearest: Float32Array): readonly ThresholdCount[] {
  return THRESHOLDS.map((threshold) => {
    const clips = nearest.reduce((sum, value) => sum + (value >= threshold ? 1 : 0), 0);
    return { threshold, clips, share: nearest.length === 0 ? 0 : clips / nearest.length };
  });
}

/**
 * Draws how like its nearest neighbour each clip is, as an SVG: the hump on the left is what unlike clips have in common, a rise
 * towards 1 are copies, and a threshold belongs in the valley between.
 *
 * @param nearest cosines, -1 to 1.
 * @param of what the vectors are of, for the title: `video`, `caption-fine`.
 */
export function similarityChart(nearest: Float32Array, of: string): string {
  const low = Math.max(-1, Math.floor(Math.min(1, ...lowest(nearest)) * 10) / 10);
  const bins = histogram(nearest, low);
  const tallest = Math.max(1, ...bins);
  const barWidth = (WIDTH - 2 * EDGE) / BINS;
  const x = (value: number): number => EDGE + ((value - low) / (1 - low)) * (WIDTH - 2 * EDGE);
  const bars = bins.map((count, bin) => {
    const height = (count / tallest) * (HEIGHT - 2 * EDGE);
    const place = `x="${(EDGE + bin * barWidth).toFixed(1)}" y="${(HEIGHT - EDGE - height).toFixed(1)}"`;
    return `<rect ${place} width="${(barWidth - 1).toFixed(1)}" height="${height.toFixed(1)}"/>`;
  });
  const marks = countsAtThresholds(nearest).filter(({ threshold }) => threshold >= low);
  const lines = marks.map(({ threshold }) => {
    const place = x(threshold).toFixed(1);
    return `<line x1="${place}" x2="${place}" y1="${EDGE}" y2="${HEIGHT - EDGE}"/>`;
  });
  const counts = countsAtThresholds(nearest).map(({ threshold, clips, share }, at) => {
    const text = `at least ${threshold}: ${clips} (${(share * 100).toFixed(1)} %)`;
    return `<text x="${WIDTH - EDGE / 2}" y="${EDGE + 12 + at * 18}">${text}</text>`;
  });
  const whole = WIDTH + COUNTS_WIDTH;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${whole} ${HEIGHT}" font-family="sans-serif" font-size="11">`,
    `<rect width="${whole}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${EDGE}" y="20" font-size="13">Cosine of ${nearest.length} clips with the clip most like them (${escapeMarkup(of)})</text>`,
    `<g fill="#4a78b0">${bars.join('')}</g>`,
    `<g stroke="#c33" stroke-width="0.6">${lines.join('')}</g>`,
    `<g fill="#333">${counts.join('')}</g>`,
    axis(low, x),
    `<text x="${WIDTH / 2}" y="${HEIGHT - 8}" text-anchor="middle">cosine; the tallest bar is ${tallest === 1 ? '1 clip' : `${tallest} clips`}</text>`,
    '</svg>\n',
  ].join('\n');
}

function axis(low: number, x: (value: number) => number): string {
  const ticks = Array.from({ length: Math.round((1 - low) * 10) + 1 }, (_, at) => low + at / 10);
  const labels = ticks.map(
    (value) =>
      `<text x="${x(value).toFixed(1)}" y="${HEIGHT - EDGE + 14}" text-anchor="middle">${value.toFixed(1)}</text>`,
  );
  return `<line x1="${EDGE}" x2="${WIDTH - EDGE}" y1="${HEIGHT - EDGE}" y2="${HEIGHT - EDGE}" stroke="#333"/>${labels.join('')}`;
}

function histogram(values: Float32Array, low: number): readonly number[] {
  const bins = new Array<number>(BINS).fill(0);
  for (const value of values) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(((value - low) / (1 - low)) * BINS)));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return bins;
}

function lowest(values: Float32Array): readonly number[] {
  const value = values.reduce((least, each) => Math.min(least, each), 0.9);
  return [value];
}
