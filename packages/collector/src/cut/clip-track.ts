import type { ParameterSets } from './nal-units.js';
import type { TrackDescription } from './mp4-track.js';

/** A packet that goes into a clip: where its bytes lie, and what is done to them. */
export type Sample = {
  readonly path: string;
  readonly offset: number;
  readonly size: number;
  readonly isKey: boolean;
  /** Put into it. */
  readonly sets?: ParameterSets;
  /** Whether it is an HEVC key frame of which followers were left out. */
  readonly isSplice?: boolean;
};

/** A track of a clip. Times count from its first sample's decoding, in ticks. */
export type ClipTrack = {
  readonly description: TrackDescription;
  /** In the order of decoding. */
  readonly samples: readonly Sample[];
  /** Ticks per second. */
  readonly timescale: number;
  /** From each sample's decoding to the next one's. */
  readonly durations: readonly number[];
  /** From each sample's decoding to its presentation; empty where there is no such delay. */
  readonly delays: readonly number[];
  /** What is presented of it. */
  readonly shown: { readonly start: number; readonly length: number };
};

/** Packets with the ticks at which they are shown. */
export type Piece = { readonly samples: readonly Sample[]; readonly ticks: readonly number[] };

/** What a track of pictures is made of. */
export type PictureTrackOptions = {
  /** In order of time. */
  readonly pieces: readonly Piece[];
  readonly description: TrackDescription;
  readonly timescale: number;
  /** Ends the last frame. */
  readonly endTick: number;
};

/**
 * Joins pieces into one track: what a muxer would do, without one that guesses. ffmpeg's `concat` moves the times of pieces whose
 * frames are reordered differently. Decoding times are the presentation times in order; presentation is later by the smallest delay
 * with which no frame is shown before it is decoded.
 *
 * @returns undefined where a piece does not hold as many samples as it has ticks.
 */
export function pictureTrack(options: PictureTrackOptions): ClipTrack | undefined {
  const { pieces, description, timescale, endTick } = options;
  if (pieces.some(({ samples, ticks }) => samples.length !== ticks.length)) return undefined;
  const ticks = pieces.flatMap((piece) => piece.ticks);
  const inOrder = Float64Array.from(ticks).sort();
  const decoded = (at: number): number => inOrder[at] ?? endTick;
  const delay = ticks.reduce((most, tick, at) => Math.max(most, decoded(at) - tick), 0);
  return {
    description,
    samples: pieces.flatMap(({ samples }) => samples),
    timescale,
    durations: ticks.map((_, at) => decoded(at + 1) - decoded(at)),
    delays: delay === 0 ? [] : ticks.map((tick, at) => tick - decoded(at) + delay),
    shown: { start: delay, length: endTick - decoded(0) },
  };
}
