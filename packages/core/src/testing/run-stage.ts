import { openAccounts } from '../accounts.js';
import { rejectsTable } from '../dataset-tables.js';
import type { Stage } from '../stage.js';
import type { Store } from '../store.js';
import { memoryStore } from './memory-store.js';

/** What a stage did with its inputs. */
export type StageResult<Out> = {
  readonly outputs: readonly Out[];
  readonly kept: number;
  readonly dropped: readonly { readonly id: string; readonly reason: string }[];
  readonly failed: readonly { readonly id: string; readonly code: string }[];
  readonly warned: readonly { readonly id: string; readonly warning: string }[];
  /** Rows emitted into side tables. */
  readonly emitted: readonly { readonly table: string; readonly row: unknown }[];
};

/** Runs one stage over the inputs, with the accounting that a shard has. `take` stops after so many outputs. */
export async function runStage<In, Out>(
  stage: Stage<In, Out>,
  inputs: Iterable<In>,
  options: { readonly store?: Store; readonly signal?: AbortSignal; readonly take?: number } = {},
): Promise<StageResult<Out>> {
  const outputs: Out[] = [];
  const dropped: { id: string; reason: string }[] = [];
  const failed: { id: string; code: string }[] = [];
  const warned: { id: string; warning: string }[] = [];
  const emitted: { table: string; row: unknown }[] = [];
  const account = openAccounts({
    step: 'test',
    shard: 'test',
    store: options.store ?? memoryStore(),
    signal: options.signal ?? new AbortController().signal,
    tables: {
      add(table, row) {
        if (table.name !== rejectsTable.name) emitted.push({ table: table.name, row });
      },
    },
    onEvent: (event) => {
      if (event.type !== 'item') return;
      const { id, reason = '' } = event;
      if (event.outcome === 'dropped') dropped.push({ id, reason });
      if (event.outcome === 'failed') failed.push({ id, code: reason });
      if (event.outcome === 'warned') warned.push({ id, warning: reason });
    },
  }).open(stage.name);
  for await (const output of account.countOut(
    stage.process(account.countIn(each(inputs)), account.context),
  )) {
    outputs.push(output);
    if (outputs.length === options.take) break;
  }
  return { outputs, kept: account.count().kept, dropped, failed, warned, emitted };
}

async function* each<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  yield* items;
}
