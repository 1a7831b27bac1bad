import { escapeMarkup } from '../escape-markup.js';

/** A bar and what stands beside it. */
export type Bar = { readonly label: string; readonly value: number };

/** What a chart says. */
export type BarChart = {
  readonly title: string;
  /** What the bars are of. */
  readonly axis: string;
  readonly bars: readonly Bar[];
};

const WIDTH = 640;
const LEFT = 56;
const RIGHT = 16;
const TOP = 40;
const PLOT_HEIGHT = 200;
const FILL = '#3b6ea5';
const ROW = 20;
const NAMES_WIDTH = 170;

/** Upright bars for values in order, such as a histogram: an SVG of some kilobytes that needs nothing beside it. */
export function columnChart({ title, axis, bars }: BarChart): string {
  const width = WIDTH - LEFT - RIGHT;
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const step = width / Math.max(1, bars.length);
  const every = Math.ceil(bars.length / 10);
  const bottom = TOP + PLOT_HEIGHT;
  const columns = bars.flatMap(({ label, value }, at) => {
    const height = (value / most) * PLOT_HEIGHT;
    const left = LEFT + at * step;
    const bar = `<rect x="${fixed(left + 1)}" y="${fixed(bottom - height)}" width="${fixed(Math.max(1, step - 2))}" height="${fixed(height)}" fill="${FILL}"><title>${escapeMarkup(label)}: ${value}</title></rect>`;
    const name =
      at % every === 0
        ? [text(left + 1, bottom + 16, escapeMarkup(label), { anchor: 'start', size: 11 })]
        : [];
    return [bar, ...name];
  });
  const lines = [0, 0.5, 1].map((share) => {
    const y = fixed(bottom - share * PLOT_HEIGHT);
    const line = `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}" stroke="#ddd"/>`;
    return line + text(LEFT - 6, Number(y) + 4, short(most * share), { anchor: 'end', size: 11 });
  });
  const below = text(LEFT + width / 2, bottom + 38, escapeMarkup(axis), {
    anchor: 'middle',
    size: 12,
  });
  return svg(title, bottom + 52, [...lines, ...columns, below]);
}

/** Lying bars for names, in the order given. */
export function rowChart({ title, axis, bars }: BarChart): string {
  const width = WIDTH - NAMES_WIDTH - 70;
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const rows = bars.map(({ label, value }, at) => {
    const y = TOP + at * ROW;
    const name = text(NAMES_WIDTH - 8, y + 13, escapeMarkup(clipped(label)), {
      anchor: 'end',
      size: 12,
    });
    const length = (value / most) * width;
    const bar = `<rect x="${NAMES_WIDTH}" y="${y + 2}" width="${fixed(length)}" height="${ROW - 5}" fill="${FILL}"/>`;
    const count = text(NAMES_WIDTH + length + 6, y + 13, short(value), {
      anchor: 'start',
      size: 11,
    });
    return name + bar + count;
  });
  const bottom = TOP + bars.length * ROW;
  const below = text(NAMES_WIDTH, bottom + 18, escapeMarkup(axis), { anchor: 'start', size: 12 });
  return svg(title, bottom + 32, [...rows, below]);
}

function svg(title: string, height: number, parts: readonly string[]): string {
  const heading = text(16, 24, escapeMarkup(title), { anchor: 'start', size: 15, weight: 600 });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" fill="#222">
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
${[heading, ...parts].join('\n')}
</svg>
`;
}

type TextLook = {
  readonly anchor: 'start' | 'middle' | 'end';
  readonly size: number;
  readonly weight?: number;
};

/** @param words are escaped already. */
function text(x: number, y: number, words: string, { anchor, size, weight }: TextLook): string {
  const bold = weight === undefined ? '' : ` font-weight="${weight}"`;
  return `<text x="${fixed(x)}" y="${fixed(y)}" font-size="${size}" text-anchor="${anchor}"${bold}>${words}</text>`;
}

function clipped(label: string): string {
  const letters = Array.from(label);
  return letters.length > 24 ? `${letters.slice(0, 23).join('')}…` : label;
}

/** `1.2 k`, `3.4 M`: at most three digits. */
function short(value: number): string {
  for (const [size, unit] of [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const)
    if (value >= size) return `${Number((value / size).toPrecision(3))} ${unit}`;
  return String(Number(value.toPrecision(3)));
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}
