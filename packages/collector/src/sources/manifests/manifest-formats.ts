import { ToolkitError } from '@internvid/core';
import type { RowReader } from '../row-meaning.js';
import type { TableFile } from '../table-file.js';
import { finevideoManifest } from './finevideo.js';
import { internvidManifest } from './internvid.js';
import { koala36mManifest } from './koala-36m.js';
import type { ManifestFormat, ManifestName, ManifestOptions } from './manifest-format.js';
import { miradataManifest } from './miradata.js';
import { openvid1mManifest } from './openvid-1m.js';
import { panda70mManifest } from './panda-70m.js';
import { webvidManifest } from './webvid.js';

/** The lists that are understood, the ones with the most telling columns first. */
export const MANIFEST_FORMATS: readonly ManifestFormat[] = [
  internvidManifest,
  koala36mManifest,
  panda70mManifest,
  openvid1mManifest,
  miradataManifest,
  webvidManifest,
  finevideoManifest,
];

/**
 * Finds the format of a list, by the name that is given or else by its columns.
 *
 * @throws ToolkitError `invalid-config` where no format has such columns, or the named one has not.
 */
export function manifestFormat(table: TableFile, name?: ManifestName): ManifestFormat {
  const columns = new Set(table.columns);
  const found = MANIFEST_FORMATS.find((format) =>
    name === undefined ? format.isLike(columns) : format.name === name,
  );
  if (found?.isLike(columns) === true) return found;
  const has = table.columns.join(', ');
  const what = name === undefined ? 'a list of a data set that is known' : `a list of ${name}`;
  const names = MANIFEST_FORMATS.map((format) => format.name).join(', ');
  const message = `${table.path} does not look like ${what}. Its columns are ${has}. Known are ${names}; any other table is read by urlTable.`;
  throw new ToolkitError('invalid-config', message, { details: { path: table.path } });
}

/** The reader of a list's rows. */
export function manifestReader(
  table: TableFile,
  options: ManifestOptions & { readonly format?: ManifestName },
): RowReader {
  return manifestFormat(table, options.format).reader(options);
}
