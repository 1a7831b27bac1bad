import { ToolkitError, type Cells, type Store, type Table } from '@internvid/core';

import {
  isExportManifest,
  isFileList,
  type ExportedFile,
  type ExportManifest,
} from '../exports/manifest.js';

/** What became of a sample from one version to the next. A sample that only changed its place counts as changed. */
export type Change = {
  readonly key: string;
  readonly change: 'added' | 'changed' | 'withdrawn';
  /** The sample before it in the new version; absent for its first one and for withdrawn ones. */
  readonly after?: string;
};

/** How many samples changed in which way. */
export type ChangeCounts = {
  readonly added: number;
  readonly changed: number;
  readonly withdrawn: number;
  readonly unchanged: number;
};

/** What `difference.json` holds, written last. */
export type Difference = {
  /** Version of this form. */
  readonly schema: 1;
  /** The list of the version that it starts from: the difference fits no other. */
  readonly old: ExportManifest;
  /** The list of the version that it leads to. */
  readonly new: ExportManifest;
  readonly counts: ChangeCounts;
  /** Files of the difference: the added and changed samples in the format of the export, `changes.parquet`, and what is no sample. */
  readonly files: readonly ExportedFile[];
};

/** Name of a difference's own list. */
export const DIFFERENCE = 'difference.json';

/** Name of the table of changes: added and changed ones in the order of the new version, then the withdrawn ones. */
export const CHANGES = 'changes.parquet';

/** Where files of the new version that hold no samples lie. */
export const OTHER_FILES = 'files';

/** The table of changes. */
export const changesTable: Table<Change> = {
  name: 'changes',
  version: 1,
  columns: [
    { name: 'key', type: 'text', cell: ({ key }) => key },
    { name: 'change', type: 'text', cell: ({ change }) => change },
    { name: 'after', type: 'text', isOptional: true, cell: ({ after }) => after },
  ],
  fromCells: ({ key, change, after }: Cells) => ({
    key: String(key),
    change: String(change) as Change['change'],
    ...(after === undefined ? {} : { after: String(after) }),
  }),
};

/**
 * Reads what a difference says of itself.
 *
 * @throws ToolkitError `not-found` where there is none, `corrupt` where it cannot be understood.
 */
export async function readDifference(
  store: Store,
  prefix: string,
  signal?: AbortSignal,
): Promise<Difference> {
  const key = `${prefix}/${DIFFERENCE}`;
  if ((await store.stat(key, signal)) === undefined) {
    const message = `There is no finished difference in ${prefix} of ${store.location}: no ${DIFFERENCE}.`;
    throw new ToolkitError('not-found', message);
  }
  const text = Buffer.from(await store.read(key, undefined, signal)).toString('utf8');
  const difference = parse(text);
  if (difference !== undefined) return difference;
  throw new ToolkitError('corrupt', `${key} in ${store.location} is no list of a difference.`);
}

function parse(text: string): Difference | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { schema, files, ...versions } = value as Readonly<Record<string, unknown>>;
  const hasVersions = isExportManifest(versions.old) && isExportManifest(versions.new);
  return schema === 1 && isFileList(files) && hasVersions ? (value as Difference) : undefined;
}
