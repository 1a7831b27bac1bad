import { canonicalJson, ToolkitError, type JsonValue, type Store } from '@internvid/core';
import { exportFolder } from '../exports/export-folder.js';
import { checkedLines } from '../exports/lines.js';
import { MANIFEST, type ExportedFile } from '../exports/manifest.js';
import { SHARD_INDEX } from '../exports/webdataset.js';
import { claimFolder } from '../generated.js';
import { faultsOf, type InterleavedDocument, type InterleavedItem } from './document.js';
import { formatDocument, type InterleavedFormat } from './formats.js';

/** Where documents go, and as what. */
export type WriteDocumentsOptions = {
  readonly store: Store;
  /** Folder in the store: `generated/<name>`. */
  readonly prefix: string;
  /** First part of the file name. */
  readonly name: string;
  readonly format: InterleavedFormat;
  readonly signal?: AbortSignal;
};

/** What documents hold together. */
export type DocumentCounts = {
  readonly documents: number;
  readonly clips: number;
  readonly words: number;
};

/** What was written. */
export type WrittenDocuments = DocumentCounts & { readonly file: ExportedFile };

/**
 * Writes `<name>.jsonl`, a document a line, then `manifest.json` with its checksum and counts. Equal documents give equal bytes.
 *
 * @throws ToolkitError `invalid-record` for a document that `faultsOf` finds wrong.
 */
export async function writeDocuments(
  documents: AsyncIterable<InterleavedDocument>,
  options: WriteDocumentsOptions,
): Promise<WrittenDocuments> {
  const { store, prefix, name, format, signal } = options;
  const counter = documentCounter();
  const { counts } = counter;
  async function* lines(): AsyncGenerator<Uint8Array> {
    for await (const document of documents) {
      counter.add(document);
      yield Buffer.from(`${canonicalJson(formatDocument(document, format))}\n`);
    }
  }
  await claimFolder(store, prefix, 'interleaved', signal);
  const folder = exportFolder(store, prefix, signal);
  await folder.write(`${name}.jsonl`, lines(), () => counts.documents);
  await removeOthers(store, prefix, name, folder.files, signal);
  const manifest = { schema: 1, kind: 'interleaved', format, name, ...counts, files: folder.files };
  await store.write(`${prefix}/${MANIFEST}`, `${JSON.stringify(manifest, undefined, 2)}\n`, signal);
  const [file] = folder.files;
  if (file === undefined) throw new TypeError('The export folder lists no file.');
  return { ...counts, file };
}

/**
 * Reads documents back that were written in the form `documents`, one line in memory at a time.
 *
 * @throws ToolkitError `invalid-record` that names the line and what is wrong with it.
 */
export function readDocuments(
  store: Store,
  key: string,
  signal?: AbortSignal,
): AsyncGenerator<InterleavedDocument> {
  return checkedLines(store, key, parseDocument, faultsOf, 'interleaved document', signal);
}

/** Counts documents, and lets none pass that is faulty. */
export interface DocumentCounter {
  readonly counts: DocumentCounts;
  /** @throws ToolkitError `invalid-record` for a document that `faultsOf` finds wrong. */
  add(document: InterleavedDocument): void;
}

/** Starts at nought. */
export function documentCounter(): DocumentCounter {
  const counts = { documents: 0, clips: 0, words: 0 };
  return {
    counts,
    add(document) {
      const faults = faultsOf(document);
      if (faults.length > 0)
        throw new ToolkitError(
          'invalid-record',
          `The document ${document.id}: ${faults.join('; ')}.`,
        );
      counts.documents++;
      for (const item of document.items) {
        if (item.kind === 'clip') counts.clips++;
        else counts.words += item.text.split(/\s+/).filter((word) => word !== '').length;
      }
    },
  };
}

/** Removes what an earlier set of the same name left in the folder: more tars, or a file of another form. */
export async function removeOthers(
  store: Store,
  prefix: string,
  name: string,
  files: readonly ExportedFile[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const current = new Set(files.map((file) => file.name));
  for await (const { key } of store.list(prefix, signal)) {
    const file = key.slice(prefix.length + 1);
    const isShard = file.startsWith(`${name}-`) && /^\d{6}\.tar$/.test(file.slice(name.length + 1));
    const isOurs = isShard || file === `${name}.jsonl` || file === SHARD_INDEX;
    if (isOurs && !current.has(file)) await store.remove(key, signal);
  }
}

/** The document that a line of the form `documents` holds; undefined where it is none. */
export function parseDocument(text: string): InterleavedDocument | undefined {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
  if (!isObject(value) || typeof value.id !== 'string') return undefined;
  const { videos, items } = value;
  if (!Array.isArray(videos) || !videos.every((video) => typeof video === 'string'))
    return undefined;
  if (!Array.isArray(items) || !items.every(isItem)) return undefined;
  return { id: value.id, videos, items: items as unknown as readonly InterleavedItem[] };
}

function isItem(value: JsonValue): boolean {
  if (!isObject(value)) return false;
  if (value.kind === 'text')
    return typeof value.text === 'string' && (value.of === 'caption' || value.of === 'transcript');
  const names = typeof value.clip === 'string' && typeof value.video === 'string';
  const times = typeof value.startMs === 'number' && typeof value.endMs === 'number';
  return value.kind === 'clip' && names && times;
}

function isObject(value: JsonValue | undefined): value is { readonly [name: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
