import { readTable, ToolkitError, type Store } from '@internvid/core';

import type { Finding } from '../exports/finding.js';
import { jsonOf } from '../generated-check.js';
import { subsetTable, type SavedSubset } from './saved.js';

/** How subsets are checked. */
export type ValidateSubsetsOptions = {
  /** The video of each clip of the dataset. Default: nobody looks whether clips are there. */
  readonly videos?: ReadonlyMap<string, string>;
  readonly signal?: AbortSignal;
};

/**
 * Checks every saved subset of a dataset: rules and clips both there and readable, counts those of the table, each clip once and one of the dataset.
 * Files are named from `subsets/` on.
 *
 * @throws ToolkitError `store-failed` where the store cannot be read.
 */
export async function* validateSubsets(
  store: Store,
  options: ValidateSubsetsOptions = {},
): AsyncGenerator<Finding> {
  const files = new Set<string>();
  for await (const { key } of store.list('subsets', options.signal))
    files.add(key.slice('subsets/'.length));
  for (const file of files) {
    const [, name, extension] = /^([a-z0-9-]+)\.(json|parquet)$/.exec(file) ?? [];
    if (name === undefined)
      yield { file, problem: 'unlisted-file', message: 'It is no part of a subset. Remove it.' };
    else if (extension === 'parquet' && !files.has(`${name}.json`))
      yield {
        file,
        problem: 'missing-manifest',
        message: `There is no ${name}.json: the subset was not finished. Select it again.`,
      };
    else if (extension === 'json') yield* checkSubset(store, name, files, options);
  }
}

async function* checkSubset(
  store: Store,
  name: string,
  files: ReadonlySet<string>,
  { videos, signal }: ValidateSubsetsOptions,
): AsyncGenerator<Finding> {
  const rules = `${name}.json`;
  const text = Buffer.from(await store.read(`subsets/${rules}`, undefined, signal)).toString(
    'utf8',
  );
  const saved = asSubset(jsonOf(text));
  if (saved?.name !== name) {
    yield { file: rules, problem: 'bad-subset', message: `It is no record of a subset "${name}".` };
    return;
  }
  const file = `${name}.parquet`;
  if (!files.has(file)) {
    yield { file, problem: 'missing-file', message: `${rules} is there, its clips are not.` };
    return;
  }
  const seen = new Set<string>();
  const parts: Record<string, number> = {};
  let count = 0;
  try {
    for await (const { clip, video, part } of readTable(
      store,
      `subsets/${file}`,
      subsetTable,
      signal,
    )) {
      count++;
      if (seen.has(clip))
        yield { file, problem: 'duplicate-key', message: `${clip} is there twice.` };
      seen.add(clip);
      if (part !== undefined) parts[part] = (parts[part] ?? 0) + 1;
      if (videos !== undefined && videos.get(clip) !== video)
        yield {
          file,
          problem: 'unknown-clip',
          message: `The dataset has no clip ${clip} of ${video}.`,
        };
    }
  } catch (error) {
    if (!ToolkitError.is(error) || error.code !== 'corrupt') throw error;
    yield { file, problem: 'unreadable-parquet', message: error.message };
    return;
  }
  if (count !== saved.clips)
    yield {
      file,
      problem: 'wrong-count',
      message: `It holds ${count} clips, ${rules} says ${saved.clips}.`,
    };
  const isDivided = Object.keys({ ...parts, ...saved.parts }).every(
    (part) => parts[part] === saved.parts[part],
  );
  if (!isDivided)
    yield {
      file,
      problem: 'wrong-count',
      message: `Its parts hold ${tally(parts)}, ${rules} says ${tally(saved.parts)}.`,
    };
}

function asSubset(value: unknown): SavedSubset | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { schema, name, clips, parts } = value as Readonly<Record<string, unknown>>;
  const isSubset = schema === 1 && typeof name === 'string' && Number.isSafeInteger(clips);
  return isSubset && typeof parts === 'object' && parts !== null
    ? (value as SavedSubset)
    : undefined;
}

function tally(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([part, count]) => `${part} ${count}`)
    .join(', ');
}
