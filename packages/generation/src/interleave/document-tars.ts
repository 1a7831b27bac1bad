import { isAbort, ToolkitError, type JsonObject, type Store } from '@internvid/core';

import { exportFolder } from '../exports/export-folder.js';
import { MANIFEST, type ExportedFile } from '../exports/manifest.js';
import { tarEntries } from '../exports/tar.js';
import { tarSample, writeTarShards, type TarSample } from '../exports/webdataset.js';
import { claimFolder, readGeneratedManifest } from '../generated.js';
import { faultsOf } from './document.js';
import { documentCounter, removeOthers, type DocumentCounts } from './documents-file.js';
import { documentPart, readDocumentPart, type PackedDocument } from './packed-document.js';

/** Where packed documents go, and how many into a tar. */
export type WriteDocumentTarsOptions = {
  readonly store: Store;
  /** Folder in the store: `generated/<name>`. */
  readonly prefix: string;
  /** First part of the file names. */
  readonly name: string;
  /** What the documents were made of, for the list of files. */
  readonly settings?: JsonObject;
  /** Documents in a tar at most. Default 10 000. */
  readonly maxDocuments?: number;
  /** Size of a tar at most, in bytes; a document that is larger alone gets a tar of its own. Default 1 GB. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
};

/** What was written. */
export type WrittenDocumentTars = DocumentCounts & { readonly files: readonly ExportedFile[] };

/**
 * Writes WebDataset shards `<name>-000000.tar`, … of one part a document, `<id>.json`, the list of them as `index.json`, then `manifest.json`.
 * Equal documents give equal bytes; a file that is there with the same bytes is left as it is.
 *
 * @throws ToolkitError `invalid-record` for a document that `faultsOf` finds wrong or that comes twice in a tar.
 */
export async function writeDocumentTars(
  documents: AsyncIterable<PackedDocument>,
  options: WriteDocumentTarsOptions,
): Promise<WrittenDocumentTars> {
  const { store, prefix, name, settings = {}, signal } = options;
  const { maxDocuments = 10_000, maxBytes = 1e9 } = options;
  for (const [limit, value] of Object.entries({ maxDocuments, maxBytes }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new RangeError(`options.${limit} must be a whole number of at least 1, got ${value}.`);
  const counter = documentCounter();
  async function* samples(): AsyncGenerator<TarSample> {
    for await (const packed of documents) {
      counter.add(packed.document);
      const { id } = packed.document;
      yield tarSample(id, [{ name: `${id}.json`, bytes: Buffer.from(documentPart(packed)) }]);
    }
  }
  await claimFolder(store, prefix, 'interleaved', signal);
  const folder = exportFolder(store, prefix, signal);
  await writeTarShards(samples(), folder, { name, maxSamples: maxDocuments, maxBytes });
  await removeOthers(store, prefix, name, folder.files, signal);
  const { counts } = counter;
  const { files } = folder;
  const head = { schema: 1, kind: 'interleaved', format: 'webdataset', name, settings };
  const manifest = { ...head, ...counts, files };
  await store.write(`${prefix}/${MANIFEST}`, `${JSON.stringify(manifest, undefined, 2)}\n`, signal);
  return { ...counts, files };
}

/**
 * Reads documents back with what they show, one in memory at a time: writing them again gives the same bytes.
 *
 * @param prefix the folder, such as `generated/films`.
 * @throws ToolkitError `not-found` where there is no finished set of this form; `corrupt` for a tar that cannot be read, `invalid-record` for
 * what is no sound document in it: `validateGenerated` says more.
 */
export async function* readDocumentTars(
  store: Store,
  prefix: string,
  signal?: AbortSignal,
): AsyncGenerator<PackedDocument> {
  const manifest = await readGeneratedManifest(store, prefix, signal);
  if (manifest?.kind !== 'interleaved' || manifest.format !== 'webdataset')
    throw new ToolkitError(
      'not-found',
      `There are no interleaved documents as WebDataset in ${prefix} of ${store.location}. Name the folder that holds their manifest.json.`,
    );
  for (const { name, samples } of manifest.files)
    if (samples !== undefined) yield* documentsOf(store, `${prefix}/${name}`, signal);
}

async function* documentsOf(
  store: Store,
  key: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<PackedDocument> {
  try {
    for await (const { name, bytes } of tarEntries(store, key, signal)) {
      const found = readDocumentPart(Buffer.from(bytes).toString('utf8'));
      const faults =
        typeof found === 'string'
          ? [found]
          : [
              ...faultsOf(found.document),
              ...found.faults.map((each) => `${each.name}: ${each.message}`),
            ];
      if (typeof found === 'string' || faults.length > 0)
        throw new ToolkitError('invalid-record', `${name} in ${key}: ${faults.join('; ')}.`);
      yield { document: found.document, media: found.media };
    }
  } catch (error) {
    if (ToolkitError.is(error) || isAbort(error) || !(error instanceof Error)) throw error;
    throw new ToolkitError('corrupt', `${key} is no whole tar: ${error.message}.`, {
      cause: error,
    });
  }
}
