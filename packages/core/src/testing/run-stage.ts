import { openAccounts } from '../accounts.js';
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
  const account = openAccounts({
    step: 'test',
    shard: 'test',
    store: options.store ?? memoryStore(),
    signal: options.signal ?? new AbortController().signal,
    onReject: ({ id, outcome, reason }) => {
      if (outcome === 'dropped') dropped.push({ id, reason });
      else failed.push({ id, code: reason });
    },
    onEvent: (event) => {
      if (event.type === 'item' && event.outcome === 'warned') {
        warned.push({ id: event.id, warning: event.reason ?? '' });
      }
    },
  }).open(stage.name);
  for await (const output of account.countOut(stage.process(account.countIn(each(inputs)), account.context))) {
    outputs.push(output);
    if (outputs.length === options.take) break;
  }
  return { outputs, kept: account.count().kept, dropped, failed, warned };
}

async function* each<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  yield* items;
}
