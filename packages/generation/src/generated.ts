import { ToolkitError, type JsonObject, type Store } from '@internvid/core';

import { isFileList, MANIFEST, type ExportedFile } from './exports/manifest.js';

/** What a folder of `generated/` can hold. */
export type GeneratedKind = 'interleaved' | 'dialogue' | 'text-to-video';

/** The list of a generated folder: what every kind says of itself; each adds its own counts and settings. */
export type GeneratedManifest = JsonObject & {
  readonly schema: 1;
  readonly kind: GeneratedKind;
  readonly name: string;
  readonly files: readonly ExportedFile[];
};

const KINDS: readonly string[] = ['interleaved', 'dialogue', 'text-to-video'];

/**
 * Reads the list of a generated folder.
 *
 * @returns `undefined` where there is none.
 * @throws ToolkitError `corrupt` where it cannot be understood.
 */
export async function readGeneratedManifest(
  store: Store,
  prefix: string,
  signal?: AbortSignal,
): Promise<GeneratedManifest | undefined> {
  const key = `${prefix}/${MANIFEST}`;
  if ((await store.stat(key, signal)) === undefined) return undefined;
  const text = Buffer.from(await store.read(key, undefined, signal)).toString('utf8');
  const manifest = parse(text);
  if (manifest !== undefined) return manifest;
  const message = `${key} in ${store.location} is not the list of a generated folder. Remove it and generate again.`;
  throw new ToolkitError('corrupt', message);
}

/**
 * Takes a folder for a set that is to be written: its list goes first, so that nobody takes a half-written set for whole.
 *
 * @throws ToolkitError `invalid-config` where the folder holds a set of another kind.
 */
export async function claimFolder(
  store: Store,
  prefix: string,
  kind: GeneratedKind,
  signal: AbortSignal | undefined,
): Promise<void> {
  const old = await readGeneratedManifest(store, prefix, signal);
  if (old === undefined) return;
  if (old.kind !== kind) {
    const message = `${prefix} holds a set of the kind "${old.kind}" already. Take another name or remove it.`;
    throw new ToolkitError('invalid-config', message);
  }
  await store.remove(`${prefix}/${MANIFEST}`, signal);
}

function parse(text: string): GeneratedManifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { schema, kind, name, files } = value as Readonly<Record<string, unknown>>;
  const hasHead = schema === 1 && typeof name === 'string' && KINDS.includes(String(kind));
  return hasHead && isFileList(files) ? (value as GeneratedManifest) : undefined;
}
