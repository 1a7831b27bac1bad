import { ToolkitError } from '../errors.js';
import type { MediaInfo } from '../media-info.js';
import { checkRequest } from './check-request.js';
import type { DecodedTrack } from './decode-arguments.js';
import type { DecodedFrame } from './decode-pass.js';
import { findFfmpeg } from './find-ffmpeg.js';
import { requireFilter } from './find-filter.js';
import type { Frame, FrameOutput, FrameReader, FrameRequest, Timeline } from './frame-reader.js';
import { allFrames, framesAtTimes, framesInSpan, type Decoding } from './frames.js';
import type { PlannedTrack } from './frame-plan.js';
import { framesAtRate } from './rate.js';
import { changesSize } from './late-key-frames.js';
import { describeMedia } from './media-description.js';
import { mediaLibrary, type OpenedFile } from './media-library.js';
import { ticksToMs } from './ticks.js';
import { isHdr, isInterlaced, readRotation } from './video-track.js';

/** How the ffmpeg programs are found and run. */
export type FfmpegFrameReaderOptions = {
  /** Path of ffmpeg; see `findFfmpeg` for where it is looked for otherwise. */
  readonly ffmpeg?: string;
  /** Path of ffprobe, likewise. */
  readonly ffprobe?: string;
  /** Decoding threads of one process. Default 1: several videos at once use the processors better. */
  readonly threads?: number;
  /** How long a program may be silent while something is awaited, in milliseconds. Default 60,000. */
  readonly stallMs?: number;
};

/**
 * A reader over ffmpeg child processes; local files only.
 *
 * Pictures are turned upright and stretched to square pixels. Transparency is dropped. Interlaced pictures are
 * deinterlaced by yadif, one frame for each. HDR is tone-mapped, which needs an ffmpeg with zscale. A seek is checked by
 * the frame that comes out of it; one that misses is replaced by decoding from the beginning.
 *
 * @throws ToolkitError `missing-dependency` when a program is not found.
 */
export function ffmpegFrameReader(options: FfmpegFrameReaderOptions = {}): FrameReader {
  const { threads = 1, stallMs = 60_000 } = options;
  const ffmpeg = findFfmpeg('ffmpeg', options.ffmpeg);
  const ffprobe = findFfmpeg('ffprobe', options.ffprobe);
  const library = mediaLibrary({ path: ffprobe.path, stallMs });
  return {
    producer: {
      name: 'ffmpeg',
      version: ffmpeg.version,
      config: {
        foundIn: ffmpeg.foundIn,
        ffprobe: ffprobe.version,
        ffprobeFoundIn: ffprobe.foundIn,
      },
    },
    probe: async (uri, signal): Promise<MediaInfo> => {
      const opened = await library.open(uri, signal);
      const packets = await library.packets(opened, signal);
      const late = { ...opened, packets, program: ffmpeg, stallMs, signal };
      return describeMedia(opened, packets, await changesSize(late));
    },
    timeline: async (uri, signal): Promise<Timeline> => {
      const opened = await library.open(uri, signal);
      const { ticks, keyFrames, endTicks } = await library.packets(opened, signal);
      const toMs = (tick: number): number => ticksToMs(opened.clock, tick);
      return { timesMs: ticks.map(toMs), keyFrames, endMs: toMs(endTicks) };
    },
    frames: (uri, request, signal) => {
      checkRequest(request);
      return numberFrames(uri, request, signal);
    },
  };

  async function* numberFrames(
    uri: string,
    request: FrameRequest,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Frame> {
    const opened = await library.open(uri, signal);
    if (isHdr(opened.track)) {
      await requireFilter(ffmpeg, 'zscale', `${opened.file.path} is HDR and must be tone-mapped`, {
        stallMs,
        signal,
      });
    }
    const decoding: Decoding = {
      track: decodedTrack(opened),
      outputs: request.outputs,
      options: { program: ffmpeg, threads, stallMs, signal },
    };
    let index = 0;
    for await (const frame of selectFrames(opened, decoding, request)) {
      yield toFrame(frame, index, opened, request.outputs);
      index += 1;
    }
  }

  async function* selectFrames(
    opened: OpenedFile,
    decoding: Decoding,
    { select, span }: FrameRequest,
  ): AsyncGenerator<DecodedFrame> {
    const plan = (): Promise<PlannedTrack> => planned(opened, decoding.options.signal);
    if (select.kind === 'times') yield* framesAtTimes(decoding, await plan(), select.timesMs, span);
    else if (select.kind === 'rate') {
      yield* framesAtRate(
        decoding,
        select.fps,
        span === undefined ? undefined : { span, planned: await plan() },
      );
    } else if (span !== undefined) yield* framesInSpan(decoding, await plan(), span);
    else yield* allFrames(decoding);
  }

  async function planned(
    opened: OpenedFile,
    signal: AbortSignal | undefined,
  ): Promise<PlannedTrack> {
    const { clock, track, header } = opened;
    return {
      packets: await library.packets(opened, signal),
      clock,
      pixels: track.width * track.height,
      isInterlaced: isInterlaced(track),
      hasIndex: !WITHOUT_INDEX.has(header.format.format_name),
      maySeek: true,
    };
  }
}

/** Containers in which ffmpeg finds a time by reading here and there. */
const WITHOUT_INDEX = new Set(['mpegts', 'mpeg', 'mpegvideo', 'h264', 'hevc', 'm4v', 'ogg', 'flv']);

function decodedTrack({ file, track, clock }: OpenedFile): DecodedTrack {
  return {
    path: file.path,
    stream: track.index,
    clock,
    rotation: readRotation(track),
    isHdr: isHdr(track),
    isInterlaced: isInterlaced(track),
  };
}

function toFrame(
  { ticks, pictures }: DecodedFrame,
  index: number,
  { clock, file }: OpenedFile,
  outputs: readonly FrameOutput[],
): Frame {
  return {
    index,
    timeMs: ticksToMs(clock, ticks),
    pictures: outputs.map(({ width, height, format }, place) => {
      const data = pictures[place];
      if (data === undefined)
        throw new ToolkitError('internal', `A picture of ${file.path} is missing.`);
      return { width, height, format, data };
    }),
  };
}
