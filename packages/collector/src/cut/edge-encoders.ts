import type { Fraction } from '@internvid/core';
import type { FoundProgram } from '@internvid/core/media';
import ffmpeg from 'fluent-ffmpeg';

import type { CutSource } from './cut-source.js';

/** How the edges of a clip are encoded so that its decoder goes through them and the copied middle alike. */
export type EdgeEncoder = {
  readonly encoder: string;
  readonly options: readonly string[];
  /** Sample entry of MP4 that allows parameter sets among the samples, where the codec has such sets. */
  readonly tag?: string;
  /** Seconds per frame, where the codec knows a few frame rates only: its edges are then timed by their number. */
  readonly frameSeconds?: Fraction;
  /** Bitstream filter that puts the parameter sets of copied packets among them. */
  readonly inBand?: string;
};

/** Profiles of H.264 as ffprobe names them, and as x264 does. A decoder that was opened for one must not meet a higher one. */
const H264_PROFILES: Readonly<Record<string, string>> = {
  'Constrained Baseline': 'baseline',
  Baseline: 'baseline',
  Main: 'main',
  High: 'high',
  'High 10': 'high10',
  'High 4:2:2': 'high422',
};

/**
 * Encoders that fit a codec, best first; empty for a codec whose packets are not joined with others. All go without reordering,
 * so that an edge ends where it ends, and fast: edges are short, so that quality is bought with bits instead of time.
 */
export function edgeEncoders({ info, profile, level }: CutSource): readonly EdgeEncoder[] {
  const { codec } = info.video;
  switch (codec) {
    case 'h264': {
      const known = H264_PROFILES[profile];
      if (known === undefined) return [];
      const limits = ['-profile:v', known, ...(level > 0 ? ['-level', String(level / 10)] : [])];
      const options = ['-preset', 'ultrafast', '-crf', '17', '-bf', '0', ...limits];
      const repeat = ['-bsf:v', 'dump_extra=freq=keyframe'];
      return [
        {
          encoder: 'libx264',
          options: [...options, ...repeat],
          tag: 'avc3',
          inBand: 'h264_mp4toannexb',
        },
      ];
    }
    case 'hevc': {
      // Small blocks alone: a quarter less time, the same quality, some more bits.
      const blocks = 'ctu=16';
      const settings = `bframes=0:repeat-headers=1:${blocks}:pools=none:frame-threads=1:log-level=error`;
      const options = ['-preset', 'ultrafast', '-crf', '18', '-x265-params', settings];
      return [{ encoder: 'libx265', options, tag: 'hev1', inBand: 'hevc_mp4toannexb' }];
    }
    case 'vp9': {
      const quality = ['-crf', '20', '-b:v', '0', '-deadline', 'realtime', '-cpu-used', '8'];
      return [
        {
          encoder: 'libvpx-vp9',
          options: [...quality, '-lag-in-frames', '0', '-auto-alt-ref', '0', '-row-mt', '0'],
        },
      ];
    }
    case 'av1':
      return [
        {
          encoder: 'libsvtav1',
          options: ['-preset', '12', '-crf', '22', '-svtav1-params', 'lp=1:pred-struct=1'],
        },
        {
          encoder: 'libaom-av1',
          options: ['-cpu-used', '8', '-crf', '24', '-b:v', '0', '-lag-in-frames', '0'],
        },
      ];
    case 'mpeg2video':
      return [
        {
          encoder: 'mpeg2video',
          options: ['-q:v', '2', '-bf', '0', '-g', '15'],
          frameSeconds: frameSecondsOf(info.video.frameRate),
        },
      ];
    default:
      return [];
  }
}

/** Codecs whose packets MP4 holds as they are. */
export const COPIED_CODECS: ReadonlySet<string> = new Set([
  'h264',
  'hevc',
  'vp9',
  'av1',
  'mpeg2video',
]);

/** The frame rates of ISO/IEC 13818-2, table 6-4, as seconds per frame. */
const MPEG2_FRAMES: readonly Fraction[] = [
  ...[24, 30, 60].map((rate) => ({ num: 1001, den: rate * 1000 })),
  ...[24, 25, 30, 50, 60].map((den) => ({ num: 1, den })),
];

/** The length of a frame that comes nearest to a measured rate. */
function frameSecondsOf(rate: Fraction): Fraction {
  const error = ({ num, den }: Fraction): number => Math.abs(den / num - rate.num / rate.den);
  return MPEG2_FRAMES.reduce((best, next) => (error(next) < error(best) ? next : best));
}

const known = new WeakMap<FoundProgram, Promise<ReadonlySet<string>>>();

/** Names of the encoders that an ffmpeg has; asked for once. */
export function availableEncoders(program: FoundProgram): Promise<ReadonlySet<string>> {
  const asked = known.get(program) ?? askForEncoders(program);
  known.set(program, asked);
  asked.catch(() => known.delete(program));
  return asked;
}

function askForEncoders({ path }: FoundProgram): Promise<ReadonlySet<string>> {
  return new Promise((resolve, reject) => {
    ffmpeg()
      .setFfmpegPath(path)
      .getAvailableEncoders((error: Error | null, encoders) => {
        if (error) reject(error);
        else resolve(new Set(Object.keys(encoders)));
      });
  });
}
