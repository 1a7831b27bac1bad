import {
  readTable,
  slug,
  ToolkitError,
  writeTable,
  type JsonObject,
  type Store,
  type Table,
} from '@internvid/core';
import type { SubsetFunnelRow } from './select.js';

/** A subset as its dataset keeps it. */
export type SavedSubset = {
  /** Version of this form. */
  readonly schema: 1;
  readonly name: string;
  /** The rules as they were given. */
  readonly rules: JsonObject;
  /** What it was chosen from: the fingerprints of the steps. */
  readonly of: { readonly [step: string]: string };
  readonly clips: number;
  /** Clips in each part, where it is divided. */
  readonly parts: { readonly [part: string]: number };
  readonly funnel: readonly SubsetFunnelRow[];
};

/** A clip of a subset. */
export type SubsetClip = {
  readonly clip: string;
  readonly video: string;
  /** `train`, `test`, …; absent where the subset is not divided. */
  readonly part?: string;
};

/** The clips of a subset, in their order. */
export const subsetTable: Table<SubsetClip> = {
  name: 'subset',
  version: 1,
  columns: [
    { name: 'clip_id', type: 'text', cell: ({ clip }) => clip },
    { name: 'video_id', type: 'text', cell: ({ video }) => video },
    { name: 'part', type: 'text', isOptional: true, cell: ({ part }) => part },
  ],
  fromCells: ({ clip_id, video_id, part }) => ({
    clip: String(clip_id),
    video: String(video_id),
    ...(part === undefined ? {} : { part: String(part) }),
  }),
};

/**
 * Keeps a subset in its dataset: `subsets/<name>.parquet`, and `subsets/<name>.json`, written last.
 *
 * @param subset.name a file name of its own: `[a-z0-9-]`.
 * @throws ToolkitError `invalid-record` for another name.
 */
export async function saveSubset(
  store: Store,
  subset: Omit<SavedSubset, 'schema' | 'clips' | 'parts'>,
  clips: Iterable<SubsetClip>,
  signal?: AbortSignal,
): Promise<SavedSubset> {
  const { name } = subset;
  if (name === '' || slug(name) !== name) {
    const message = `A subset cannot be called "${name}". Use letters a-z, digits and "-": ${slug(name)}.`;
    throw new ToolkitError('invalid-record', message);
  }
  const writer = writeTable(store, clipsKey(name), subsetTable, signal);
  const parts: Record<string, number> = {};
  let count = 0;
  try {
    for (const clip of clips) {
      writer.add(clip);
      count++;
      if (clip.part !== undefined) parts[clip.part] = (parts[clip.part] ?? 0) + 1;
    }
    await writer.finish();
  } catch (error) {
    await writer.abandon(error);
    throw error;
  }
  const saved: SavedSubset = { schema: 1, ...subset, clips: count, parts };
  await store.write(rulesKey(name), `${JSON.stringify(saved, undefined, 2)}\n`, signal);
  return saved;
}

/**
 * The clips of a saved subset, in its order.
 *
 * @throws ToolkitError `not-found` where there is none of that name.
 */
export async function* readSubset(
  store: Store,
  name: string,
  signal?: AbortSignal,
): AsyncGenerator<SubsetClip> {
  if (slug(name) !== name || (await store.stat(rulesKey(name), signal)) === undefined) {
    const known = (await listSubsets(store, signal)).join(', ') || 'none yet';
    throw new ToolkitError(
      'not-found',
      `${store.location} has no subset "${name}". There is: ${known}.`,
    );
  }
  yield* readTable(store, clipsKey(name), subsetTable, signal);
}

/** Names of the saved subsets, sorted. */
export async function listSubsets(store: Store, signal?: AbortSignal): Promise<string[]> {
  const names: string[] = [];
  for await (const { key } of store.list('subsets', signal)) {
    const name = /^subsets\/([a-z0-9-]+)\.json$/.exec(key)?.[1];
    if (name !== undefined) names.push(name);
  }
  return names.sort();
}

function rulesKey(name: string): string {
  return `subsets/${name}.json`;
}

function clipsKey(name: string): string {
  return `subsets/${name}.parquet`;
}
