import { ToolkitError } from '@internvid/core';

/**
 * The part of `@lancedb/lancedb` that is used here: the package is an optional peer, so its own types may not be there.
 */
export type LanceModule = {
  connect(uri: string): Promise<LanceConnection>;
  makeArrowTable(rows: Record<string, unknown>[]): LanceArrowTable;
  readonly Index: {
    ivfPq(options: LancePartitioning): unknown;
    btree(): unknown;
  };
};

/** How vectors are grouped and compressed. */
export type LancePartitioning = {
  readonly distanceType: 'cosine';
  readonly numPartitions: number;
  readonly numSubVectors: number;
  readonly maxIterations: number;
};

/** A folder of tables. */
export type LanceConnection = {
  createEmptyTable(name: string, schema: LanceSchema): Promise<LanceTable>;
  openTable(name: string): Promise<LanceTable>;
  close(): void;
};

/** One table. */
export type LanceTable = {
  add(rows: LanceArrowTable): Promise<unknown>;
  countRows(): Promise<number>;
  createIndex(column: string, options: { readonly config: unknown }): Promise<void>;
  query(): LanceQuery;
  schema(): Promise<LanceSchema>;
  close(): void;
};

/** A question to a table; it is asked when its batches are read. */
export type LanceQuery = AsyncIterable<LanceBatch> & {
  nearestTo(vector: Float32Array): LanceVectorQuery;
  select(columns: string[]): LanceQuery;
  where(condition: string): LanceQuery;
  limit(limit: number): LanceQuery;
};

/** A question for the nearest vectors. */
export type LanceVectorQuery = AsyncIterable<LanceBatch> & {
  distanceType(type: 'cosine'): LanceVectorQuery;
  nprobes(partitions: number): LanceVectorQuery;
  refineFactor(factor: number): LanceVectorQuery;
  bypassVectorIndex(): LanceVectorQuery;
  select(columns: string[]): LanceVectorQuery;
  limit(limit: number): LanceVectorQuery;
};

/** Rows of an answer, by column. */
export type LanceBatch = {
  readonly numRows: number;
  getChild(column: string): { get(row: number): unknown } | null;
};

/** Columns with their types, and what else is kept with a table. */
export type LanceSchema = {
  readonly metadata: Map<string, string>;
  readonly fields: readonly { readonly name: string; readonly type: object }[];
};

/** Rows to be written. */
export type LanceArrowTable = { readonly schema: LanceSchema };

const LANCEDB = '@lancedb/lancedb';
const INSTALL = `npm install ${LANCEDB}@0.30.0 apache-arrow@18.1.0`;

/**
 * LanceDB: the module given, else loaded now.
 *
 * @throws ToolkitError `missing-dependency` with the command that installs it.
 */
export async function loadLance(given?: object): Promise<LanceModule> {
  if (given !== undefined) return given as LanceModule;
  try {
    return (await import(LANCEDB)) as LanceModule;
  } catch (cause) {
    const message = `An approximate index needs ${LANCEDB}, which is not installed or does not load. Run: ${INSTALL}`;
    throw new ToolkitError('missing-dependency', message, { cause });
  }
}
