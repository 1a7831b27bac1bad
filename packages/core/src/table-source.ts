import { sha256 } from './ids.js';
import { canonicalJson, type JsonObject } from './json.js';
import { reportsPrefix, tableKey, type StepKey } from './layout.js';
import { listReports, readReport, type ShardReport } from './report.js';
import type { Source } from './source.js';
import type { StageContext } from './stage.js';
import type { Store } from './store.js';
import { readTable, type Table } from './tables.js';

/** Reads the rows that an earlier step wrote for the shard at hand; none where that step wrote no such table. */
export type ReadRows = <Row>(step: StepKey, table: Table<Row>) => AsyncIterable<Row>;

/** What a source over earlier steps needs. */
export type StepsSourceOptions<Out> = {
  readonly name: string;
  readonly version: number;
  /** The steps that are read; the first one's committed shards are the shards. */
  readonly steps: readonly [StepKey, ...StepKey[]];
  readonly config?: JsonObject;
  /** How many items a shard will give, by what the first step says of it; for progress only. */
  readonly items?: (report: ShardReport) => number;
  /** Yields the items of one shard. */
  read(rows: ReadRows, context: StageContext): AsyncIterable<Out>;
};

/**
 * A source over what earlier steps wrote. Shards keep their ids from step to step; a shard's input is the hash of the reports
 * that it reads, so rows that were made again are read again.
 */
export function stepsSource<Out>(options: StepsSourceOptions<Out>): Source<Out> {
  const { name, version, steps, config = {} } = options;
  const fingerprints = Object.fromEntries(steps.map((step) => [step.name, step.fingerprint]));
  return {
    name,
    version,
    config: { ...config, steps: fingerprints },
    async *shards({ store }) {
      for await (const report of listReports(store, steps[0])) {
        const items = options.items?.(report);
        const input = { reads: await reportHashes(store, steps, report.shard) };
        yield { id: report.shard, input, ...(items === undefined ? {} : { items }) };
      }
    },
    read: (shard, context) => options.read(rowsOf(shard.id, context), context),
  };
}

/** A source over one table of an earlier step. */
export function tableSource<Row>(step: StepKey, table: Table<Row>): Source<Row> {
  return stepsSource({
    name: `read-${table.name}`,
    version: table.version,
    steps: [step],
    read: (rows) => rows(step, table),
  });
}

/** All rows of a step's table, shard by shard. */
export async function* readStepTable<Row>(
  store: Store,
  step: StepKey,
  table: Table<Row>,
  signal?: AbortSignal,
): AsyncGenerator<Row> {
  for await (const { key } of store.list(reportsPrefix(step), signal)) {
    const shard = key.slice(reportsPrefix(step).length + 1, -'.json'.length);
    yield* readShardTable(store, step, table, shard, signal);
  }
}

function rowsOf(shard: string, context: StageContext): ReadRows {
  return (step, table) => readShardTable(context.store, step, table, shard, context.signal);
}

async function* readShardTable<Row>(
  store: Store,
  step: StepKey,
  table: Table<Row>,
  shard: string,
  signal?: AbortSignal,
): AsyncGenerator<Row> {
  const key = tableKey(table.name, step.fingerprint, shard);
  if ((await store.stat(key)) !== undefined) yield* readTable(store, key, table, signal);
}

async function reportHashes(
  store: Store,
  steps: readonly StepKey[],
  shard: string,
): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const step of steps) {
    const report = await readReport(store, step, shard);
    hashes[step.name] = report === undefined ? 'absent' : sha256(canonicalJson(report));
  }
  return hashes;
}
