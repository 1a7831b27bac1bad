import type { RetrievalFigures } from '../retrieval.js';
import type { ZeroShotReport } from './zero-shot-report.js';

const FONT = 'font-family="sans-serif" font-size="11"';
/** More names than this would run into each other. */
const NAMED_CLASSES = 60;

/**
 * Which classes were taken for which, as SVG: a row for each true class, its shares darker the larger they are, right answers
 * on the diagonal. Class names stand at the rows when there are at most 60.
 */
export function confusionPicture({
  classes,
  confusion,
}: Pick<ZeroShotReport, 'classes' | 'confusion'>): string {
  const isNamed = classes.length <= NAMED_CLASSES;
  const cell = isNamed ? 14 : Math.max(1, Math.floor(840 / classes.length));
  const left = isNamed ? 12 + Math.max(0, ...classes.map(({ name }) => name.length)) * 6.5 : 20;
  const side = cell * classes.length;
  const cells = confusion.flatMap((row, y) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.flatMap((count, x) => {
      if (count === 0) return [];
      const [one, other] = [classes[y]?.name ?? '', classes[x]?.name ?? ''];
      const shade = `fill-opacity="${round(count / total)}"`;
      const place = `x="${round(left + x * cell)}" y="${20 + y * cell}" width="${cell}" height="${cell}"`;
      return [
        `<rect ${place} ${shade}><title>${escaped(`${one}: ${count} of ${total} taken for ${other}`)}</title></rect>`,
      ];
    });
  });
  const names = classes.map(
    ({ name }, y) =>
      `<text x="${round(left - 6)}" y="${20 + y * cell + 11}" text-anchor="end">${escaped(name)}</text>`,
  );
  return svg(left + side + 20, side + 40, [
    `<rect x="${round(left)}" y="20" width="${side}" height="${side}" fill="none" stroke="#999"/>`,
    `<g fill="#0b5394">${cells.join('')}</g>`,
    ...(isNamed ? names : []),
  ]);
}

/**
 * Which share of the queries finds a true item among the first k, as SVG: one line for texts that look for videos, one for videos
 * that look for texts; k on a logarithmic scale.
 */
export function rankPicture(figures: RetrievalFigures): string {
  const { textToVideo, videoToText } = figures;
  const [width, height, left, top] = [520, 320, 50, 20];
  const most = Math.max(
    2,
    ...[textToVideo, videoToText].flatMap(({ ranks }) => ranks.map((rank) => rank ?? 1)),
  );
  const x = (rank: number): number => left + (width * Math.log(rank)) / Math.log(most);
  const y = (share: number): number => top + height * (1 - share);
  const ticks = [1, 5, 10, 50, 100, 500, 1000, 5000, 10_000].filter((rank) => rank <= most);
  const line = (ranks: readonly (number | null)[], colour: string): string =>
    `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${curve(ranks, most)
      .map(([rank, share]) => `${round(x(rank))},${round(y(share))}`)
      .join(' ')}"/>`;
  const key = (place: number, colour: string, name: string): string =>
    `<text x="${left + width - 8}" y="${top + height - 26 + place * 16}" text-anchor="end" fill="${colour}">${name}</text>`;
  return svg(left + width + 20, top + height + 40, [
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="none" stroke="#999"/>`,
    ...ticks.map(
      (rank) =>
        `<text x="${round(x(rank))}" y="${top + height + 16}" text-anchor="middle">${rank}</text>`,
    ),
    ...[0, 0.25, 0.5, 0.75, 1].map(
      (share) =>
        `<text x="${left - 6}" y="${round(y(share) + 4)}" text-anchor="end">${share * 100} %</text>`,
    ),
    line(textToVideo.ranks, '#0b5394'),
    line(videoToText.ranks, '#b45f06'),
    key(0, '#0b5394', 'text to video'),
    key(1, '#b45f06', 'video to text'),
    `<text x="${left + width / 2}" y="${top + height + 34}" text-anchor="middle">true item among the first</text>`,
  ]);
}

/** Points (rank, share of queries found up to it), at every rank where the share rises. */
function curve(
  ranks: readonly (number | null)[],
  most: number,
): readonly (readonly [number, number])[] {
  const counts = new Map<number, number>();
  for (const rank of ranks) if (rank !== null) counts.set(rank, (counts.get(rank) ?? 0) + 1);
  let found = 0;
  const points = [...counts.keys()]
    .sort((a, b) => a - b)
    .flatMap((rank) => {
      const before = found / ranks.length;
      found += counts.get(rank) ?? 0;
      return [[rank, before] as const, [rank, found / ranks.length] as const];
    });
  return [...points, [most, ranks.length === 0 ? 0 : found / ranks.length]];
}

function svg(width: number, height: number, parts: readonly string[]): string {
  const size = `width="${Math.ceil(width)}" height="${Math.ceil(height)}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${FONT} fill="#222"><rect ${size} fill="#fff"/>${parts.join('')}</svg>\n`;
}

function escaped(text: string): string {
  return text.replace(/[<>&"]/g, (one) => `&#${one.charCodeAt(0)};`);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
