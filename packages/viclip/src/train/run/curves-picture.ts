import type { LogEntry, StepEntry, TestEntry } from './run-log.js';

const [WIDTH, HEIGHT, LEFT, TOP, GAP] = [560, 180, 60, 24, 44];
const BLUE = '#0b5394';
const ORANGE = '#b45f06';
const GREY = '#999';

type Line = {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly (readonly [update: number, value: number])[];
};

/** How a run went, as SVG: loss; accuracy in the batch; recall at 1 on the clips put aside, each over updates. */
export function curvesPicture(entries: readonly LogEntry[]): string {
  const steps = entries.filter((entry): entry is StepEntry => entry.type === 'step');
  const tests = entries.filter((entry): entry is TestEntry => entry.type === 'test');
  const last = Math.max(1, ...entries.map(({ update }) => update));
  const ofSteps = (name: 'loss' | 'accuracy', factor: number): Line['points'] =>
    steps.map((entry) => [entry.update, factor * entry[name]]);
  const ofTests = (name: 'textToVideo' | 'videoToText'): Line['points'] =>
    tests.map((entry) => [entry.update, entry.recalls[name].r1]);
  const panels: readonly (readonly [string, readonly Line[]])[] = [
    ['loss', [{ name: 'of the batch', colour: BLUE, points: ofSteps('loss', 1) }]],
    [
      'accuracy in the batch, %',
      [{ name: 'clip to text', colour: BLUE, points: ofSteps('accuracy', 100) }],
    ],
    [
      'recall at 1 on clips put aside, %',
      [
        { name: 'text to video', colour: BLUE, points: ofTests('textToVideo') },
        { name: 'video to text', colour: ORANGE, points: ofTests('videoToText') },
      ],
    ],
  ];
  const parts = panels.map(([title, lines], row) =>
    panel(title, lines, TOP + row * (HEIGHT + GAP), last),
  );
  const size = `width="${LEFT + WIDTH + 20}" height="${TOP + panels.length * (HEIGHT + GAP)}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="11" fill="#222"><rect ${size} fill="#fff"/>${parts.join('')}</svg>\n`;
}

function panel(title: string, lines: readonly Line[], top: number, last: number): string {
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value));
  const highest = Math.max(...values, 0) || 1;
  const x = (update: number): number => round(LEFT + (WIDTH * update) / last);
  const y = (value: number): number => round(top + HEIGHT * (1 - value / highest));
  const shown = lines.map(({ name, colour, points }, place) => {
    const dots = points.map(([update, value]) => `${x(update)},${y(value)}`);
    const key = `<text x="${LEFT + WIDTH - 6}" y="${top + 14 + place * 14}" text-anchor="end" fill="${colour}">${name}</text>`;
    return `<polyline fill="none" stroke="${colour}" points="${dots.join(' ')}"/>${lines.length > 1 ? key : ''}`;
  });
  return [
    `<text x="${LEFT}" y="${top - 6}">${title}</text>`,
    `<rect x="${LEFT}" y="${top}" width="${WIDTH}" height="${HEIGHT}" fill="none" stroke="${GREY}"/>`,
    ...[0, 0.5, 1].map(
      (share) =>
        `<text x="${LEFT - 6}" y="${y(share * highest) + 4}" text-anchor="end">${Number((share * highest).toPrecision(3))}</text>`,
    ),
    `<text x="${LEFT + WIDTH}" y="${top + HEIGHT + 14}" text-anchor="end">update ${last}</text>`,
    ...shown,
  ].join('');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
