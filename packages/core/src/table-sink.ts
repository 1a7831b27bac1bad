import { tableKey } from './layout.js';
import type { Sink } from './sink.js';
import { writeTable, type Table } from './tables.js';

/** Writes items as rows of a table. */
export function tableSink<Row>(table: Table<Row>): Sink<Row> {
  return {
    name: 'table',
    version: 1,
    config: { table: `${table.name}@${table.version}` },
    async write(rows, { store, fingerprint, shard, signal }) {
      const writer = writeTable(store, tableKey(table.name, fingerprint, shard.id), table, signal);
      try {
        for await (const row of rows) writer.add(row);
        return [await writer.finish()];
      } catch (error) {
        await writer.abandon(error);
        throw error;
      }
    },
  };
}
