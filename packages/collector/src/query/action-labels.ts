import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { ToolkitError } from '@internvid/core';
import { LINE_COLUMN } from '../sources/text-lines-table.js';
import { openTable } from '../sources/open-table.js';

/** The labels of a set of actions, such as Kinetics' or Something-Something's. */
export type LabelList = { readonly name: string; readonly labels: readonly string[] };

const MAX_JSON_BYTES = 64 * 1024 * 1024;
const USUAL_COLUMNS = [
  'label',
  'labels',
  'name',
  'class',
  'class_name',
  'action',
  'activity',
  'template',
];

/**
 * Reads labels from a file: a text with one on each line (a number in front is left out later), a table with a column of them, or JSON:
 * a list, or an object whose keys they are. The list is called after the file.
 *
 * @param column of a table. Default: the first of `label`, `name`, `class`, `action`, … that it has, or its only one.
 * @throws ToolkitError `not-found`, `unreadable`; `invalid-config` for a table without such a column.
 */
export async function readLabelList(path: string, column?: string): Promise<LabelList> {
  const name = basename(path, extname(path));
  const labels =
    extname(path).toLowerCase() === '.json' ? await fromJson(path) : await fromTable(path, column);
  const distinct = [...new Set(labels.map((label) => label.trim()))].filter(
    (label) => label !== '',
  );
  if (distinct.length === 0) throw new ToolkitError('unreadable', `${path} holds no labels.`);
  return { name, labels: distinct };
}

async function fromTable(path: string, column: string | undefined): Promise<readonly string[]> {
  const table = await openTable(path);
  const wanted = column ?? USUAL_COLUMNS.find((usual) => table.columns.includes(usual));
  const only = table.columns.length === 1 ? table.columns[0] : undefined;
  const found = wanted ?? only;
  if (found === undefined || !table.columns.includes(found)) {
    const message = `${path} has no column of labels that is known. Its columns are ${table.columns.join(', ')}: say which one.`;
    throw new ToolkitError('invalid-config', message);
  }
  // A table of one column may have no header: then its first label was taken for one.
  const labels = wanted === undefined && found !== LINE_COLUMN ? [found] : [];
  for await (const row of table.rows()) {
    const cell = 'cells' in row ? row.cells[found] : undefined;
    if (typeof cell === 'string') labels.push(cell);
  }
  return labels;
}

async function fromJson(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new ToolkitError('not-found', `There is no file at ${path}.`, { cause });
  });
  if (found.size > MAX_JSON_BYTES)
    throw new ToolkitError('unreadable', `${path} is too large for a list of labels.`);
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (Array.isArray(value)) return value.filter((item) => typeof item === 'string');
    return typeof value === 'object' && value !== null ? Object.keys(value) : [];
  } catch (cause) {
    throw new ToolkitError('unreadable', `${path} is not valid JSON.`, { cause });
  }
}
