import { tableKey } from './layout.js';
import type { Asset } from './records.js';
import type { Store } from './store.js';
import { writeTable, type Table, type TableWriter } from './tables.js';

/** Tables that a shard writes beside its sink: what its stages emit, and what was rejected. */
export interface SideTables {
  add<Row>(table: Table<Row>, row: Row): void;
  /** Writes those that have rows. */
  finish(): Promise<readonly Asset[]>;
  /** Gives up: nothing is written. */
  abandon(error: unknown): Promise<void>;
}

/** Opens the side tables of a shard; a table comes into being with its first row. */
export function openSideTables(
  store: Store,
  fingerprint: string,
  shard: string,
  signal: AbortSignal,
): SideTables {
  const writers = new Map<string, TableWriter<never>>();
  return {
    add<Row>(table: Table<Row>, row: Row) {
      let writer = writers.get(table.name) as TableWriter<Row> | undefined;
      if (writer === undefined) {
        writer = writeTable(store, tableKey(table.name, fingerprint, shard), table, signal);
        writers.set(table.name, writer);
      }
      writer.add(row);
    },
    async finish() {
      const names = [...writers.keys()].sort();
      const written: Asset[] = [];
      for (const name of names) {
        const writer = writers.get(name);
        if (writer !== undefined) written.push(await writer.finish());
      }
      return written;
    },
    async abandon(error) {
      for (const writer of writers.values()) await writer.abandon(error);
    },
  };
}
