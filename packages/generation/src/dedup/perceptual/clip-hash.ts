import { ToolkitError, type Cells, type Span, type Table } from '@internvid/core';

import { HASH_WORDS } from './frame-hash.js';
import { VIEWS } from './views.js';

/** Pictures of a clip that are hashed for each second of it. */
export const HASHES_PER_SECOND = 4;

/** Raised when hashes change: those of another scheme cannot be compared. */
export const HASH_SCHEME = 1;

/** What a clip looks like over time. */
export type ClipHash = {
  readonly id: string;
  readonly video: string;
  readonly span: Span;
  /** Size of the video as shown, in pixels. */
  readonly width: number;
  readonly height: number;
  /** A picture every 250 ms from the start of the span; at least one. */
  readonly pictures: number;
  /** `[VIEWS, pictures, HASH_WORDS]`, row-major: all pictures in the first view, then in the next. */
  readonly hashes: Uint32Array;
};

/** What clips look like, see `ClipHash`. `hashes` are little-endian words. */
export const clipHashesTable: Table<ClipHash> = {
  name: 'clip-hashes',
  version: HASH_SCHEME,
  columns: [
    { name: 'clip_id', type: 'text', cell: ({ id }) => id },
    { name: 'video_id', type: 'text', cell: ({ video }) => video },
    { name: 'start_ms', type: 'int64', cell: ({ span }) => span.startMs },
    { name: 'end_ms', type: 'int64', cell: ({ span }) => span.endMs },
    { name: 'width', type: 'int32', cell: ({ width }) => width },
    { name: 'height', type: 'int32', cell: ({ height }) => height },
    { name: 'scheme', type: 'int32', cell: () => HASH_SCHEME },
    { name: 'pictures', type: 'int32', cell: ({ pictures }) => pictures },
    { name: 'hashes', type: 'bytes', cell: ({ hashes }) => bytesOf(hashes) },
  ],
  fromCells,
};

function fromCells(cells: Cells): ClipHash {
  const { clip_id: id, video_id: video, hashes } = cells;
  if (cells.scheme !== HASH_SCHEME)
    throw refusal(id, `they are of scheme ${String(cells.scheme)}, not ${HASH_SCHEME}`);
  if (typeof id !== 'string' || typeof video !== 'string' || !(hashes instanceof Uint8Array))
    throw refusal(id, 'its row lacks an id or the hashes');
  const [startMs, endMs] = [whole(cells, 'start_ms', 0), whole(cells, 'end_ms', 1)];
  const pictures = whole(cells, 'pictures', 1);
  if (endMs <= startMs) throw refusal(id, `its span ends at ${endMs} ms, before it begins`);
  if (hashes.length !== VIEWS * pictures * HASH_WORDS * 4)
    throw refusal(id, `${hashes.length} bytes are not the hashes of ${pictures} pictures`);
  return {
    id,
    video,
    span: { startMs, endMs },
    width: whole(cells, 'width', 1),
    height: whole(cells, 'height', 1),
    pictures,
    hashes: wordsOf(hashes),
  };
}

function whole(cells: Cells, name: string, least: number): number {
  const value = cells[name];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
  throw refusal(cells.clip_id, `${name} is ${String(value)}`);
}

function refusal(id: unknown, why: string): ToolkitError {
  return new ToolkitError(
    'invalid-record',
    `The hashes of the clip ${String(id)} cannot be used: ${why}. Make them anew with this version.`,
  );
}

function bytesOf(words: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < words.length; at++) view.setUint32(at * 4, words[at] as number, true);
  return bytes;
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  const words = new Uint32Array(bytes.length / 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < words.length; at++) words[at] = view.getUint32(at * 4, true);
  return words;
}
