import { ToolkitError } from '@internvid/core';

/**
 * What a column can hold for us: the address; a YouTube id in its place; title, licence, language and caption; the start and end of a
 * stretch; or `spans`, stretches as a list of pairs.
 */
export type ColumnRole =
  'url' | 'youtubeId' | 'title' | 'license' | 'language' | 'caption' | 'start' | 'end' | 'spans';

/** Which column plays which role. */
export type ColumnMap = { readonly [role in ColumnRole]?: string };

/** Names, in lower case and without anything but letters and digits, that a column of that role usually has. */
const USUAL_NAMES: { readonly [role in Exclude<ColumnRole, 'spans'>]: readonly string[] } = {
  url: [
    'url',
    'videourl',
    'contenturl',
    'link',
    'videolink',
    'href',
    'uri',
    'address',
    'webpageurl',
    'sourceurl',
    'downloadurl',
    'src',
  ],
  youtubeId: ['youtubeid', 'ytid', 'ytbid', 'youtubevideoid'],
  title: ['title', 'videotitle'],
  license: ['license', 'licence', 'rights'],
  language: ['language', 'lang', 'locale'],
  caption: ['caption', 'text', 'sentence', 'prompt'],
  start: [
    'start',
    'starttime',
    'starttimestamp',
    'startsec',
    'startseconds',
    'starts',
    'begin',
    'begintime',
    'startms',
    'startmilliseconds',
  ],
  end: [
    'end',
    'endtime',
    'endtimestamp',
    'endsec',
    'endseconds',
    'ends',
    'stop',
    'finish',
    'endms',
    'endmilliseconds',
  ],
};

/**
 * Finds the columns by their names, whatever their case and punctuation; those that are given come first.
 *
 * @throws ToolkitError `invalid-config` for a given column that the table does not have, and for a table without a column of addresses
 * or YouTube ids; the message lists the columns.
 */
export function mapColumns(
  table: { readonly path: string; readonly columns: readonly string[] },
  given: ColumnMap,
): ColumnMap {
  const has = table.columns.map((name) => `"${name}"`).join(', ');
  for (const [role, name] of Object.entries(given)) {
    if (!table.columns.includes(name)) {
      const message = `${table.path} has no column "${name}" for ${role}. Its columns are ${has}.`;
      throw new ToolkitError('invalid-config', message);
    }
  }
  const taken = new Set(Object.values(given));
  const free = table.columns.filter((name) => !taken.has(name));
  const usual = Object.entries(USUAL_NAMES).flatMap(([role, names]) => {
    const name = names
      .map((plain) => free.find((column) => plainName(column) === plain))
      .find(Boolean);
    return name === undefined ? [] : [[role, name] as const];
  });
  const found: ColumnMap = { ...Object.fromEntries(usual), ...given };
  if (found.url !== undefined || found.youtubeId !== undefined) return found;
  const message = `${table.path} has no column of addresses that is known by its name. Its columns are ${has}: say which one holds them.`;
  throw new ToolkitError('invalid-config', message);
}

/** Whether a column's numbers are milliseconds, by its name. */
export function isInMilliseconds(column: string): boolean {
  return /(?:ms|milliseconds)$/.test(plainName(column));
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
