import { mapInOrder } from './concurrency.js';
import { isAbort, ToolkitError } from './errors.js';
import type { RunListener } from './events.js';
import { canonicalJson } from './json.js';
import { recordStep } from './manifest.js';
import type { Step } from './pipeline.js';
import { readReport, totalsOf, type ShardReport, type StepTotals } from './report.js';
import { runShard } from './run-shard.js';
import type { Shard } from './source.js';
import type { Store } from './store.js';

/** What a run of a step needs. */
export type RunOptions = {
  readonly store: Store;
  readonly signal?: AbortSignal;
  readonly onEvent?: RunListener;
  /** Items that may fail, and shards that may fail as a whole, before the run stops. Default: any number. */
  readonly maxFailures?: number;
  /** Which shards with failures are run again. Default `retryable`: those of which another try may help. */
  readonly retry?: 'none' | 'retryable' | 'all';
};

/** What a run of a step did, and what the step now holds. */
export type RunReport = {
  readonly step: string;
  readonly fingerprint: string;
  /** Shards done by this run. */
  readonly ran: number;
  /** Shards that were done before. */
  readonly skipped: number;
  /** Shards that could not be committed: they have no report and are tried again by the next run. */
  readonly broken: readonly { readonly shard: string; readonly error: ToolkitError }[];
  /** Over all committed shards of the step, read back from the store. */
  readonly totals: StepTotals;
};

/** Runs steps. */
export interface Executor {
  /**
   * Runs every shard that is not done.
   *
   * @throws ToolkitError `aborted`, `too-many-failures`, or another that no shard would escape; what was committed stays.
   */
  run(step: Step, options: RunOptions): Promise<RunReport>;
}

/**
 * Runs steps in this process, several shards at once, in the order of the source.
 *
 * @param options.concurrency shards at once, at least 1.
 */
export function localExecutor(options: { readonly concurrency: number }): Executor {
  return {
    async run(step, runOptions) {
      const { store, onEvent = () => undefined } = runOptions;
      const stop = new AbortController();
      const signal = runOptions.signal
        ? AbortSignal.any([runOptions.signal, stop.signal])
        : stop.signal;
      await recordStep(store, step);
      const { todo, done } = await sortOut(step, runOptions, signal);
      onEvent({
        type: 'step-started',
        step: step.name,
        fingerprint: step.fingerprint,
        shards: todo.length + done,
        done,
      });
      const broken: { shard: string; error: ToolkitError }[] = [];
      let failures = 0;
      const runOne = async (shard: Shard): Promise<void> => {
        try {
          signal.throwIfAborted();
          const items = shard.items === undefined ? {} : { items: shard.items };
          onEvent({ type: 'shard-started', step: step.name, shard: shard.id, ...items });
          const report = await runShard(step, shard, { store, signal, onEvent });
          failures += failuresOf(report);
          onEvent({ type: 'shard-finished', step: step.name, shard: shard.id, report });
        } catch (error) {
          const failure = ToolkitError.from(error);
          if (failure.stopsRun || isAbort(error)) throw failure;
          failures += 1;
          broken.push({ shard: shard.id, error: failure });
          onEvent({ type: 'shard-failed', step: step.name, shard: shard.id, error: failure });
        }
        checkFailures(failures, runOptions.maxFailures, step.name);
      };
      let cause: ToolkitError | undefined;
      const runs = mapInOrder(each(todo), { concurrency: options.concurrency }, (shard) =>
        runOne(shard).catch((error: unknown) => {
          cause ??= ToolkitError.from(error);
          stop.abort();
        }),
      );
      for await (const _ of runs) if (cause !== undefined) break;
      if (cause !== undefined) throw cause;
      const totals = await totalsOf(store, step);
      onEvent({ type: 'step-finished', step: step.name, totals });
      const { name, fingerprint } = step;
      return {
        step: name,
        fingerprint,
        ran: todo.length - broken.length,
        skipped: done,
        broken,
        totals,
      };
    },
  };
}

/** Holds the shards still to be run: a few hundred bytes for each. */
async function sortOut(
  step: Step,
  { store, retry = 'retryable' }: RunOptions,
  signal: AbortSignal,
): Promise<{ todo: Shard[]; done: number }> {
  const todo: Shard[] = [];
  let done = 0;
  for await (const shard of step.pipeline.source.shards({ store, signal })) {
    const report = await readReport(store, step, shard.id);
    if (isDone(shard, report, retry)) done += 1;
    else todo.push(shard);
  }
  return { todo, done };
}

function isDone(
  shard: Shard,
  report: ShardReport | undefined,
  retry: RunOptions['retry'],
): boolean {
  if (report === undefined || canonicalJson(report.input) !== canonicalJson(shard.input))
    return false;
  if (retry === 'all') return failuresOf(report) === 0;
  return retry === 'none' || report.retryable === 0;
}

function failuresOf(report: ShardReport): number {
  return report.stages
    .flatMap((count) => Object.values(count.failed))
    .reduce((total, count) => total + count, 0);
}

function checkFailures(failures: number, maxFailures: number | undefined, step: string): void {
  if (maxFailures === undefined || failures <= maxFailures) return;
  const message = `${failures} failures in step ${step}, more than the ${maxFailures} allowed. See the table of rejects.`;
  throw new ToolkitError('too-many-failures', message);
}

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}
