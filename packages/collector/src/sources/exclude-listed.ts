import { createHash } from 'node:crypto';
import { drop, mapStage, ToolkitError, type JsonObject, type Stage } from '@internvid/core';
import { isYoutubeId, siteIdOf } from './site-id.js';
import { openTable } from './open-table.js';

/** Ids of videos that must not come in, such as those of published benchmarks. */
export type ExclusionList = {
  /** The ids, as they are compared. */
  readonly ids: ReadonlySet<string>;
  /** SHA-256 over the ids in order: what makes a fingerprint honest. */
  readonly sha256: string;
};

/** How lists of ids are read. */
export type ReadExclusionListOptions = {
  /** The column that holds them. Default: every cell that is an address of a known site, a YouTube id, or begins with one. */
  readonly column?: string;
  readonly signal?: AbortSignal;
};

/**
 * Reads ids from files: a text with an id or an address on each line, or a table. A clip's name counts as the id that it begins with:
 * `AbCdEfGhIjK_000010_000020` of the Kinetics lists is `AbCdEfGhIjK`.
 *
 * @throws ToolkitError as `openTable`; `unreadable` for a file in which there is no id: an empty list would exclude nothing unnoticed.
 */
export async function readExclusionList(
  paths: string | readonly string[],
  { column, signal }: ReadExclusionListOptions = {},
): Promise<ExclusionList> {
  const ids = new Set<string>();
  for (const path of typeof paths === 'string' ? [paths] : paths) {
    const table = await openTable(path);
    const before = ids.size;
    let found = 0;
    for await (const row of table.rows(undefined, signal)) {
      if (!('cells' in row)) continue;
      const cells = column === undefined ? Object.values(row.cells) : [row.cells[column]];
      for (const cell of cells) {
        const id = typeof cell === 'string' ? excludedId(cell, column !== undefined) : undefined;
        if (id === undefined) continue;
        found += 1;
        ids.add(id);
      }
    }
    // The first row of a table without a header was taken for one.
    for (const name of table.columns) {
      const id = column === undefined ? excludedId(name, false) : undefined;
      if (id !== undefined) ids.add(id);
    }
    if (found === 0 && ids.size === before) {
      const message = `${path} holds no id of a video. Its columns are ${table.columns.join(', ')}: say which one holds them.`;
      throw new ToolkitError('unreadable', message, { details: { path } });
    }
  }
  return exclusionList(ids);
}

/** Makes a list of ids, or addresses, that are at hand. */
export function exclusionList(ids: Iterable<string>): ExclusionList {
  const normal = new Set([...ids].map((id) => excludedId(id, true) ?? id));
  const hash = createHash('sha256');
  for (const id of [...normal].sort()) hash.update(`${id}\n`);
  return { ids: normal, sha256: hash.digest('hex') };
}

/**
 * Drops candidates, and videos, that are on the list, as `listed`. They are recognised by the site's own id in their address, in every
 * form of it, by the id or `siteId` in their record, and, for files, by a name that is, or begins with, a YouTube id.
 */
export function excludeListed<
  Item extends { readonly id: string; readonly metadata: JsonObject } & (
    { readonly url: string } | { readonly uri: string }
  ),
>(list: ExclusionList): Stage<Item, Item> {
  return mapStage({
    name: 'exclude-listed',
    version: 1,
    config: { list: list.sha256, count: list.ids.size },
    map: (item: Item) => (idsOf(item).some((id) => list.ids.has(id)) ? drop('listed') : item),
  });
}

function idsOf(item: {
  readonly id: string;
  readonly metadata: JsonObject;
  readonly url?: string;
  readonly uri?: string;
}): readonly string[] {
  const address = item.url ?? item.uri ?? '';
  const { siteId, url, page } = item.metadata;
  // What a download keeps of the page that it came from.
  const pageFacts: JsonObject =
    typeof page === 'object' && page !== null ? (page as JsonObject) : {};
  const texts = [address, siteId, url, pageFacts.siteId, pageFacts.pageUrl].filter(
    (text) => typeof text === 'string',
  );
  const fileName = address.split(/[/\\]/).at(-1) ?? '';
  const sites = [...texts, fileName].flatMap((text) => excludedId(text, false) ?? []);
  return [item.id, ...texts, ...sites];
}

/**
 * The id in a text: that of an address of a known site, a YouTube id, or the one that a clip's name begins with.
 *
 * @param isTrusted whether any text is an id, whatever its form.
 */
function excludedId(text: string, isTrusted: boolean): string | undefined {
  const trimmed = text.trim();
  if (/[/.]/.test(trimmed)) {
    const site = siteIdOf(trimmed);
    if (site !== undefined) return site.id;
  }
  if (isYoutubeId(trimmed) && (isTrusted || looksRandom(trimmed))) return trimmed;
  const clip = /^([\w-]{11})(?:_\d+){1,3}(?:\.\w{2,4})?$/.exec(trimmed)?.[1];
  if (clip !== undefined) return clip;
  const named = /^([\w-]{11})\.\w{2,4}$/.exec(trimmed)?.[1];
  if (named !== undefined && looksRandom(named)) return named;
  return isTrusted && trimmed !== '' ? trimmed : undefined;
}

/** A word of eleven letters in one case, such as "programming", is no id; one id in some ten thousand looks like a word. */
function looksRandom(text: string): boolean {
  return !/^(?:[a-z]+|[A-Z]+|[A-Z][a-z]+|\d+)$/.test(text);
}
