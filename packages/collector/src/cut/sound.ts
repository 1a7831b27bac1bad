import { join } from 'node:path';

import type { ClipTrack } from './clip-track.js';
import { secondsFromStart, type CopiedSound, type CutSource } from './cut-source.js';
import type { Stretch } from './stretch.js';
import { readPiece } from './read-piece.js';
import type { Recipe } from './recipe.js';
import { SAME_BYTES } from './run-job.js';

/** Samples of sound in a packet of AAC. */
const PACKET_SAMPLES = 1024;

/** How the sound of a clip is made. */
export type SoundOptions = {
  /** A folder of its own. */
  readonly folder: string;
  /** Whether packets may be taken as they are. */
  readonly copy: boolean;
};

/**
 * Cuts the first sound track to the sample, from the first frame's time to the last frame's end. Packets of AAC in MP4 are taken as they
 * are, where they lie without a gap: an edit list leaves out what comes before the first sample, and one packet more, which decoding the
 * first one needs. All other sound is encoded as AAC; where it begins late it is preceded by silence, and gaps are filled with it.
 */
export function cutSound(
  source: CutSource,
  stretch: Stretch,
  { folder, copy }: SoundOptions,
): Recipe {
  if (source.info.audio.length === 0) return WITHOUT_SOUND;
  const copied = copy && source.sound && copySound(source, source.sound, stretch);
  if (copied === 'none') return WITHOUT_SOUND;
  if (typeof copied !== 'object') return encodeSound(source, stretch, join(folder, 'sound.mp4'));
  return { parts: [], finish: () => Promise.resolve(copied) };
}

const WITHOUT_SOUND: Recipe = { parts: [], finish: () => Promise.resolve(undefined) };

/** Undefined where the packets do not cover the stretch one after another, `none` where they end before it. */
function copySound(
  { path, timeBase }: CutSource,
  { description, timescale, packets }: CopiedSound,
  stretch: Stretch,
): ClipTrack | 'none' | undefined {
  const [start, end] = [stretch.start, stretch.end].map((tick) =>
    Math.round((tick * timeBase.num * timescale) / timeBase.den),
  ) as [number, number];
  const first = packets.findLastIndex(({ pts }) => pts <= start);
  const last = packets.findLastIndex(({ pts }) => pts < end);
  if (first < 0) return undefined;
  const follows = (at: number): boolean =>
    packets[at]?.pts === (packets[at - 1]?.pts ?? NaN) + PACKET_SAMPLES;
  if (first === packets.length - 1 && (packets[first]?.pts ?? 0) + PACKET_SAMPLES <= start) {
    return 'none';
  }
  const from = follows(first) ? first - 1 : first;
  const taken = packets.slice(from, last + 1);
  if (!taken.every((_, at) => at === 0 || follows(from + at))) return undefined;
  const begin = taken[0]?.pts ?? 0;
  const covered = Math.min(end, begin + taken.length * PACKET_SAMPLES);
  if (covered < end && last < packets.length - 1) return undefined;
  const samples = taken.map(({ offset, size }) => ({ path, offset, size, isKey: true }));
  return {
    description,
    samples,
    timescale,
    durations: taken.map(({ pts }) => Math.min(PACKET_SAMPLES, covered - pts)),
    delays: [],
    shown: { start: start - begin, length: covered - start },
  };
}

/** Decoders of sound need some packets before they are right, and seeks go to a packet of the pictures: in seconds. */
const RUN_UP = 1;

/** Per channel, for the faster of the two coders that ffmpeg has. */
const BITS_PER_SECOND = 96_000;

function encodeSound(source: CutSource, stretch: Stretch, to: string): Recipe {
  const [track] = source.info.audio;
  if (track === undefined) return WITHOUT_SOUND;
  const { num, den } = source.timeBase;
  const seconds = (tick: number): string => ((tick * num) / den).toFixed(6);
  const from = secondsFromStart(source, stretch.start) - RUN_UP;
  const isSought = source.hasIndex && from > 0;
  const filters = [
    `atrim=start=${seconds(stretch.start)}:end=${seconds(stretch.end)}`,
    `asetpts=PTS-(${seconds(stretch.start)})/TB`,
    'aresample=async=1:first_pts=0',
  ];
  const rate = String(BITS_PER_SECOND * Math.max(1, track.channels));
  const part = {
    input: {
      path: source.path,
      options: isSought ? ['-noaccurate_seek', '-ss', from.toFixed(6)] : [],
    },
    options: (input: number): readonly string[] => [
      ...['-copyts', '-map', `${input}:${track.stream}`, '-vn', '-af', filters.join(',')],
      ...['-c:a', 'aac', '-aac_coder', 'fast', '-b:a', rate, ...SAME_BYTES],
    ],
    to,
  };
  return { parts: [part], finish: () => readSound(to, stretch, source) };
}

async function readSound(
  path: string,
  { start, end }: Stretch,
  { timeBase: { num, den } }: CutSource,
): Promise<ClipTrack | undefined> {
  const piece = await readPiece(path);
  if (piece === undefined) return undefined;
  const { description, samples, timescale, durations, skipped } = piece;
  const held = durations.reduce((sum, duration) => sum + duration, 0) - skipped;
  const length = Math.min(held, Math.round(((end - start) * num * timescale) / den));
  return {
    description,
    samples,
    timescale,
    durations,
    delays: [],
    shown: { start: skipped, length },
  };
}
