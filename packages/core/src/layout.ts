import { checkKey } from './key.js';

/** Where a dataset keeps what; the only place that knows. Every function returns a key of the dataset's store. */

/** The dataset's manifest. */
export const MANIFEST_KEY = 'dataset.json';

/** Which step, made how. */
export type StepKey = { readonly name: string; readonly fingerprint: string };

/** One shard of a table. */
export function tableKey(table: string, fingerprint: string, shard: string): string {
  return checkKey(`tables/${table}/${fingerprint}/${shard}.parquet`);
}

/** The report of a shard: written last, the mark of completion. */
export function reportKey(step: StepKey, shard: string): string {
  return checkKey(`reports/${step.name}/${step.fingerprint}/${shard}.json`);
}

/** The folder of a step's reports. */
export function reportsPrefix(step: StepKey): string {
  return checkKey(`reports/${step.name}/${step.fingerprint}`);
}

/** How long a shard took: the only files of a dataset that differ from run to run. */
export function timingKey(step: StepKey, shard: string): string {
  return checkKey(`timings/${step.name}/${step.fingerprint}/${shard}.json`);
}

/** Packed assets of one kind made for a shard. */
export function assetKey(
  kind: string,
  fingerprint: string,
  shard: string,
  extension: string,
): string {
  return checkKey(`assets/${kind}/${fingerprint}/${shard}.${extension}`);
}
