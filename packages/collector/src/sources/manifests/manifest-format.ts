import type { JsonObject, JsonValue } from '@internvid/core';
import { RowProblem, type RowReader } from '../row-meaning.js';

/** Names of the published data sets whose lists are understood. */
export type ManifestName =
  'internvid' | 'panda-70m' | 'koala-36m' | 'openvid-1m' | 'miradata' | 'finevideo' | 'webvid';

/** What a reader of a manifest may need besides the rows. */
export type ManifestOptions = {
  /** Folder of the data set's own clip files on a web server, an http or https address: for lists that name files. */
  readonly mediaBase?: string;
};

/** How the list of one published data set is read. */
export type ManifestFormat = {
  readonly name: ManifestName;
  /** Whether a table with these columns is such a list. */
  isLike(columns: ReadonlySet<string>): boolean;
  reader(options: ManifestOptions): RowReader;
};

/** Whether all of these columns are there. */
export function hasAll(columns: ReadonlySet<string>, names: readonly string[]): boolean {
  return names.every((name) => columns.has(name));
}

/** The text of a cell, trimmed; undefined for an empty one. */
export function textOf(cell: JsonValue | undefined): string | undefined {
  const text = typeof cell === 'string' ? cell.trim() : '';
  return text === '' ? undefined : text;
}

/**
 * The text of a cell that every row must have.
 *
 * @throws RowProblem when it is missing.
 */
export function neededText(cells: JsonObject, column: string): string {
  const text = textOf(cells[column]);
  if (text === undefined) throw new RowProblem(`${column} is missing`);
  return text;
}

/** Some cells under their own names, numbers as numbers; empty ones are left out. */
export function pick(cells: JsonObject, columns: readonly string[]): JsonObject {
  const entries = columns.flatMap((name): [string, JsonValue][] => {
    const value = numberOr(cells[name]);
    return value === undefined || value === null || value === '' ? [] : [[name, value]];
  });
  return Object.fromEntries(entries);
}

/** A cell as a number where its text is one: tables of text hold their scores as text. */
export function numberOr(cell: JsonValue | undefined): JsonValue | undefined {
  if (typeof cell !== 'string') return cell;
  const text = cell.trim();
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text) ? Number(text) : text;
}

/** The caption as a property; none where there is no text. */
export function captionOf(cell: JsonValue | undefined): { readonly caption?: string } {
  const caption = textOf(cell);
  return caption === undefined ? {} : { caption };
}
