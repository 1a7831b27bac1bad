import {
  listReports,
  readTable,
  sha256,
  tableKey,
  ToolkitError,
  type Cell,
  type JsonObject,
  type JsonValue,
  type Shard,
  type Source,
  type StageContext,
  type StepKey,
  type Table,
} from '@internvid/core';
import { z } from 'zod';
import type { VideoCandidate } from '../download/candidate.js';

/** The videos that were found, before they are fetched. */
export const candidatesTable: Table<VideoCandidate> = {
  name: 'candidates',
  version: 1,
  columns: [
    { name: 'candidate_id', type: 'text', cell: ({ id }) => id },
    { name: 'url', type: 'text', cell: ({ url }) => url },
    { name: 'via', type: 'text', cell: ({ via }) => via },
    { name: 'license', type: 'text', isOptional: true, cell: ({ license }) => license },
    { name: 'metadata', type: 'json', cell: ({ metadata }) => JSON.stringify(metadata) },
    {
      name: 'subtitles',
      type: 'json',
      isOptional: true,
      cell: ({ subtitles }) => jsonCell(subtitles),
    },
    { name: 'spans', type: 'json', isOptional: true, cell: ({ spans }) => jsonCell(spans) },
  ],
  fromCells: (cells) => ({
    id: text(cells.candidate_id),
    url: text(cells.url),
    via: text(cells.via) === 'http' ? 'http' : 'yt-dlp',
    ...(cells.license === undefined ? {} : { license: text(cells.license) }),
    metadata: JSON.parse(text(cells.metadata)) as JsonObject,
    ...part(cells.subtitles, 'subtitles'),
    ...part(cells.spans, 'spans'),
  }),
};

/** How listed candidates are handed on. */
export type ListedCandidatesOptions = {
  /** All of them as one shard, which a stage that looks at all of them, like `applyQuotas`, needs. Default false. */
  readonly together?: boolean;
  /** Default 100. */
  readonly rowsPerShard?: number;
};

/** Rows `from` up to `to`, from 0, of what one shard of the listing step wrote; less those in `repeated`. */
type Part = {
  readonly shard: string;
  readonly from: number;
  readonly to: number;
  readonly repeated: readonly number[];
};

type SourceContext = Parameters<Source<VideoCandidate>['shards']>[0];

type CandidateBatch = {
  readonly id: string;
  readonly parts: readonly Part[];
  readonly sha256: string;
};

/**
 * The candidates that an earlier step wrote into `candidatesTable`, in shards of their own size, each video once: one that several
 * lists hold is dropped as `duplicate-video` after the first, in the order of the lists' ids. A list that is added disturbs the shards
 * of the others only where they share videos. All ids are in memory while the shards are listed.
 */
export function listedCandidates(
  step: StepKey,
  options: ListedCandidatesOptions = {},
): Source<VideoCandidate> {
  const { together = false, rowsPerShard = 100 } = options;
  return {
    name: 'listed-candidates',
    version: 1,
    config: { step: step.fingerprint, together, rowsPerShard },
    async *shards(context) {
      const batches = await listBatches(step, together ? Infinity : rowsPerShard, context);
      yield* together ? [shardOf(joined(batches))] : batches.map(shardOf);
    },
    read: (shard, context) => readBatch(step, shard, context),
  };
}

async function listBatches(
  step: StepKey,
  rowsPerShard: number,
  { store, signal }: SourceContext,
): Promise<readonly CandidateBatch[]> {
  const seen = new Set<string>();
  const batches: CandidateBatch[] = [];
  for await (const { shard } of listReports(store, step)) {
    let rows: VideoCandidate[] = [];
    let from = 0;
    const close = (): void => {
      if (rows.length === 0) return;
      const repeated = rows.flatMap(({ id }, index) => {
        if (seen.has(id)) return [from + index];
        seen.add(id);
        return [];
      });
      const part = { shard, from, to: from + rows.length, repeated };
      batches.push({
        id: `${shard}-${String(from).padStart(9, '0')}`,
        parts: [part],
        sha256: hashOf(rows),
      });
      from += rows.length;
      rows = [];
    };
    for await (const row of rowsOfShard(step, shard, { store, signal })) {
      if (rows.push(row) >= rowsPerShard) close();
    }
    close();
  }
  return batches;
}

function joined(batches: readonly CandidateBatch[]): CandidateBatch {
  const hash = sha256(batches.map((batch) => batch.sha256).join('\n'));
  return { id: 'all', parts: batches.flatMap(({ parts }) => parts), sha256: hash };
}

function shardOf({ id, parts, sha256: hash }: CandidateBatch): Shard {
  const items = parts.reduce((sum, { from, to, repeated }) => sum + to - from - repeated.length, 0);
  return { id, input: { parts, sha256: hash }, items };
}

async function* readBatch(
  step: StepKey,
  shard: Shard,
  context: StageContext,
): AsyncGenerator<VideoCandidate> {
  for (const { shard: listed, from, to, repeated } of partsOf(shard)) {
    const again = new Set(repeated);
    let index = 0;
    for await (const row of rowsOfShard(step, listed, context)) {
      const at = index++;
      if (at < from) continue;
      if (at >= to) break;
      if (again.has(at)) context.drop(row, 'duplicate-video');
      else yield row;
    }
  }
}

async function* rowsOfShard(
  step: StepKey,
  shard: string,
  { store, signal }: Pick<SourceContext, 'store' | 'signal'>,
): AsyncGenerator<VideoCandidate> {
  const key = tableKey(candidatesTable.name, step.fingerprint, shard);
  if ((await store.stat(key, signal)) !== undefined)
    yield* readTable(store, key, candidatesTable, signal);
}

const inputSchema = z.object({
  parts: z.array(
    z.object({
      shard: z.string(),
      from: z.number(),
      to: z.number(),
      repeated: z.array(z.number()),
    }),
  ),
});

function partsOf(shard: Shard): readonly Part[] {
  const parsed = inputSchema.safeParse(shard.input);
  if (parsed.success) return parsed.data.parts;
  throw new ToolkitError('invalid-record', `Shard ${shard.id} was not made by listedCandidates.`);
}

function hashOf(rows: readonly VideoCandidate[]): string {
  return sha256(JSON.stringify(rows));
}

function text(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  throw new ToolkitError('corrupt', 'A row of the table of candidates lacks a text.');
}

function jsonCell(value: JsonValue | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

function part<Name extends 'subtitles' | 'spans'>(
  cell: Cell,
  name: Name,
): Pick<VideoCandidate, Name> | Record<string, never> {
  if (cell === undefined) return {};
  return { [name]: JSON.parse(text(cell)) as VideoCandidate[Name] } as Pick<VideoCandidate, Name>;
}
