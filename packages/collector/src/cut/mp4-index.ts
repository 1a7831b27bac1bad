import { ToolkitError } from '@internvid/core';

import { boxAt, boxesIn, makeBox, makeTable, type Box } from './mp4-boxes.js';

/** What the index of an MP4 says of the samples of its first track. */
export type Samples = {
  readonly sizes: readonly number[];
  /** Numbers of the key frames, from 0. */
  readonly keys: ReadonlySet<number>;
};

/** What a new index says. */
export type IndexOptions = {
  /** The `moov` box whose codec settings, size and rotation are kept. */
  readonly template: Buffer;
  /** When the samples are shown, in the order of decoding. */
  readonly ticks: readonly number[];
  readonly samples: Samples;
  /** Ticks per second. */
  readonly timescale: number;
  /** Ends the last frame. */
  readonly endTick: number;
  /** Where the first sample lies in the file; the others follow it without a gap. */
  readonly dataOffset: number;
};

const TABLES = ['moov', 'trak', 'mdia', 'minf', 'stbl'];

/** Reads sizes of samples, and which of them are key frames, from a `moov` box. */
export function readSamples(moov: Buffer): Samples {
  const { body } = boxAt(moov, [...TABLES, 'stsz']);
  const oneSize = moov.readUInt32BE(body + 4);
  const sizes = Array.from({ length: moov.readUInt32BE(body + 8) }, (_, index) =>
    oneSize === 0 ? moov.readUInt32BE(body + 12 + index * 4) : oneSize,
  );
  const stbl = boxAt(moov, TABLES);
  const stss = boxesIn(moov, stbl.body, stbl.end).find(({ type }) => type === 'stss');
  if (stss === undefined) return { sizes, keys: new Set(sizes.keys()) };
  const count = moov.readUInt32BE(stss.body + 4);
  const keys = Array.from(
    { length: count },
    (_, index) => moov.readUInt32BE(stss.body + 8 + index * 4) - 1,
  );
  return { sizes, keys: new Set(keys) };
}

/**
 * Makes the `moov` box of a file with one track. Time begins with the first frame; decoding times are the presentation times in order,
 * earlier by the smallest delay with which no frame is shown before it is decoded, which an edit list takes off again.
 */
export function makeIndex(options: IndexOptions): Buffer {
  const { template, ticks, samples, timescale, endTick, dataOffset } = options;
  const inOrder = Float64Array.from(ticks).sort();
  const decoded = (at: number): number => inOrder[at] ?? endTick;
  const delay = ticks.reduce((most, tick, at) => Math.max(most, decoded(at) - tick), 0);
  const durations = ticks.map((_, at) => decoded(at + 1) - decoded(at));
  const offsets = ticks.map((tick, at) => tick - decoded(at) + delay);
  const { sizes } = samples;
  const keys = [...samples.keys].map((key) => key + 1);
  const tables = [
    makeTable('stts', 0, ...runs(durations)),
    // ffmpeg takes the lengths of frames from a file without this table alone.
    ...(delay === 0 ? [] : [makeTable('ctts', 0, ...runs(offsets))]),
    makeTable('stss', 0, keys.length, ...keys),
    makeTable('stsc', 0, 1, 1, sizes.length, 1),
    makeTable('stsz', 0, 0, sizes.length, ...sizes),
    makeTable('stco', 0, 1, dataOffset),
  ];
  const duration = endTick - decoded(0);
  const edit = makeBox('edts', makeTable('elst', 0, 1, duration, delay, 0x10000));
  return rebuild(template, boxAt(template, ['moov']), { tables, edit, timescale, duration });
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

type NewIndex = {
  readonly tables: readonly Buffer[];
  readonly edit: Buffer;
  readonly timescale: number;
  readonly duration: number;
};

function rebuild(moov: Buffer, box: Box, to: NewIndex): Buffer {
  const inside = (): Buffer[] =>
    boxesIn(moov, box.body, box.end)
      .filter(({ type }) => !['edts', 'udta', 'meta'].includes(type))
      .map((child) => rebuild(moov, child, to));
  switch (box.type) {
    case 'moov':
    case 'mdia':
    case 'minf':
      return makeBox(box.type, ...inside());
    case 'trak': {
      const [header = Buffer.alloc(0), ...rest] = inside();
      return makeBox('trak', header, to.edit, ...rest);
    }
    case 'stbl': {
      const description = boxAt(moov, [...TABLES, 'stsd']);
      return makeBox('stbl', moov.subarray(description.start, description.end), ...to.tables);
    }
    case 'mvhd':
    case 'mdhd':
      return withNumbers(moov, box, { 12: to.timescale, 16: to.duration });
    case 'tkhd':
      return withNumbers(moov, box, { 20: to.duration });
    default:
      return moov.subarray(box.start, box.end);
  }
}

/** A header box of version 0 with some of its 32-bit fields replaced, by their place in the body. */
function withNumbers(moov: Buffer, box: Box, fields: Readonly<Record<number, number>>): Buffer {
  const copy = Buffer.from(moov.subarray(box.start, box.end));
  const body = box.body - box.start;
  if (copy.readUInt8(body) !== 0) {
    throw new ToolkitError(
      'process-failed',
      `A piece of a clip has a ${box.type} of another version.`,
    );
  }
  for (const [place, value] of Object.entries(fields)) {
    copy.writeUInt32BE(value, body + Number(place));
  }
  return copy;
}
