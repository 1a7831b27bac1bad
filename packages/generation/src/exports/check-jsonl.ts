import type { KnownDataset } from '../known-dataset.js';
import {
  absentClip,
  type CheckedExport,
  type Finding,
  type Problem,
  wrongCount,
} from './finding.js';
import { rowSpan } from './internvid-row.js';
import { readInternVidJsonl, type InternVidLine } from './jsonl.js';

/** Looks into a JSONL export: every line a row of the InternVid form, as many as the list says. */
export async function* checkJsonl({
  store,
  prefix,
  files,
  known,
  signal,
}: CheckedExport): AsyncGenerator<Finding> {
  for (const file of files.filter(({ samples }) => samples !== undefined)) {
    const bad: Finding[] = [];
    const rows = readInternVidJsonl(store, `${prefix}/${file.name}`, {
      fail: (_line, error) =>
        bad.push({
          file: file.name,
          problem: error.details.problem as Problem,
          message: error.message,
        }),
      ...(signal === undefined ? {} : { signal }),
    });
    let count = 0;
    for (let next = await rows.next(); next.done !== true; next = await rows.next()) {
      count++;
      yield* bad.splice(0);
      yield* foreignLine(file.name, next.value, known);
    }
    yield* bad;
    yield* wrongCount(file, count);
  }
}

function* foreignLine(
  file: string,
  { line, row }: InternVidLine,
  known: KnownDataset | undefined,
): Generator<Finding> {
  if (known === undefined) return;
  const span = rowSpan(row);
  const clip = known.clipAt(row.YoutubeID, span);
  const where = `line ${line}: ${row.YoutubeID} from ${row.Start_timestamp}`;
  if (clip === undefined)
    yield { file, ...absentClip(where, known.isWithdrawnAt(row.YoutubeID, span)) };
  else if (!clip.hasCaption(row.Caption))
    yield {
      file,
      problem: 'foreign-caption',
      message: `${where}: the dataset has no such caption for this clip.`,
    };
}
