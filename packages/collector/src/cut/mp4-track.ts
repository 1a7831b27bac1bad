import { boxAt, boxesIn, makeBox, type Box } from './mp4-boxes.js';

/** What an MP4 says of a track besides its samples. */
export type TrackDescription = {
  readonly kind: 'vide' | 'soun';
  /** The sample entry: a box with the codec's settings. */
  readonly entry: Buffer;
  /** Rotation matrix, width and height, as the track header ends. */
  readonly shape: Buffer;
};

/** Sample entries that are understood, and how long their fields are that come before the boxes inside. */
const ENTRY_FIELDS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    ['avc1', 'avc3', 'hvc1', 'hev1', 'vp09', 'av01', 'mp4v'].map((type) => [type, 78]),
  ),
  mp4a: 28,
};

/** Codec settings, shape of the pixels, colours; others, as those of QuickTime, are left out. */
const KEPT_INSIDE = new Set([
  ...['avcC', 'hvcC', 'vpcC', 'av1C', 'esds', 'dOps', 'pasp', 'colr', 'clli', 'mdcv', 'btrt'],
]);

const SHAPE_BYTES = 44;

/**
 * The tracks of a `moov` box in their order, as ffmpeg numbers them. Undefined for a track that is neither pictures nor sound, has
 * several sample entries, or one that is not understood.
 */
export function readTracks(moov: Buffer): readonly (TrackDescription | undefined)[] {
  const { body, end } = boxAt(moov, ['moov']);
  return boxesIn(moov, body, end)
    .filter(({ type }) => type === 'trak')
    .map((track) => readTrack(moov.subarray(track.start, track.end)));
}

function readTrack(track: Buffer): TrackDescription | undefined {
  const handler = boxAt(track, ['trak', 'mdia', 'hdlr']);
  const kind = track.toString('latin1', handler.body + 8, handler.body + 12);
  if (kind !== 'vide' && kind !== 'soun') return undefined;
  const list = boxAt(track, ['trak', 'mdia', 'minf', 'stbl', 'stsd']);
  const [only, ...others] = boxesIn(track, list.body + 8, list.end);
  const entry = only === undefined || others.length > 0 ? undefined : readEntry(track, only);
  if (entry === undefined) return undefined;
  const { end } = boxAt(track, ['trak', 'tkhd']);
  return { kind, entry, shape: track.subarray(end - SHAPE_BYTES, end) };
}

function readEntry(track: Buffer, { type, body, end }: Box): Buffer | undefined {
  const fields = ENTRY_FIELDS[type];
  if (fields === undefined || body + fields > end) return undefined;
  // QuickTime has longer fields for sound, which begin with a version.
  if (type === 'mp4a' && track.readUInt16BE(body + 8) !== 0) return undefined;
  const inside = boxesIn(track, body + fields, end).filter(({ type }) => KEPT_INSIDE.has(type));
  if (!inside.some(({ type }) => /^(?:...C|esds)$/.test(type))) return undefined;
  const kept = inside.map(({ start, end: inEnd }) => track.subarray(start, inEnd));
  return makeBox(type, track.subarray(body, body + fields), ...kept);
}

/** The bytes of a box inside a sample entry; undefined where it has none. */
export function settingsIn({ entry }: TrackDescription, type: string): Buffer | undefined {
  const fields = ENTRY_FIELDS[entry.toString('latin1', 4, 8)] ?? 0;
  const box = boxesIn(entry, 8 + fields).find((inside) => inside.type === type);
  return box && entry.subarray(box.body, box.end);
}

/** The same track with a sample entry of another type. */
export function retagged(description: TrackDescription, tag: string | undefined): TrackDescription {
  if (tag === undefined) return description;
  const entry = Buffer.from(description.entry);
  entry.write(tag, 4, 'latin1');
  return { ...description, entry };
}
