import { tableKey } from './layout.js';
import type { Asset } from './records.js';
import type { Sink } from './sink.js';
import { writeTable, type Table, type TableWriter } from './tables.js';

/** A row and the name of the table that it goes into. */
export type TaggedRow<Name extends string, Row> = { readonly table: Name; readonly row: Row };

/** Writes items into one table. */
export function tableSink<Row>(table: Table<Row>): Sink<Row> {
  return sinkOf([table as Table<unknown>], (row) => ({ table: table.name, row }));
}

/**
 * Writes items that say which table they go into.
 *
 * @param tables by name; a row for another table is a `TypeError`.
 */
export function tablesSink<Rows extends { readonly [table: string]: unknown }>(tables: {
  readonly [Name in keyof Rows]: Table<Rows[Name]>;
}): Sink<{ [Name in keyof Rows & string]: TaggedRow<Name, Rows[Name]> }[keyof Rows & string]> {
  return sinkOf(Object.values(tables) as Table<unknown>[], (item) => item);
}

function sinkOf<In>(
  tables: readonly Table<unknown>[],
  tag: (item: In) => TaggedRow<string, unknown>,
): Sink<In> {
  return {
    name: 'tables',
    version: 1,
    config: { tables: tables.map((table) => `${table.name}@${table.version}`) },
    async write(items, { store, fingerprint, shard, signal }) {
      const writers = new Map<string, TableWriter<unknown>>();
      for (const table of tables) {
        writers.set(table.name, writeTable(store, tableKey(table.name, fingerprint, shard.id), table, signal));
      }
      try {
        for await (const item of items) {
          const { table, row } = tag(item);
          const writer = writers.get(table);
          if (writer === undefined) throw new TypeError(`This sink has no table named "${table}".`);
          writer.add(row);
        }
        const written: Asset[] = [];
        for (const writer of writers.values()) written.push(await writer.finish());
        return written;
      } catch (error) {
        for (const writer of writers.values()) await writer.abandon(error);
        throw error;
      }
    },
  };
}
