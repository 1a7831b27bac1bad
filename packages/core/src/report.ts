import { z } from 'zod';

import { ToolkitError } from './errors.js';
import { canonicalJson, type JsonValue } from './json.js';
import { reportKey, reportsPrefix, type StepKey } from './layout.js';
import type { Asset } from './records.js';
import type { Store } from './store.js';

/** Raised when the form of reports or the layout of a dataset changes. */
export const SCHEMA_VERSION = 1;

/** What became of the inputs of one stage: in = kept + all dropped + all failed. */
export type StageCount = {
  readonly stage: string;
  readonly in: number;
  readonly kept: number;
  /** By reason. */
  readonly dropped: { readonly [reason: string]: number };
  /** By error code. */
  readonly failed: { readonly [code: string]: number };
  /** Items handed on to the next stage or the sink. */
  readonly out: number;
};

/** What became of one shard. It holds nothing that differs between two runs on the same input. */
export type ShardReport = {
  readonly schema: number;
  readonly step: string;
  readonly fingerprint: string;
  readonly shard: string;
  /** The shard is done as long as its input is still this. */
  readonly input: JsonValue;
  readonly stages: readonly StageCount[];
  readonly warnings: { readonly [warning: string]: number };
  /** How many of the failures may pass on another try. */
  readonly retryable: number;
  /** What the shard wrote. */
  readonly outputs: readonly Asset[];
};

/** Counts of a whole step, read back from its reports. */
export type StepTotals = {
  readonly shards: number;
  readonly stages: readonly StageCount[];
  readonly warnings: { readonly [warning: string]: number };
  readonly retryable: number;
  readonly bytes: number;
};

const counts: z.ZodType<Record<string, number>> = z.record(z.string(), z.int().nonnegative());

const reportSchema = z.object({
  schema: z.literal(SCHEMA_VERSION),
  step: z.string(),
  fingerprint: z.string(),
  shard: z.string(),
  input: z.json(),
  stages: z.array(
    z.object({
      stage: z.string(),
      in: z.int(),
      kept: z.int(),
      dropped: counts,
      failed: counts,
      out: z.int(),
    }),
  ),
  warnings: counts,
  retryable: z.int(),
  outputs: z.array(
    z.object({
      key: z.string(),
      offset: z.int().optional(),
      bytes: z.int(),
      sha256: z.string(),
      mediaType: z.string(),
    }),
  ),
});

/** Writes a report: after this the shard is done. */
export async function writeReport(store: Store, report: ShardReport): Promise<void> {
  const key = reportKey({ name: report.step, fingerprint: report.fingerprint }, report.shard);
  await store.write(key, `${canonicalJson(report)}\n`);
}

/** The report of a shard, or `undefined` where the shard is not done. */
export async function readReport(
  store: Store,
  step: StepKey,
  shard: string,
): Promise<ShardReport | undefined> {
  const key = reportKey(step, shard);
  if ((await store.stat(key)) === undefined) return undefined;
  return parseReport(store, key);
}

/** All reports of a step, by shard id in code-unit order. */
export async function* listReports(store: Store, step: StepKey): AsyncGenerator<ShardReport> {
  for await (const { key } of store.list(reportsPrefix(step))) yield parseReport(store, key);
}

/**
 * Adds up the reports of a step.
 *
 * @throws ToolkitError `accounting` when a report's sums do not add up.
 */
export async function totalsOf(store: Store, step: StepKey): Promise<StepTotals> {
  const stages = new Map<string, MutableCount>();
  const warnings: Record<string, number> = {};
  let shards = 0;
  let retryable = 0;
  let bytes = 0;
  for await (const report of listReports(store, step)) {
    checkSums(report.stages, `shard ${report.shard} of step ${report.step}`);
    shards += 1;
    retryable += report.retryable;
    bytes += report.outputs.reduce((sum, asset) => sum + asset.bytes, 0);
    addCounts(warnings, report.warnings);
    for (const count of report.stages) addStage(stages, count);
  }
  return { shards, stages: [...stages.values()], warnings, retryable, bytes };
}

/**
 * Checks in = kept + dropped + failed for every stage, and that what a stage hands on is what the next one takes in.
 *
 * @throws ToolkitError `accounting`, naming the stage and the numbers.
 */
export function checkSums(stages: readonly StageCount[], where: string): void {
  stages.forEach((count, index) => {
    const explained = count.kept + sum(count.dropped) + sum(count.failed);
    const before = stages[index - 1];
    const sums = `in ${count.in}, kept ${count.kept}, dropped ${sum(count.dropped)}, failed ${sum(count.failed)}`;
    if (count.in !== explained || (before !== undefined && before.out !== count.in)) {
      const message = `The stage ${count.stage} lost track of its inputs in ${where}: ${sums}. This is a bug in the stage.`;
      throw new ToolkitError('accounting', message);
    }
  });
}

type MutableCount = { -readonly [Key in keyof StageCount]: StageCount[Key] } & {
  dropped: Record<string, number>;
  failed: Record<string, number>;
};

function addStage(stages: Map<string, MutableCount>, count: StageCount): void {
  const total = stages.get(count.stage) ?? {
    stage: count.stage,
    in: 0,
    kept: 0,
    dropped: {},
    failed: {},
    out: 0,
  };
  total.in += count.in;
  total.kept += count.kept;
  total.out += count.out;
  addCounts(total.dropped, count.dropped);
  addCounts(total.failed, count.failed);
  stages.set(count.stage, total);
}

function addCounts(total: Record<string, number>, more: { readonly [name: string]: number }): void {
  for (const [name, count] of Object.entries(more)) total[name] = (total[name] ?? 0) + count;
}

function sum(counts: { readonly [name: string]: number }): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

async function parseReport(store: Store, key: string): Promise<ShardReport> {
  const text = Buffer.from(await store.read(key)).toString('utf8');
  try {
    return reportSchema.parse(JSON.parse(text)) as ShardReport;
  } catch (error) {
    const remedy = 'Remove it and run the same command again.';
    throw new ToolkitError('corrupt', `${key} in ${store.location} is no report. ${remedy}`, {
      cause: error,
    });
  }
}
