import { ToolkitError } from '../errors.js';
import { checkRequest } from '../media/check-request.js';
import type {
  Frame,
  FrameOutput,
  FrameReader,
  FrameRequest,
  Picture,
} from '../media/frame-reader.js';
import type { MediaInfo, VideoTrack } from '../media-info.js';
import { contains } from '../span.js';

/** A colour: red, green, blue, 0 to 255. */
export type DrawnColour = readonly [number, number, number];

/** A video that exists only as a way to draw its frames. */
export type DrawnVideo = {
  /** Size as shown. */
  readonly width: number;
  readonly height: number;
  /** Presentation times in whole milliseconds, ascending. At least one. */
  readonly timesMs: readonly number[];
  readonly endMs: number;
  /** Numbers of the key frames. Default: the first frame alone. */
  readonly keyFrames?: readonly number[];
  /** The colour of a point of a frame; `x` and `y` as shares of the picture, 0 to 1, taken at the centre of each pixel. */
  readonly colourAt: (frame: number, x: number, y: number) => DrawnColour;
  /** Properties that differ from a plain progressive video without sound. */
  readonly info?: Partial<Omit<MediaInfo, 'video'>>;
  readonly video?: Partial<VideoTrack>;
};

/** A reader of videos that are drawn on demand, by uri. Any other uri is `not-found`. */
export function fakeFrames(videos: Readonly<Record<string, DrawnVideo>>): FrameReader {
  const find = (uri: string, signal: AbortSignal | undefined): DrawnVideo => {
    signal?.throwIfAborted();
    const video = videos[uri];
    if (video === undefined) throw new ToolkitError('not-found', `There is no drawn video ${uri}.`);
    return video;
  };
  return {
    producer: { name: 'fake-frames', version: '1', config: {} },
    probe: async (uri, signal) => describeVideo(find(uri, signal)),
    timeline: async (uri, signal) => {
      const { timesMs, keyFrames = [0], endMs } = find(uri, signal);
      return { timesMs: Float64Array.from(timesMs), keyFrames: Uint32Array.from(keyFrames), endMs };
    },
    frames: (uri, request, signal) => {
      checkRequest(request);
      return drawFrames(() => find(uri, signal), request);
    },
  };
}

async function* drawFrames(find: () => DrawnVideo, request: FrameRequest): AsyncGenerator<Frame> {
  let index = 0;
  for (const number of chosenFrames(find(), request)) {
    const video = find();
    const pictures = request.outputs.map((output) => drawPicture(video, number, output));
    yield { index, timeMs: video.timesMs[number] ?? 0, pictures };
    index += 1;
  }
}

function chosenFrames({ timesMs }: DrawnVideo, { select, span }: FrameRequest): readonly number[] {
  const all = [...timesMs.keys()];
  const time = (frame: number): number => timesMs[frame] ?? 0;
  const isInside = (frame: number): boolean => span === undefined || contains(span, time(frame));
  if (select.kind === 'all') return all.filter(isInside);
  if (select.kind === 'rate') {
    const slot = (frame: number): number => Math.floor((time(frame) * select.fps) / 1000);
    return all.filter((frame) => frame === 0 || slot(frame) > slot(frame - 1)).filter(isInside);
  }
  const onScreen = select.timesMs.map(
    (timeMs) => all.findLast((frame) => time(frame) <= timeMs) ?? -1,
  );
  return [...new Set(onScreen)].filter((frame) => frame >= 0 && isInside(frame));
}

function drawPicture(
  video: DrawnVideo,
  frame: number,
  { width, height, format }: FrameOutput,
): Picture {
  const channels = format === 'rgb24' ? 3 : 1;
  const data = new Uint8Array(width * height * channels);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const x = ((pixel % width) + 0.5) / width;
    const y = (Math.floor(pixel / width) + 0.5) / height;
    const colour = video.colourAt(frame, x, y);
    data.set(channels === 3 ? colour : [brightness(colour)], pixel * channels);
  }
  return { width, height, format, data };
}

/** ITU-R BT.601 luma, as ffmpeg's conversion to grey. */
function brightness([red, green, blue]: DrawnColour): number {
  return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
}

function describeVideo({
  width,
  height,
  timesMs,
  endMs,
  keyFrames,
  info,
  video,
}: DrawnVideo): MediaInfo {
  const firstFrameMs = timesMs[0] ?? 0;
  const track: VideoTrack = {
    stream: 0,
    codec: 'drawn',
    pixelFormat: 'rgb24',
    bitDepth: 8,
    width,
    height,
    displayWidth: width,
    displayHeight: height,
    rotation: 0,
    sampleAspectRatio: { num: 1, den: 1 },
    frameRate: { num: timesMs.length * 1000, den: endMs - firstFrameMs },
    isVariableFrameRate: false,
    frames: timesMs.length,
    firstFrameMs,
    keyFrames: keyFrames?.length ?? 1,
    colorTransfer: 'bt709',
    colorPrimaries: 'bt709',
    colorSpace: 'bt709',
    isHdr: false,
    isInterlaced: false,
    hasAlpha: false,
    ...video,
  };
  const container = { container: 'drawn', bytes: 0, durationMs: endMs, startMs: 0 };
  const others = { otherVideoTracks: 0, audio: [], subtitles: [], warnings: [] };
  return { ...container, ...others, ...info, video: track };
}
