import { ToolkitError } from '@internvid/core';

import type { Sample } from './clip-track.js';
import { boxAt, boxesIn } from './mp4-boxes.js';
import { readAt, topBoxes, withFile } from './mp4-file.js';
import { readTracks, type TrackDescription } from './mp4-track.js';

/** An MP4 file with one track, made by ffmpeg. */
export type PieceFile = {
  readonly description: TrackDescription;
  readonly samples: readonly Sample[];
  readonly timescale: number;
  /** Of each sample, in ticks. */
  readonly durations: readonly number[];
  /** Ticks that its edit list leaves out in the beginning. */
  readonly skipped: number;
};

/**
 * Reads which samples a piece of a clip holds. Undefined where it has no track, as ffmpeg leaves out a track without samples.
 *
 * @throws ToolkitError `process-failed` where it is not what ffmpeg writes.
 */
export function readPiece(path: string): Promise<PieceFile | undefined> {
  return withFile(path, async (file) => {
    const top = await topBoxes(file);
    const index = top.find(({ type }) => type === 'moov');
    const data = top.find(({ type }) => type === 'mdat');
    if (index === undefined || data === undefined) throw notReadable(path);
    const moov = await readAt(file, index.start, index.end);
    const tracks = readTracks(moov);
    if (tracks.length === 0) return undefined;
    const [description] = tracks;
    const sizes = sampleSizes(moov);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    if (description === undefined || bytes !== data.end - data.body) throw notReadable(path);
    const keys = keyNumbers(moov);
    let offset = data.body;
    const samples = sizes.map((size, at) => {
      const sample = { path, offset, size, isKey: keys?.has(at) ?? true };
      offset += size;
      return sample;
    });
    const clock = boxAt(moov, [...MEDIA, 'mdhd']);
    const timescale = moov.readUInt32BE(clock.body + 12);
    return { description, samples, timescale, durations: durations(moov), skipped: skipped(moov) };
  });
}

const MEDIA = ['moov', 'trak', 'mdia'];
const TABLES = [...MEDIA, 'minf', 'stbl'];

function sampleSizes(moov: Buffer): readonly number[] {
  const { body } = boxAt(moov, [...TABLES, 'stsz']);
  const oneSize = moov.readUInt32BE(body + 4);
  return Array.from({ length: moov.readUInt32BE(body + 8) }, (_, index) =>
    oneSize === 0 ? moov.readUInt32BE(body + 12 + index * 4) : oneSize,
  );
}

/** Undefined where every sample is a key frame. */
function keyNumbers(moov: Buffer): ReadonlySet<number> | undefined {
  const tables = boxAt(moov, TABLES);
  const keys = boxesIn(moov, tables.body, tables.end).find(({ type }) => type === 'stss');
  if (keys === undefined) return undefined;
  const numbers = Array.from(
    { length: moov.readUInt32BE(keys.body + 4) },
    (_, index) => moov.readUInt32BE(keys.body + 8 + index * 4) - 1,
  );
  return new Set(numbers);
}

function durations(moov: Buffer): readonly number[] {
  const { body } = boxAt(moov, [...TABLES, 'stts']);
  const runs = Array.from({ length: moov.readUInt32BE(body + 4) }, (_, run) => {
    const at = body + 8 + run * 8;
    return Array.from({ length: moov.readUInt32BE(at) }, () => moov.readUInt32BE(at + 4));
  });
  return runs.flat();
}

function skipped(moov: Buffer): number {
  const track = boxAt(moov, ['moov', 'trak']);
  if (!boxesIn(moov, track.body, track.end).some(({ type }) => type === 'edts')) return 0;
  const { body } = boxAt(moov, ['moov', 'trak', 'edts', 'elst']);
  return Math.max(0, moov.readInt32BE(body + 12));
}

function notReadable(path: string): ToolkitError {
  return new ToolkitError(
    'process-failed',
    `${path} is not a piece of a clip as ffmpeg writes it.`,
  );
}
