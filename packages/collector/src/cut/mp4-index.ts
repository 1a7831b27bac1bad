import type { ClipTrack } from './clip-track.js';
import { makeBox, makeTable } from './mp4-boxes.js';

/** Samples of a track that lie behind one another. */
export type Chunk = { readonly first: number; readonly count: number; readonly offset: number };

/** A track and where its samples lie. */
export type PlacedTrack = { readonly track: ClipTrack; readonly chunks: readonly Chunk[] };

/** Sound is timed to the sample against this clock too, and pictures to the tick, whatever their own clock is. */
const LEAST_TIMESCALE = 48_000;

/**
 * Makes the `moov` box of a file (ISO/IEC 14496-12). It is as long for one place of the samples as for another. Times are 64 bits wide:
 * in some files a tick is a tenth of a microsecond.
 */
export function makeIndex(tracks: readonly PlacedTrack[]): Buffer {
  const own = tracks[0]?.track.timescale ?? LEAST_TIMESCALE;
  const timescale = own * Math.ceil(LEAST_TIMESCALE / own);
  const lengths = tracks.map(({ track }) => shownLength(track, timescale));
  const header = makeTable(
    'mvhd',
    ...[VERSION_1, 0, 0, 0, 0, timescale, ...wide(Math.max(...lengths))],
    ...[0x10000, FULL_VOLUME, 0, 0, ...UPRIGHT, 0, 0, 0, 0, 0, 0, tracks.length + 1],
  );
  const made = tracks.map((placed, at) => makeTrack(placed, at + 1, lengths[at] ?? 0));
  return makeBox('moov', header, ...made);
}

const VERSION_1 = 1 << 24;
const FULL_VOLUME = 1 << 24;
const ENABLED_AND_SHOWN = 3;
const ONCE = 0x10000;
const UNDETERMINED_LANGUAGE = 0x55c40000;
const UPRIGHT = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];

function shownLength({ shown, timescale }: ClipTrack, movieTimescale: number): number {
  return Math.round((shown.length * movieTimescale) / timescale);
}

function makeTrack(placed: PlacedTrack, id: number, length: number): Buffer {
  const { description, timescale, durations, shown } = placed.track;
  const isSound = description.kind === 'soun';
  const header = makeTable(
    'tkhd',
    ...[VERSION_1 | ENABLED_AND_SHOWN, 0, 0, 0, 0, id, 0, ...wide(length)],
    ...[0, 0, 0, isSound ? FULL_VOLUME : 0, ...numbersIn(description.shape)],
  );
  const edit = makeTable('elst', VERSION_1, 1, ...wide(length), ...wide(shown.start), ONCE);
  const whole = durations.reduce((sum, duration) => sum + duration, 0);
  const clock = [VERSION_1, 0, 0, 0, 0, timescale, ...wide(whole), UNDETERMINED_LANGUAGE];
  const handler = makeBox(
    'hdlr',
    ...[Buffer.alloc(8), Buffer.from(description.kind, 'latin1')],
    Buffer.alloc(13),
  );
  const media = isSound ? makeTable('smhd', 0, 0) : makeTable('vmhd', 1, 0, 0);
  const here = makeBox('dref', numbers(0, 1), makeTable('url ', 1));
  const info = makeBox('minf', media, makeBox('dinf', here), makeTables(placed));
  return makeBox(
    'trak',
    ...[header, makeBox('edts', edit)],
    makeBox('mdia', makeTable('mdhd', ...clock), handler, info),
  );
}

function makeTables({ track, chunks }: PlacedTrack): Buffer {
  const { description, samples, durations, delays } = track;
  const keys = samples.flatMap(({ isKey }, at) => (isKey ? [at + 1] : []));
  const sizes = samples.map(({ size, sets }) => size + (sets?.bytes.length ?? 0));
  return makeBox(
    'stbl',
    makeBox('stsd', numbers(0, 1), description.entry),
    makeTable('stts', 0, ...runs(durations)),
    // ffmpeg takes the lengths of frames from a file without this table alone.
    ...(delays.length === 0 ? [] : [makeTable('ctts', 0, ...runs(delays))]),
    ...(description.kind === 'soun' ? [] : [makeTable('stss', 0, keys.length, ...keys)]),
    makeTable('stsc', 0, ...chunkRuns(chunks)),
    makeTable('stsz', 0, 0, sizes.length, ...sizes),
    makeTable('co64', 0, chunks.length, ...chunks.flatMap(({ offset }) => wide(offset))),
  );
}

/** A list as MP4 packs it: the number of runs, then length and value of each. */
function runs(values: readonly number[]): readonly number[] {
  const packed: number[] = [0];
  values.forEach((value, at) => {
    if (at > 0 && values[at - 1] === value) packed[packed.length - 2] = (packed.at(-2) ?? 0) + 1;
    else packed.push(1, value);
  });
  packed[0] = (packed.length - 1) / 2;
  return packed;
}

/** The number of runs of chunks with as many samples, then first chunk, samples in each and sample entry for each run. */
function chunkRuns(chunks: readonly Chunk[]): readonly number[] {
  const packed = chunks.flatMap(({ count }, at) =>
    chunks[at - 1]?.count === count ? [] : [at + 1, count, 1],
  );
  return [packed.length / 3, ...packed];
}

/** A 64-bit number as two of 32 bits. */
function wide(value: number): readonly [number, number] {
  return [Math.floor(value / 2 ** 32), value % 2 ** 32];
}

function numbers(...values: readonly number[]): Buffer {
  return makeTable('    ', ...values).subarray(8);
}

function numbersIn(bytes: Buffer): readonly number[] {
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readUInt32BE(at * 4));
}
