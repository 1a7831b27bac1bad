import { openAccounts, type Account, type Accounts } from './accounts.js';
import { rejectsTable } from './dataset-tables.js';
import type { RunListener } from './events.js';
import { tableKey, timingKey } from './layout.js';
import type { AnyStage, Step } from './pipeline.js';
import type { Asset } from './records.js';
import { checkSums, readReport, SCHEMA_VERSION, writeReport, type ShardReport } from './report.js';
import { openSideTables } from './side-tables.js';
import type { Shard } from './source.js';
import type { Store } from './store.js';

/** Where and for whom a shard is run. */
export type RunShardOptions = {
  readonly store: Store;
  readonly signal: AbortSignal;
  readonly onEvent?: RunListener;
};

/**
 * Runs one shard of a step: reads it, sends its items through the stages into the sink, checks the sums, and commits by writing
 * the report last. Running it twice writes the same bytes twice.
 *
 * @throws whatever made the shard impossible as a whole; then nothing is committed.
 */
export async function runShard(
  step: Step,
  shard: Shard,
  options: RunShardOptions,
): Promise<ShardReport> {
  const startedAt = performance.now();
  const { store, signal, onEvent = () => undefined } = options;
  const tables = openSideTables(store, step.fingerprint, shard.id, signal);
  const accounts = openAccounts({
    step: step.name,
    shard: shard.id,
    store,
    signal,
    onEvent,
    tables,
  });
  try {
    const opened = openStages(step, shard, accounts);
    const target = { store, step: step.name, fingerprint: step.fingerprint, shard, signal };
    const outputs = [...(await step.sink.write(opened.items, target))];
    const stages = opened.count();
    checkSums(stages, `shard ${shard.id} of step ${step.name}`);
    outputs.push(...(await tables.finish()));
    await removeStale(step, shard, store, outputs);
    const report: ShardReport = {
      schema: SCHEMA_VERSION,
      step: step.name,
      fingerprint: step.fingerprint,
      shard: shard.id,
      input: shard.input,
      stages,
      warnings: accounts.warnings,
      retryable: accounts.retryable,
      outputs,
    };
    signal.throwIfAborted();
    await writeTiming(step, shard, store, performance.now() - startedAt, opened.timings());
    await writeReport(store, report);
    return report;
  } catch (error) {
    await tables.abandon(error);
    throw error;
  }
}

type OpenedStages = {
  readonly items: AsyncIterable<unknown>;
  count(): ShardReport['stages'];
  timings(): Record<string, number>;
};

function openStages(step: Step, shard: Shard, accounts: Accounts): OpenedStages {
  const { source, stages } = step.pipeline;
  const first = accounts.open(source.name);
  const opened: { name: string; account: Account }[] = [{ name: source.name, account: first }];
  let items: AsyncIterable<unknown> = first.countOut(source.read(shard, first.context));
  for (const stage of stages) {
    const account = accounts.open(stage.name);
    opened.push({ name: stage.name, account });
    items = account.countOut(process(stage, account.countIn(items), account));
  }
  return {
    items,
    count: () =>
      opened.map(({ account }, index) => (index === 0 ? sourceCount(account) : account.count())),
    timings: () =>
      Object.fromEntries(opened.map(({ name, account }) => [name, Math.round(account.selfMs)])),
  };
}

function process(
  stage: AnyStage,
  items: AsyncIterable<unknown>,
  account: Account,
): AsyncIterable<unknown> {
  return stage.process(items as AsyncIterable<never>, account.context);
}

/** What a source reads is what it hands on and what it rejects: it has no inputs that others could count. */
function sourceCount(account: Account): ShardReport['stages'][number] {
  const count = account.count();
  const rejected = [...Object.values(count.dropped), ...Object.values(count.failed)];
  const taken = rejected.reduce((sum, value) => sum + value, count.out);
  return { ...count, in: taken, kept: count.out };
}

/** An earlier run of the shard may have written a table or an asset that this one has no rows for. */
async function removeStale(
  step: Step,
  shard: Shard,
  store: Store,
  outputs: readonly Asset[],
): Promise<void> {
  const earlier = await readReport(store, step, shard.id).catch(() => undefined);
  const current = new Set(outputs.map((asset) => asset.key));
  // A try that was killed before its report may have left its rejects.
  const rejects = tableKey(rejectsTable.name, step.fingerprint, shard.id);
  for (const key of [rejects, ...(earlier?.outputs ?? []).map((asset) => asset.key)]) {
    if (!current.has(key)) await store.remove(key);
  }
}

async function writeTiming(
  step: Step,
  shard: Shard,
  store: Store,
  wallMs: number,
  stages: Record<string, number>,
): Promise<void> {
  const timing = { wallMs: Math.round(wallMs), stagesMs: stages };
  await store.write(timingKey(step, shard.id), `${JSON.stringify(timing)}\n`);
}
