import { ToolkitError, type JsonObject, type Store } from '@internvid/core';

/** Name of the list of an export's files, written last: without it an export is unfinished. */
export const MANIFEST = 'manifest.json';

/** The forms an export can have. */
export type ExportFormat = 'webdataset' | 'jsonl' | 'parquet';

/** A file of an export. */
export type ExportedFile = {
  /** Relative to the export's prefix. */
  readonly name: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Samples inside; absent where the file holds none by nature. */
  readonly samples?: number;
};

/** What `manifest.json` holds. */
export type ExportManifest = {
  /** Version of this form. */
  readonly schema: 1;
  readonly format: ExportFormat;
  readonly name: string;
  /** What the bytes depend on besides the samples. */
  readonly settings: JsonObject;
  /** Samples written, and samples that could not be. */
  readonly samples: number;
  readonly failed: number;
  /** In the order of their names. */
  readonly files: readonly ExportedFile[];
};

/**
 * Reads the list of an export's files.
 *
 * @returns `undefined` where there is none.
 * @throws ToolkitError `corrupt` where it cannot be understood.
 */
export async function readExportManifest(
  store: Store,
  prefix: string,
  signal?: AbortSignal,
): Promise<ExportManifest | undefined> {
  const key = `${prefix}/${MANIFEST}`;
  if ((await store.stat(key, signal)) === undefined) return undefined;
  const text = Buffer.from(await store.read(key, undefined, signal)).toString('utf8');
  const manifest = parse(text);
  if (manifest === undefined) {
    throw new ToolkitError(
      'corrupt',
      `${key} in ${store.location} is not the list of an export. Remove it and export again.`,
    );
  }
  return manifest;
}

function parse(text: string): ExportManifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isExportManifest(value) ? value : undefined;
}

/** Whether a value from outside is the list of an export. */
export function isExportManifest(value: unknown): value is ExportManifest {
  if (!isObject(value) || value.schema !== 1) return false;
  const hasHead =
    typeof value.format === 'string' && typeof value.name === 'string' && isCount(value.samples);
  return hasHead && isObject(value.settings) && isFileList(value.files);
}

/** Whether a value from outside lists files as a manifest does; no name leads out of the folder. */
export function isFileList(value: unknown): value is readonly ExportedFile[] {
  return Array.isArray(value) && value.every(isFile);
}

function isFile(value: unknown): boolean {
  if (!isObject(value) || !isFileName(value.name) || typeof value.sha256 !== 'string') return false;
  return isCount(value.bytes) && (value.samples === undefined || isCount(value.samples));
}

function isFileName(value: unknown): boolean {
  const parts = typeof value === 'string' ? value.split('/') : [''];
  return parts.every((part) => !['', '.', '..'].includes(part) && !/[\\\0]/.test(part));
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
