import { ToolkitError } from './errors.js';
import type { RunListener } from './events.js';
import type { JsonObject, JsonValue } from './json.js';
import type { Identified } from './records.js';
import { rejectsTable, type RejectRow } from './dataset-tables.js';
import type { StageCount } from './report.js';
import type { SideTables } from './side-tables.js';
import type { StageContext } from './stage.js';
import type { Store } from './store.js';

/** Larger records are left out of the table of rejects: the id is enough to find them. */
const MAX_RECORD_BYTES = 8_192;

/** What a shard's books are kept for. */
export type AccountOptions = {
  readonly step: string;
  readonly shard: string;
  readonly store: Store;
  readonly signal: AbortSignal;
  readonly onEvent: RunListener;
  readonly tables: Pick<SideTables, 'add'>;
};

/** The books of one stage in one shard. */
export interface Account {
  readonly context: StageContext;
  /** Counts what the stage takes in. */
  countIn<In>(items: AsyncIterable<In>): AsyncIterable<In>;
  /** Counts what the stage hands on. */
  countOut<Out>(items: AsyncIterable<Out>): AsyncIterable<Out>;
  /** Milliseconds spent waiting for this stage's outputs less those spent waiting for its inputs. */
  readonly selfMs: number;
  count(): StageCount;
}

/** The books of a shard, over all its stages. */
export interface Accounts {
  open(stage: string): Account;
  readonly warnings: { readonly [warning: string]: number };
  readonly retryable: number;
}

/** Opens the books of a shard. */
export function openAccounts(options: AccountOptions): Accounts {
  const warnings: Record<string, number> = {};
  const state = { retryable: 0 };
  return {
    warnings,
    get retryable() {
      return state.retryable;
    },
    open: (stage) => openAccount(stage, options, warnings, state),
  };
}

function openAccount(
  stage: string,
  options: AccountOptions,
  warnings: Record<string, number>,
  state: { retryable: number },
): Account {
  const dropped: Record<string, number> = {};
  const failed: Record<string, number> = {};
  const counts = { in: 0, kept: 0, out: 0, waitedMs: 0, workedMs: 0 };
  const { step, shard, onEvent, tables } = options;
  const reject = (input: Identified, verdict: Verdict): void => {
    tables.add(rejectsTable, rejectOf(input, stage, verdict));
  };
  const item = { type: 'item', step, shard, stage } as const;
  const context: StageContext = {
    signal: options.signal,
    store: options.store,
    keep(input) {
      counts.kept += 1;
      onEvent({ ...item, id: input.id, outcome: 'kept' });
    },
    drop(input, reason) {
      increase(dropped, reason);
      reject(input, { outcome: 'dropped', reason, message: '', isRetryable: false });
      onEvent({ ...item, id: input.id, outcome: 'dropped', reason });
    },
    fail(input, error) {
      const failure = ToolkitError.from(error);
      if (failure.stopsRun) throw failure;
      const { code, message, retryable } = failure;
      increase(failed, code);
      if (retryable) state.retryable += 1;
      reject(input, { outcome: 'failed', reason: code, message, isRetryable: retryable });
      onEvent({ ...item, id: input.id, outcome: 'failed', reason: code, message });
    },
    warn(input, warning) {
      increase(warnings, warning);
      onEvent({ ...item, id: input.id, outcome: 'warned', reason: warning });
    },
    emit: (table, row) => tables.add(table, row),
    progress(input, fraction) {
      onEvent({ type: 'progress', step, shard, stage, id: input.id, fraction });
    },
  };
  return {
    context,
    countIn: (items) =>
      timed(
        items,
        (ms) => (counts.waitedMs += ms),
        () => (counts.in += 1),
      ),
    countOut: (items) =>
      timed(
        items,
        (ms) => (counts.workedMs += ms),
        () => (counts.out += 1),
      ),
    get selfMs() {
      return Math.max(0, counts.workedMs - counts.waitedMs);
    },
    count: () => ({ stage, in: counts.in, kept: counts.kept, dropped, failed, out: counts.out }),
  };
}

async function* timed<Item>(
  items: AsyncIterable<Item>,
  addMs: (ms: number) => void,
  addItem: () => void,
): AsyncGenerator<Item> {
  let asked = performance.now();
  for await (const item of items) {
    addMs(performance.now() - asked);
    addItem();
    yield item;
    asked = performance.now();
  }
  addMs(performance.now() - asked);
}

type Verdict = Pick<RejectRow, 'outcome' | 'reason' | 'message' | 'isRetryable'>;

function rejectOf(input: Identified, stage: string, verdict: Verdict): RejectRow {
  const record = plainRecord(input);
  return { id: input.id, stage, ...verdict, ...(record === undefined ? {} : { record }) };
}

/** The input as JSON, unless it carries bytes, functions or more text than a table of rejects should hold. */
function plainRecord(input: object): JsonObject | undefined {
  if (!isPlain(input)) return undefined;
  return JSON.stringify(input).length > MAX_RECORD_BYTES ? undefined : (input as JsonObject);
}

function isPlain(value: unknown): value is JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).every((item) => item === undefined || isPlain(item));
}

function increase(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
