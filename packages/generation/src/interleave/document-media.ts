import { isAbort, mapInOrder, ToolkitError, type Store } from '@internvid/core';

import { readFrame } from '../exports/read-frame.js';
import { middleFrame, refusal, type Sample } from '../sample.js';
import type { InterleavedDocument } from './document.js';
import type { DocumentMedium, PackedDocument } from './packed-document.js';

/** A document and the samples of the clips that it shows, in their order. */
export type SampledDocument = {
  readonly document: InterleavedDocument;
  readonly samples: readonly Sample[];
};

/** What is packed of each clip: its middle frame, all its sampled frames, or its file. */
export type DocumentMediaKind = 'frame' | 'frames' | 'clips';

/** What is packed, and where it is read from. */
export type DocumentMediaOptions = {
  readonly kind: DocumentMediaKind;
  /** Where the sampled frames are read from. */
  readonly store: Store;
  /** Gives a clip as an MP4 file; needed for `clips`. */
  readonly clipFile?: (sample: Sample, signal: AbortSignal | undefined) => Promise<Uint8Array>;
  /** Is told of each document that cannot be packed; the others go on. Default: the first one ends the packing with its error. */
  readonly fail?: (document: InterleavedDocument, error: ToolkitError) => void;
  readonly signal?: AbortSignal;
};

/** The media of a document at most, in bytes: as base64 in JSON they must fit one string. */
const MAX_MEDIA_BYTES = 256e6;

/** Documents made ready at once. */
const PACKED_AT_ONCE = 2;

/**
 * Reads what documents show, up to eight documents in memory.
 *
 * @throws TypeError for `clips` without `clipFile`; ToolkitError `invalid-record` for a clip without frame or file and for a document of more
 * than 256 MB, `corrupt` for a picture that is not the one that was sampled.
 */
export async function* withMedia(
  documents: AsyncIterable<SampledDocument>,
  options: DocumentMediaOptions,
): AsyncGenerator<PackedDocument> {
  if (options.kind === 'clips' && options.clipFile === undefined)
    throw new TypeError('The kind "clips" needs options.clipFile.');
  const packed = mapInOrder(documents, { concurrency: PACKED_AT_ONCE }, async (sampled) => {
    options.signal?.throwIfAborted();
    try {
      return await packedDocument(sampled, options);
    } catch (error) {
      if (isAbort(error) || !ToolkitError.is(error) || error.stopsRun) throw error;
      return { document: sampled.document, error };
    }
  });
  for await (const each of packed) {
    if (!('error' in each)) yield each;
    else if (options.fail === undefined) throw each.error;
    else options.fail(each.document, each.error);
  }
}

async function packedDocument(
  { document, samples }: SampledDocument,
  options: DocumentMediaOptions,
): Promise<PackedDocument> {
  const media: DocumentMedium[] = [];
  let bytes = 0;
  for (const sample of samples) {
    for (const medium of await mediaOf(sample, options)) {
      bytes += medium.bytes.byteLength;
      media.push(medium);
    }
    if (bytes > MAX_MEDIA_BYTES) throw refusal(sample, `its document is more than 256 MB`);
  }
  return { document, media };
}

async function mediaOf(
  sample: Sample,
  { kind, store, clipFile, signal }: DocumentMediaOptions,
): Promise<readonly DocumentMedium[]> {
  const clip = sample.clip.id;
  if (kind === 'clips') {
    const bytes = (await clipFile?.(sample, signal)) ?? new Uint8Array();
    if (bytes.byteLength === 0) throw refusal(sample, 'its clip file is empty');
    return [{ clip, bytes }];
  }
  const middle = middleFrame(sample);
  const media: DocumentMedium[] = [];
  for (const frame of kind === 'frame' ? [middle] : sample.frames)
    media.push({
      clip,
      timeMs: frame.timeMs,
      bytes: await readFrame(sample, frame, store, signal),
    });
  return media;
}
