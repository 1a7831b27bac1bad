import { basename } from 'node:path';
import {
  canonicalJson,
  ToolkitError,
  type JsonObject,
  type JsonValue,
  type Shard,
  type StageContext,
} from '@internvid/core';
import { z } from 'zod';
import type { VideoCandidate } from '../download/candidate.js';
import { chainHash, type RowPlace, type TableShardInput } from './list-table-shards.js';
import { RowProblem, type MentionedClip, type RowMeaning, type RowReader } from './row-meaning.js';
import { openTable } from './open-table.js';
import type { TableFile } from './table-file.js';

const place = z.object({ path: z.string(), start: z.number(), end: z.number(), line: z.number() });
const inputSchema = z.object({
  rows: place,
  skip: z.array(z.number()),
  more: z.array(place),
  sha256: z.string(),
});

type Group = {
  readonly meaning: RowMeaning;
  readonly place: RowPlace;
  readonly clips: MentionedClip[];
};

/**
 * Reads the videos of one shard. A row that gives none fails as `invalid-record` with its line and the reason; a row that says nothing
 * new of a video is dropped as `duplicate-row`.
 *
 * @throws ToolkitError `unreadable` when the table is not what it was when its shards were listed.
 */
export async function* readTableShard(
  shard: Shard,
  readerFor: (table: TableFile) => RowReader,
  context: StageContext,
): AsyncGenerator<VideoCandidate> {
  const input = inputOf(shard);
  const groups = new Map<string, Group>();
  const seen = new Set<string>();
  const tables = new Map<string, { table: TableFile; reader: RowReader }>();
  let hash = '';
  for (const stretch of [input.rows, ...input.more]) {
    const { table, reader } = await tableAt(stretch.path, tables, readerFor);
    for await (const row of table.rows(stretch, context.signal)) {
      if (stretch === input.rows && input.skip.includes(row.line)) continue;
      hash = chainHash(hash, row);
      const id = `${shard.id}-line-${row.line}`;
      try {
        if ('problem' in row) throw new RowProblem(row.problem);
        const meaning = reader.read(row.cells);
        addToGroup(groups, seen, meaning, { ...stretch, line: row.line }, { id, context });
      } catch (error) {
        if (!(error instanceof RowProblem)) throw error;
        context.fail({ id }, rowError(stretch.path, row.line, error.message));
      }
    }
  }
  if (hash !== input.sha256) throw changed(input.rows.path);
  for (const group of groups.values()) yield candidateOf(group);
}

function addToGroup(
  groups: Map<string, Group>,
  seen: Set<string>,
  meaning: RowMeaning,
  at: RowPlace,
  { id, context }: { readonly id: string; readonly context: StageContext },
): void {
  for (const [index, problem] of meaning.problems.entries()) {
    context.fail({ id: `${id}-clip-${index}` }, rowError(at.path, at.line, problem));
  }
  const fresh = meaning.clips.filter((clip) => {
    const text = canonicalJson([meaning.key, clip.span ?? null, clip.caption ?? null]);
    const isNew = !seen.has(text);
    seen.add(text);
    return isNew;
  });
  const group = groups.get(meaning.key);
  if (group === undefined) {
    // A video all of whose clips cannot be used is not fetched for nothing.
    if (meaning.clips.length > 0 || meaning.problems.length === 0) {
      groups.set(meaning.key, { meaning, place: at, clips: [...fresh] });
    }
  } else if (fresh.length === 0) {
    if (meaning.clips.length > 0 || meaning.problems.length === 0) {
      const rejected = { id, url: meaning.candidate.url };
      context.drop(rejected, 'duplicate-row');
    }
  } else group.clips.push(...fresh);
}

function candidateOf({ meaning, place: { path, line }, clips }: Group): VideoCandidate {
  const { metadata, ...candidate } = meaning.candidate;
  const spans = clips.flatMap(({ span }) => (span === undefined ? [] : [span]));
  const only = clips.length === 1 && spans.length === 0 ? clips[0] : undefined;
  const shared = sharedBy(clips, metadata);
  return {
    ...candidate,
    metadata: {
      ...shared,
      ...(only === undefined ? {} : { ...only.details, ...captionOf(only) }),
      ...(only === undefined && clips.length > 0
        ? { clips: clips.map((clip) => clipOf(clip, shared)) }
        : {}),
      table: { file: basename(path), line },
    },
    ...(spans.length === 0 ? {} : { spans }),
  };
}

/** What is true of the whole video: a column that differs from clip to clip is the clips' own. */
function sharedBy(clips: readonly MentionedClip[], metadata: JsonObject): JsonObject {
  const entries = Object.entries(metadata).filter(([name, value]) =>
    clips.every(({ details }) => !(name in details) || isSame(details[name], value)),
  );
  return Object.fromEntries(entries);
}

function clipOf(clip: MentionedClip, shared: JsonObject): JsonObject {
  const own = Object.entries(clip.details).filter(([name, value]) => !isSame(shared[name], value));
  return { ...clip.span, ...captionOf(clip), ...Object.fromEntries(own) };
}

function captionOf({ caption }: MentionedClip): { readonly caption?: string } {
  return caption === undefined ? {} : { caption };
}

function isSame(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return canonicalJson(a ?? null) === canonicalJson(b ?? null);
}

async function tableAt(
  path: string,
  tables: Map<string, { table: TableFile; reader: RowReader }>,
  readerFor: (table: TableFile) => RowReader,
): Promise<{ table: TableFile; reader: RowReader }> {
  const known = tables.get(path);
  if (known !== undefined) return known;
  const table = await openTable(path);
  const opened = { table, reader: readerFor(table) };
  tables.set(path, opened);
  return opened;
}

function inputOf(shard: Shard): TableShardInput {
  const parsed = inputSchema.safeParse(shard.input);
  if (parsed.success) return parsed.data;
  throw new ToolkitError('invalid-record', `Shard ${shard.id} was not made by a table source.`);
}

function rowError(path: string, line: number, problem: string): ToolkitError {
  const message = `${basename(path)} line ${line}: ${problem}.`;
  return new ToolkitError('invalid-record', message, { details: { path, line } });
}

function changed(path: string): ToolkitError {
  const message = `${path} was changed while it was being read. Run the same command again: finished rows are not done twice.`;
  return new ToolkitError('unreadable', message, { retryable: true, details: { path } });
}
