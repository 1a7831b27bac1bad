import { open, type FileHandle } from 'node:fs/promises';
import { ToolkitError } from '@internvid/core';

import { makeBox, readBoxHeader, type Box } from './mp4-boxes.js';
import { makeIndex, readSamples, type Samples } from './mp4-index.js';

/** A piece of a clip: an MP4 file with one video track, and when its samples are shown. */
export type Piece = {
  readonly path: string;
  /** Ticks of its samples in the order of decoding. */
  readonly ticks: readonly number[];
  /** Whether it begins in the middle of a stream, its key frame being followed by frames of which some were left out. */
  readonly isSplice: boolean;
};

/** What is joined. */
export type JoinOptions = {
  /** In order of time. */
  readonly pieces: readonly Piece[];
  /** The piece that says what the track is: its codec's settings, size and rotation. */
  readonly template: Piece;
  /** Ticks per second. */
  readonly timescale: number;
  /** Ends the last frame. */
  readonly endTick: number;
  readonly to: string;
};

/** A piece as it was found. */
type OpenedPiece = Piece &
  Samples & {
    readonly handle: FileHandle;
    readonly moov: Buffer;
    readonly data: Box;
  };

/**
 * Joins pieces into one MP4 with one video track, sample by sample, with the times given: what a muxer would do, without one that
 * guesses. ffmpeg's `concat` moves the times of pieces whose frames are reordered differently.
 *
 * @returns false where a piece does not hold the samples that it should.
 */
export async function joinPieces(options: JoinOptions): Promise<boolean> {
  const opened: OpenedPiece[] = [];
  try {
    for (const piece of options.pieces) opened.push(await openPiece(piece));
    if (opened.some(({ sizes, ticks }) => sizes.length !== ticks.length)) return false;
    const template = opened[options.pieces.indexOf(options.template)];
    if (template === undefined) throw new TypeError('options.template must be one of the pieces.');
    const out = await open(options.to, 'w');
    try {
      await writeAll(out, opened, template, options);
    } finally {
      await out.close();
    }
    return true;
  } finally {
    for (const { handle } of opened) await handle.close();
  }
}

async function openPiece(piece: Piece): Promise<OpenedPiece> {
  const handle = await open(piece.path, 'r');
  try {
    const top = await topBoxes(handle);
    const data = top.find(({ type }) => type === 'mdat');
    const index = top.find(({ type }) => type === 'moov');
    if (data === undefined || index === undefined) {
      throw new ToolkitError(
        'process-failed',
        `${piece.path} is not an MP4 with samples and an index.`,
      );
    }
    const moov = await readAt(handle, index.start, index.end);
    const samples = readSamples(moov);
    const bytes = samples.sizes.reduce((sum, size) => sum + size, 0);
    if (bytes !== data.end - data.body) {
      throw new ToolkitError(
        'process-failed',
        `${piece.path} holds bytes that belong to no sample.`,
      );
    }
    return { ...piece, handle, moov, data, ...samples };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function topBoxes(handle: FileHandle): Promise<readonly Box[]> {
  const { size } = await handle.stat();
  const boxes: Box[] = [];
  for (let at = 0; at + 8 <= size;) {
    const box = readBoxHeader(await readAt(handle, at, Math.min(at + 16, size)), at, size);
    boxes.push(box);
    at = box.end;
  }
  return boxes;
}

async function readAt(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.alloc(end - start);
  await handle.read(bytes, 0, bytes.length, start);
  return bytes;
}

async function writeAll(
  out: FileHandle,
  pieces: readonly OpenedPiece[],
  template: OpenedPiece,
  options: JoinOptions,
): Promise<void> {
  const fileType = makeBox('ftyp', Buffer.from('isom\0\0\x02\0isomiso2mp41', 'latin1'));
  const dataBytes = pieces.reduce((sum, { data }) => sum + data.end - data.body, 0);
  const dataHeader = Buffer.alloc(16);
  dataHeader.writeUInt32BE(1);
  dataHeader.write('mdat', 4, 'latin1');
  dataHeader.writeBigUInt64BE(BigInt(16 + dataBytes), 8);
  await out.appendFile(Buffer.concat([fileType, dataHeader]));
  for (const piece of pieces) await appendSamples(out, piece);
  const index = makeIndex({
    template: template.moov,
    ticks: pieces.flatMap(({ ticks }) => ticks),
    samples: samplesOf(pieces),
    timescale: options.timescale,
    endTick: options.endTick,
    dataOffset: fileType.length + dataHeader.length,
  });
  await out.appendFile(index);
}

function samplesOf(pieces: readonly OpenedPiece[]): Samples {
  const isKey = pieces.flatMap(({ sizes, keys }) => sizes.map((_, at) => keys.has(at)));
  return {
    sizes: pieces.flatMap(({ sizes }) => sizes),
    keys: new Set(isKey.flatMap((is, at) => (is ? [at] : []))),
  };
}

const COPIED_AT_ONCE = 1 << 20;

async function appendSamples(out: FileHandle, piece: OpenedPiece): Promise<void> {
  const { handle, data, sizes, isSplice } = piece;
  let at = data.body;
  if (isSplice) {
    const first = await readAt(handle, at, at + (sizes[0] ?? 0));
    markBrokenLink(first);
    await out.appendFile(first);
    at += first.length;
  }
  while (at < data.end) {
    const chunk = await readAt(handle, at, Math.min(at + COPIED_AT_ONCE, data.end));
    await out.appendFile(chunk);
    at += chunk.length;
  }
}

const CLEAN_RANDOM_ACCESS = 21;
const BROKEN_LINK_WITHOUT_LEADING = 18;

/**
 * Turns an HEVC picture that may follow others (CRA) into one that begins a sequence (BLA without leading pictures, ITU-T H.265 7.4.2.2),
 * which is what splicing is allowed to do: the slice headers of both are the same. The sample is NAL units behind 32-bit lengths.
 */
function markBrokenLink(sample: Buffer): void {
  for (let at = 0; at + 5 <= sample.length; at += 4 + sample.readUInt32BE(at)) {
    const header = sample.readUInt8(at + 4);
    if (((header >> 1) & 63) === CLEAN_RANDOM_ACCESS) {
      sample.writeUInt8((header & 0x81) | (BROKEN_LINK_WITHOUT_LEADING << 1), at + 4);
    }
  }
}
