import { type CheckedExport, type Finding, type Problem, wrongCount } from './finding.js';
import { readInternVidJsonl } from './jsonl.js';

/** Looks into a JSONL export: every line a row of the InternVid form, as many as the list says. */
export async function* checkJsonl({
  store,
  prefix,
  files,
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
    }
    yield* bad;
    yield* wrongCount(file, count);
  }
}
