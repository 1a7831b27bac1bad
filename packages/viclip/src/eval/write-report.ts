import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { csvLine } from './csv.js';
import { confusionPicture, rankPicture } from './pictures.js';
import type { RetrievalReport } from './retrieval-report.js';
import type { ClassFigures, ZeroShotReport } from './zero-shot-report.js';

/**
 * Writes a report into a folder, over what is there: `report.json`, and `classes.csv` and `confusion.svg`, or `ranks.svg` and
 * `ranks-dual-softmax.svg`.
 *
 * @returns the names of the files.
 */
export async function writeReport(
  folder: string,
  report: ZeroShotReport | RetrievalReport,
): Promise<readonly string[]> {
  const files: Readonly<Record<string, string>> = {
    'report.json': `${JSON.stringify(report, null, 1)}\n`,
    ...(report.kind === 'zero-shot'
      ? {
          'classes.csv': classTable(report.classes),
          'confusion.svg': confusionPicture(report),
        }
      : {
          'ranks.svg': rankPicture(report.plain),
          'ranks-dual-softmax.svg': rankPicture(report.dualSoftmax),
        }),
  };
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return Object.keys(files);
}

/** The classes as CSV: name, videos, top-1 and top-5 in percent, and what they were most often taken for. */
export function classTable(classes: readonly ClassFigures[]): string {
  const rows = classes.map(({ name, videos, top1, top5, takenFor }) =>
    csvLine([name, videos, top1.toFixed(2), top5.toFixed(2), takenFor ?? '']),
  );
  return `${['class,videos,top1,top5,taken_for', ...rows].join('\n')}\n`;
}
