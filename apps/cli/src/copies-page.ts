import { framesTable, readStepTable, type SampledFrame, type Store } from '@internvid/core';
import { decodeJpeg, encodeJpeg, fitWithin, readPicture } from '@internvid/core/media';
import type { CopyRow, DedupReport, PagePicture } from '@internvid/generation';

import type { ComparedDataset } from './compared-clips.js';

const PAGE_KEY = 'dedup/copies.html';

/** Copies on the page: those that are least like what is kept for them, of each level as many. */
const MOST_ON_PAGE = 60;
const LONGEST_SIDE = 320;

/** Writes a page of the copies that a person should look at first, with their pictures side by side. */
export async function writeCopiesPage(
  { store }: ComparedDataset,
  datasets: readonly ComparedDataset[],
  report: DedupReport,
  signal: AbortSignal,
): Promise<string> {
  const { copiesPage } = await import('@internvid/generation');
  const doubtful = await mostDoubtful(store, signal);
  const wanted = new Set(doubtful.flatMap(({ clip, group }) => [clip, group]));
  const pictures = new Map<string, PictureAt>();
  for (const dataset of datasets) await findPictures(dataset, wanted, pictures, signal);
  const pairs = [];
  for (const { clip, group, copy } of doubtful) {
    if (copy === undefined) continue;
    const { level, similarity, share, span, keptSpan, isMirrored } = copy;
    const percent = `${Math.round(share * 100)} % of the shorter clip`;
    pairs.push({
      heading: `${level}, similarity ${similarity.toFixed(3)}, ${percent}${isMirrored ? ', mirrored' : ''}`,
      kept: await pagePicture(group, keptSpan, pictures.get(group), signal),
      copy: await pagePicture(clip, span, pictures.get(clip), signal),
    });
  }
  const copies = report.clips - report.kept;
  const summary = [
    `${report.clips} clips, ${report.kept} kept, ${copies} copies in ${report.groups} groups.`,
    `Shown: ${pairs.length} of the copies, those first that are least like what is kept for them.`,
  ];
  await store.write(PAGE_KEY, copiesPage('Copies', summary, pairs), signal);
  return PAGE_KEY;
}

type PictureAt = { readonly store: Store; readonly frames: SampledFrame[] };

async function mostDoubtful(store: Store, signal: AbortSignal): Promise<readonly CopyRow[]> {
  const { COPY_LEVELS, readCopies } = await import('@internvid/generation');
  const byLevel = COPY_LEVELS.map((): CopyRow[] => []);
  for await (const row of readCopies(store, signal)) {
    if (row.copy === undefined) continue;
    const rows = byLevel[COPY_LEVELS.indexOf(row.copy.level)] ?? [];
    rows.push(row);
    if (rows.length >= 2 * MOST_ON_PAGE) leaveDoubtful(rows);
  }
  byLevel.forEach(leaveDoubtful);
  return byLevel.reverse().flat();
}

function leaveDoubtful(rows: CopyRow[]): void {
  rows.sort((a, b) => (a.copy?.similarity ?? 1) - (b.copy?.similarity ?? 1));
  rows.splice(MOST_ON_PAGE / 3);
}

async function findPictures(
  { store, steps, prefix }: ComparedDataset,
  wanted: ReadonlySet<string>,
  found: Map<string, PictureAt>,
  signal: AbortSignal,
): Promise<void> {
  const sample = steps.fresh('sample');
  if (sample === undefined || wanted.size === 0) return;
  for await (const frame of readStepTable(store, sample, framesTable, signal)) {
    const id = `${prefix}${frame.clip}`;
    if (!wanted.has(id)) continue;
    const known = found.get(id);
    if (known === undefined) found.set(id, { store, frames: [frame] });
    else known.frames.push(frame);
  }
}

/** The sampled picture nearest to the middle of what is shared, small. */
async function pagePicture(
  id: string,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  at: PictureAt | undefined,
  signal: AbortSignal,
): Promise<PagePicture> {
  const seconds = `${(startMs / 1000).toFixed(2)} to ${(endMs / 1000).toFixed(2)} s`;
  const caption = `${id}, ${seconds}`;
  if (at === undefined) return { caption };
  const middleMs = (startMs + endMs) / 2;
  const nearest = at.frames.reduce((best, frame) =>
    Math.abs(frame.timeMs - middleMs) < Math.abs(best.timeMs - middleMs) ? frame : best,
  );
  const size = fitWithin(nearest, LONGEST_SIDE);
  const small = await decodeJpeg(await readPicture(at.store, nearest, signal), { size });
  return { caption, jpeg: await encodeJpeg(small) };
}
