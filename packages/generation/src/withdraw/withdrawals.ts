import {
  canonicalJson,
  readTable,
  sha256,
  ToolkitError,
  writeTable,
  type Store,
  type Table,
  type Video,
} from '@internvid/core';

import { contentOf } from '../dedup/exact.js';

/** Each call adds a table of its own, so that two processes cannot overwrite each other's. */
const FOLDER = 'withdrawn';

/** What a withdrawal names a video by: its id, where it came from, or the hash of its bytes. */
export type WithdrawnBy = 'video' | 'url' | 'sha256';

/** A video that must not be used. */
export type Withdrawal = {
  readonly by: WithdrawnBy;
  /** An id; an address or path as the dataset has it; 64 hex digits. */
  readonly value: string;
  readonly reason: string;
  /** When it was asked for: ISO 8601. */
  readonly at: string;
};

/** The tombstones of a dataset. */
export const withdrawalsTable: Table<Withdrawal> = {
  name: 'withdrawals',
  version: 1,
  columns: [
    { name: 'by', type: 'text', cell: ({ by }) => by },
    { name: 'value', type: 'text', cell: ({ value }) => value },
    { name: 'reason', type: 'text', cell: ({ reason }) => reason },
    { name: 'at', type: 'text', cell: ({ at }) => at },
  ],
  fromCells: ({ by, value, reason, at }) => ({
    ...withdrawalName(String(by), String(value)),
    reason: String(reason),
    at: String(at),
  }),
};

/**
 * A withdrawal's name of a video, in the form that it is compared in: hashes in lower case.
 *
 * @throws ToolkitError `invalid-record` for what names no video.
 */
export function withdrawalName(by: string, value: string): Pick<Withdrawal, 'by' | 'value'> {
  const text = value.trim();
  if (by === 'sha256' && /^[0-9a-f]{64}$/i.test(text)) return { by, value: text.toLowerCase() };
  if ((by === 'video' || by === 'url') && text !== '') return { by, value: text };
  throw new ToolkitError('invalid-record', `"${value}" names no video by ${by}.`);
}

/**
 * Adds tombstones to a dataset, as a table of the new ones. One that is there stays as it is, with its own reason and time. Safe for
 * several processes at once.
 *
 * @returns how many were new.
 */
export async function withdraw(
  store: Store,
  withdrawals: readonly Withdrawal[],
  signal?: AbortSignal,
): Promise<number> {
  const known = new Set((await readWithdrawals(store, signal)).map(keyOf));
  const added = new Map<string, Withdrawal>();
  for (const entry of withdrawals) {
    const whole = { ...entry, ...withdrawalName(entry.by, entry.value) };
    const key = keyOf(whole);
    if (!known.has(key) && !added.has(key)) added.set(key, whole);
  }
  if (added.size > 0) await writeNew(store, inOrder(added), signal);
  return added.size;
}

async function writeNew(
  store: Store,
  withdrawals: readonly Withdrawal[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const name = sha256(canonicalJson(withdrawals.map((entry) => ({ ...entry })))).slice(0, 16);
  const writer = writeTable(
    store,
    `${FOLDER}/withdrawals-${name}.parquet`,
    withdrawalsTable,
    signal,
  );
  try {
    for (const entry of withdrawals) writer.add(entry);
    await writer.finish();
  } catch (error) {
    await writer.abandon(error);
    throw error;
  }
}

/** The tombstones of a dataset, sorted; none where there are none yet. Of two for one name, the earlier counts. */
export async function readWithdrawals(
  store: Store,
  signal?: AbortSignal,
): Promise<readonly Withdrawal[]> {
  const found = new Map<string, Withdrawal>();
  for await (const { key } of store.list(FOLDER, signal)) {
    if (!key.endsWith('.parquet')) continue;
    for await (const entry of readTable(store, key, withdrawalsTable, signal)) {
      const known = found.get(keyOf(entry));
      if (known === undefined || Date.parse(entry.at) < Date.parse(known.at))
        found.set(keyOf(entry), entry);
    }
  }
  return inOrder(found);
}

function inOrder(withdrawals: ReadonlyMap<string, Withdrawal>): readonly Withdrawal[] {
  return [...withdrawals].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

/** Tells whether a video was withdrawn. */
export type IsWithdrawn = (video: Pick<Video, 'id' | 'uri' | 'metadata'>) => boolean;

/**
 * Judges videos by a dataset's tombstones. The same bytes are withdrawn under any name: a video withdrawn by its id, and collected
 * again from elsewhere, is found by the hash that its id ends in. An address counts as it was collected, or as it stands in the
 * metadata as `url`.
 */
export function withdrawnBy(withdrawals: readonly Withdrawal[]): IsWithdrawn {
  const [ids, urls, contents] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const { by, value } of withdrawals) {
    if (by === 'url') urls.add(value);
    else if (by === 'sha256') contents.add(value.slice(0, 12));
    else {
      ids.add(value);
      const content = contentOf(value);
      if (content !== undefined) contents.add(content);
    }
  }
  return ({ id, uri, metadata }) => {
    const { url } = metadata;
    return (
      ids.has(id) ||
      contents.has(contentOf(id) ?? '') ||
      urls.has(uri) ||
      (typeof url === 'string' && urls.has(url))
    );
  };
}

function keyOf({ by, value }: Withdrawal): string {
  return `${by}:${value}`;
}
