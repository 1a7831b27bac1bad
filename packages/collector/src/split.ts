import {
  duration,
  mapStage,
  span,
  ToolkitError,
  type Boundary,
  type Producer,
  type Shot,
  type Span,
  type Stage,
  type VideoId,
} from '@internvid/core';
import type { FrameOutput, FrameReader } from '@internvid/core/media';
import { FACTS_VERSION, measurements, type Measurements } from './facts/measurements.js';
import type { ProbedVideo } from './probe.js';
import { roundHalfEven } from './round-half-even.js';
import type { ShotDetector } from './shots/detector.js';

/** A video in shots, with everything that was measured while it was read. */
export type SplitVideo = {
  /** The video's id. */
  readonly id: VideoId;
  readonly video: ProbedVideo;
  /** Without gaps, from the first decoded frame to the end of the last. */
  readonly shots: readonly Shot[];
  readonly measurements: Measurements;
};

/** What splitting needs. */
export type SplitIntoShotsOptions = {
  readonly frames: FrameReader;
  readonly detector: ShotDetector;
  /** Videos at once. Default 1. */
  readonly concurrency?: number;
};

/** Longest side, in pixels, at which videos are analysed: PySceneDetect's default. */
const ANALYSED_SIDE = 256;

/**
 * Finds the shots of each video and measures it, in one decode of small frames. Warns `partly-decoded` where fewer frames came
 * out of the decoder than the file holds; the shots then end with the last frame that did.
 */
export function splitIntoShots(options: SplitIntoShotsOptions): Stage<ProbedVideo, SplitVideo> {
  const { frames, detector, concurrency = 1 } = options;
  return mapStage({
    name: 'split-into-shots',
    version: 1,
    config: {
      frames: frames.producer,
      detector: detector.producer,
      analysedSide: ANALYSED_SIDE,
      facts: FACTS_VERSION,
    },
    concurrency,
    async map(video: ProbedVideo, { signal, warn, progress }) {
      const detection = detector.start(signal);
      const measured = measurements();
      const expected = video.info.video.frames;
      const decoded = newDecoded();
      const wanted = detector.output === undefined ? [] : [detector.output];
      const outputs = [analysedSize(video), ...wanted];
      const request = { select: { kind: 'all' }, outputs } as const;
      for await (const { index, timeMs, pictures } of frames.frames(video.uri, request, signal)) {
        const [picture, judged = picture] = pictures;
        if (picture === undefined || judged === undefined)
          throw new TypeError('The frame reader gave a frame without its picture.');
        await detection.push({ index, timeMs, picture: judged });
        measured.push({ index, timeMs, picture });
        addFrame(decoded, timeMs);
        if (index % 100 === 99) progress(Math.min(1, index / expected));
      }
      if (decoded.frames < expected) warn('partly-decoded');
      const shots = shotsOf(video, await detection.finish(), decoded, detector.producer);
      return { id: video.id, video, shots, measurements: measured };
    },
  });
}

/** Size of the frames that detectors and facts see: as shown, the longer side at most 256 pixels; rounded half to even. */
export function analysedSize({ info }: Pick<ProbedVideo, 'info'>): FrameOutput {
  const { displayWidth, displayHeight } = info.video;
  const divisor = Math.max(1, Math.max(displayWidth, displayHeight) / ANALYSED_SIDE);
  return {
    width: Math.max(1, roundHalfEven(displayWidth / divisor)),
    height: Math.max(1, roundHalfEven(displayHeight / divisor)),
    format: 'rgb24',
    scaler: 'fast-bilinear',
  };
}

/** What came out of the decoder. */
type Decoded = { frames: number; firstMs: number; lastMs: number };

function newDecoded(): Decoded {
  return { frames: 0, firstMs: 0, lastMs: 0 };
}

function addFrame(decoded: Decoded, timeMs: number): void {
  if (decoded.frames === 0) decoded.firstMs = timeMs;
  decoded.lastMs = timeMs;
  decoded.frames++;
}

/** End of the last decoded frame: the video's end when all came out, else one mean frame later, and never after that end. */
function endMs({ info }: ProbedVideo, { frames, firstMs, lastMs }: Decoded): number {
  if (frames >= info.video.frames) return Math.max(info.durationMs, lastMs + 1);
  const meanMs = frames > 1 ? (lastMs - firstMs) / (frames - 1) : info.durationMs;
  return Math.max(lastMs + 1, Math.min(info.durationMs, Math.floor(lastMs + meanMs)));
}

/**
 * The shots between boundaries. A shot begins with the transition that leads into it, so that every frame belongs to one.
 *
 * @throws ToolkitError `decode-failed` when there was no frame at all.
 */
function shotsOf(
  video: ProbedVideo,
  found: readonly Boundary[],
  decoded: Decoded,
  by: Producer,
): readonly Shot[] {
  if (decoded.frames === 0) {
    throw new ToolkitError(
      'decode-failed',
      `No frame of ${video.uri} could be decoded. Check the file.`,
    );
  }
  const boundaries = fromTheStart(found, decoded.firstMs, by);
  return boundaries.map((boundary, index) => {
    const next = boundaries[index + 1];
    return {
      id: `${video.id}_shot${String(index).padStart(4, '0')}`,
      video: video.id,
      index,
      span: span(boundary.startMs, next?.startMs ?? endMs(video, decoded)),
      startFrame: boundary.startFrame,
      endFrame: next?.startFrame ?? decoded.frames,
      boundary,
    };
  });
}

/** A transition that the video begins in, such as a fade from black, is how its first shot begins. */
function fromTheStart(
  found: readonly Boundary[],
  firstMs: number,
  by: Producer,
): readonly Boundary[] {
  const later = found.filter(({ startMs }) => startMs > firstMs);
  const opening = found.find(({ startMs }) => startMs <= firstMs);
  return [opening ?? startOf(firstMs, by), ...later];
}

function startOf(timeMs: number, by: Producer): Boundary {
  return {
    kind: 'start',
    startFrame: 0,
    endFrame: 0,
    startMs: timeMs,
    endMs: timeMs,
    confidence: 1,
    by,
  };
}

/** A span in equal parts of at most `maxDurationMs`, whole milliseconds, the first ones up to one longer. */
export function equalParts(whole: Span, maxDurationMs: number): readonly Span[] {
  const count = Math.ceil(duration(whole) / maxDurationMs);
  const edge = (part: number): number =>
    whole.startMs + Math.ceil((duration(whole) * part) / count);
  return Array.from({ length: count }, (_, part) => span(edge(part), edge(part + 1)));
}
