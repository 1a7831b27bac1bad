import { runLines } from './child-process.js';
import type { FoundProgram } from './find-ffmpeg.js';
import { inputArguments } from './input-arguments.js';
import type { LocalFile } from './local-file.js';
import type { PacketScan } from './packet-scan.js';
import type { StreamHeader } from './probe-header.js';
import { seekTarget } from './seek.js';
import type { Clock } from './ticks.js';

/** What is needed to decode key frames of a track. */
export type LateKeyFrames = {
  readonly file: LocalFile;
  readonly track: StreamHeader;
  readonly packets: PacketScan;
  readonly clock: Clock;
  readonly program: FoundProgram;
  readonly stallMs: number;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Whether the last key frame of a track has another size than the first. It decodes one or two pictures: a size that
 * changes and changes back in between is not seen. Where no presentation times are stored nothing is decoded: the
 * containers concerned (AVI) have one size for all.
 */
export async function changesSize(late: LateKeyFrames): Promise<boolean> {
  const { track, packets } = late;
  const last = packets.keyFrames.at(-1) ?? 0;
  if (last === 0 || !packets.hasPresentationTimes) return false;
  const size = await decodedSize(late, last);
  if (size === undefined || size === `${track.width}x${track.height}`) return false;
  // Decoders crop some old codecs otherwise than the header says, throughout.
  return size !== (await decodedSize(late, packets.keyFrames[0] ?? 0));
}

/** The size that a frame has out of the decoder, as ffmpeg's `framecrc` writer states it. */
async function decodedSize(late: LateKeyFrames, frame: number): Promise<string | undefined> {
  const { track, packets, clock, program } = late;
  const tick = packets.ticks[frame] ?? 0;
  const seek = seekTarget(packets, clock, frame);
  let size: string | undefined;
  await runLines({
    path: program.path,
    signal: late.signal,
    stallMs: late.stallMs,
    args: [
      ...['-v', 'error', '-nostdin', '-nostats', '-hide_banner', '-copyts'],
      ...(frame === 0 ? [] : ['-noaccurate_seek', '-ss', (seek / 1e6).toFixed(6)]),
      ...['-noautorotate', '-threads', '1', ...inputArguments(late.file.path)],
      ...['-map', `0:${track.index}`, '-vf', `trim=start_pts=${tick}:end_pts=${tick + 1}`],
      ...['-c:v', 'wrapped_avframe', '-f', 'framecrc', 'pipe:1'],
    ],
    onLine: (line) => {
      size ??= /^#dimensions 0: (\d+x\d+)/.exec(line)?.[1];
    },
  });
  return size;
}
