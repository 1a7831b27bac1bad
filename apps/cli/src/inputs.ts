import { extname } from 'node:path';

import { UsageError } from './exit.js';

/** What the videos were named by. */
export type Inputs =
  /** Files, folders and globs on this machine. */
  | { readonly kind: 'here'; readonly paths: readonly string[] }
  /** Tars of a WebDataset. */
  | { readonly kind: 'webdataset'; readonly paths: readonly string[] }
  /** Lists and addresses of videos that are to be fetched. */
  | {
      readonly kind: 'elsewhere';
      /** Tables of addresses, or of a published data set. */
      readonly tables: readonly string[];
      /** Addresses of files, pages and lists, and searches. */
      readonly addresses: readonly string[];
    };

const TABLE_ENDINGS: readonly string[] = ['.csv', '.tsv', '.txt', '.jsonl', '.parquet'];
const ADDRESS = /^(?:https?:\/\/|[a-z]{2,20}search(?:date)?\d*:)/i;

/**
 * Sorts the names on a command line: an address or a search is fetched, a table lists what is to be fetched, a tar holds clips, and all
 * else is a file, a folder or a glob.
 *
 * @throws UsageError for names of different kinds: a dataset's videos come from here or from elsewhere.
 */
export function sortInputs(names: readonly string[]): Inputs {
  const addresses = names.filter((name) => ADDRESS.test(name));
  const tables = names.filter((name) => !ADDRESS.test(name) && hasEnding(name, TABLE_ENDINGS));
  const tars = names.filter((name) => !ADDRESS.test(name) && hasEnding(name, ['.tar']));
  const elsewhere = addresses.length + tables.length;
  const here = names.length - elsewhere - tars.length;
  if ([elsewhere, tars.length, here].filter((count) => count > 0).length > 1) {
    throw new UsageError(
      'Videos of this machine, tars, and lists or addresses of videos elsewhere go into datasets of their own. Name one kind.',
    );
  }
  if (elsewhere > 0) return { kind: 'elsewhere', tables, addresses };
  return tars.length > 0 ? { kind: 'webdataset', paths: tars } : { kind: 'here', paths: names };
}

function hasEnding(name: string, endings: readonly string[]): boolean {
  return endings.includes(extname(name).toLowerCase());
}
