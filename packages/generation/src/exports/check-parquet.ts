import { readTable, ToolkitError } from '@internvid/core';

import { type CheckedExport, type Finding, foreignRow, wrongCount, wrongTimes } from './finding.js';
import { samplesTable } from './sample-row.js';

/** Looks into a Parquet export: every file readable, with all columns, each clip once, its times in order. */
export async function* checkParquet({
  store,
  prefix,
  files,
  known,
  signal,
}: CheckedExport): AsyncGenerator<Finding> {
  const seen = new Set<string>();
  for (const file of files.filter(({ samples }) => samples !== undefined)) {
    let count = 0;
    try {
      for await (const row of readTable(store, `${prefix}/${file.name}`, samplesTable, signal)) {
        count++;
        if (seen.has(row.clip_id))
          yield {
            file: file.name,
            problem: 'duplicate-key',
            message: `${row.clip_id} is there twice.`,
          };
        seen.add(row.clip_id);
        yield* wrongTimes(file.name, row);
        yield* foreignRow(file.name, row, known);
      }
    } catch (error) {
      if (!ToolkitError.is(error)) throw error;
      if (error.code !== 'corrupt' && error.code !== 'invalid-record') throw error;
      const problem = error.code === 'corrupt' ? 'unreadable-parquet' : 'bad-row';
      yield { file: file.name, problem, message: error.message };
      continue;
    }
    yield* wrongCount(file, count);
  }
}
