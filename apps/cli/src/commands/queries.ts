import { writeFile } from 'node:fs/promises';

import type { JsonObject } from '@internvid/core';
import type { BuiltQueries, QueryDiversity } from '@internvid/collector';

import { UsageError } from '../exit.js';
import { formatCounts, formatTable } from '../format.js';
import { wholeNumber } from '../session.js';

/** Flags of `queries`. */
export type QueriesFlags = {
  readonly json?: boolean;
  readonly category?: readonly string[];
  readonly labels?: readonly string[];
  readonly activities: boolean;
  readonly hits: string;
  readonly search: string;
  readonly out?: string;
};

/** `internvid queries`: writes searches for videos in which somebody does something, and says how varied they are. */
export async function queries(flags: QueriesFlags): Promise<void> {
  const collector = await import('@internvid/collector');
  const labels = await Promise.all(
    (flags.labels ?? []).map((file) => collector.readLabelList(file)),
  );
  const built = collector.buildQueries({ activities: await activitiesOf(flags), labels });
  if (built.queries.length === 0)
    throw new UsageError(
      'There is nothing to make queries of: name --labels, or leave --no-activities out.',
    );
  const hitsPerQuery = wholeNumber('--hits', flags.hits, 1);
  const requests = collector.queryRequests(built.queries, { search: flags.search, hitsPerQuery });
  const lines = requests.map(({ target }) => `${target}\n`).join('');
  const diversity = collector.queryDiversity(built.queries);
  if (flags.json === true) {
    const searches = requests as unknown as JsonObject[];
    const report = { searches, refused: built.refused, diversity } as unknown as JsonObject;
    process.stdout.write(`${JSON.stringify(report)}\n`);
  } else if (flags.out === undefined) process.stdout.write(lines);
  if (flags.out !== undefined)
    await writeFile(flags.out, requests.map((request) => `${JSON.stringify(request)}\n`).join(''));
  process.stderr.write(`${describe(built, diversity, flags.out)}\n`);
}

async function activitiesOf({
  activities,
  category,
}: QueriesFlags): Promise<boolean | readonly string[]> {
  if (!activities) return false;
  if (category === undefined) return true;
  const { ACTIVITIES } = await import('@internvid/collector');
  const unknown = category.find((name) => !Object.hasOwn(ACTIVITIES, name));
  if (unknown !== undefined)
    throw new UsageError(
      `--category must be one of ${Object.keys(ACTIVITIES).join(', ')}, got "${unknown}".`,
    );
  return category;
}

function describe(
  { queries: made, refused }: BuiltQueries,
  diversity: QueryDiversity,
  out: string | undefined,
): string {
  const reasons: Record<string, number> = {};
  for (const { reason } of refused) reasons[reason] = (reasons[reason] ?? 0) + 1;
  const rows = Object.entries(diversity)
    .filter((row): row is [string, number] => typeof row[1] === 'number')
    .map(([name, value]) => [name, Number(value.toFixed(3))]);
  return [
    formatTable(['diversity', 'value'], rows),
    ...(refused.length === 0 ? [] : ['', `Refused: ${formatCounts(reasons)}`]),
    '',
    `${made.length.toLocaleString('en')} searches${out === undefined ? '' : ` written to ${out}`}.`,
  ].join('\n');
}
