import { ToolkitError } from '../errors.js';
import { frameId } from '../ids.js';
import type { Clip, SampledFrame } from '../records.js';
import { contains, duration, type Span } from '../span.js';
import type { Stage, StageContext } from '../stage.js';
import { fitWithin } from './fit.js';
import type { FrameReader } from './frame-reader.js';
import { encodeJpeg } from './jpeg.js';
import { centreTimes } from './sampling.js';

/** A sampled frame with its encoded picture, on its way into the store. */
export type FrameToPack = Omit<SampledFrame, 'picture'> & { readonly jpeg: Uint8Array };

/** Which frames are kept, and how large. */
export type SampleFramesOptions = {
  readonly frames: FrameReader;
  /** Frames for each second of a clip; see `centreTimes`. Default 1. */
  readonly perSecond?: number;
  /** Longest side of the kept pictures in pixels; smaller videos are not enlarged. Default 960. */
  readonly longestSide?: number;
};

/**
 * Decodes each video once and hands on the sampled frames of its clips: an odd number for each clip, so that the middle one is
 * among them.
 *
 * Clips of one video must come together and in order of time. A clip that gives no frame is failed with `decode-failed`; one
 * that gives fewer than were asked for is kept with the warning `frames-missing`.
 */
export function sampleFrames(options: SampleFramesOptions): Stage<Clip, FrameToPack> {
  const { frames, perSecond = 1, longestSide = 960 } = options;
  const config = { perSecond, longestSide, decoder: frames.producer };
  return {
    name: 'sample-frames',
    version: 1,
    config,
    async *process(clips, context) {
      for await (const ofVideo of byVideo(clips))
        yield* sampleVideo(ofVideo, frames, config, context);
    },
  };
}

type Settings = { readonly perSecond: number; readonly longestSide: number };

async function* sampleVideo(
  clips: readonly Clip[],
  reader: FrameReader,
  settings: Settings,
  context: StageContext,
): AsyncGenerator<FrameToPack> {
  const open = clips.map((clip) => ({ clip, given: 0 }));
  let failure: unknown;
  const settleUntil = (timeMs: number): void => {
    for (
      let first = open[0];
      first !== undefined && first.clip.span.endMs <= timeMs;
      first = open[0]
    ) {
      open.shift();
      settle(first.clip, first.given, settings, failure, context);
    }
  };
  try {
    for await (const frame of decode(clips, reader, settings, context)) {
      settleUntil(frame.timeMs);
      for (const entry of open) {
        const { id, span } = entry.clip;
        if (span.startMs > frame.timeMs) break;
        if (!contains(span, frame.timeMs)) continue;
        entry.given += 1;
        context.progress(entry.clip, (frame.timeMs - span.startMs) / duration(span));
        yield { ...frame, id: frameId(id, frame.timeMs), clip: id };
      }
    }
  } catch (error) {
    if (context.signal.aborted) throw error;
    failure = error;
  }
  settleUntil(Infinity);
}

function settle(
  clip: Clip,
  given: number,
  settings: Settings,
  failure: unknown,
  context: StageContext,
): void {
  if (given === 0) {
    const message = `No frame of ${clip.id} could be decoded from ${clip.video.uri}.`;
    context.fail(clip, failure ?? new ToolkitError('decode-failed', message));
    return;
  }
  if (given < centreTimes(clip.span, settings.perSecond).length)
    context.warn(clip, 'frames-missing');
  context.keep(clip);
}

async function* decode(
  clips: readonly Clip[],
  reader: FrameReader,
  settings: Settings,
  { signal }: StageContext,
): AsyncGenerator<Omit<FrameToPack, 'id' | 'clip'>> {
  const video = clips[0]?.video;
  if (video === undefined) return;
  const info = video.info ?? (await reader.probe(video.uri, signal));
  const { displayWidth: width, displayHeight: height } = info.video;
  const size = fitWithin({ width, height }, settings.longestSide);
  const request = {
    select: { kind: 'times', timesMs: timesOf(clips, settings.perSecond) },
    outputs: [{ ...size, format: 'rgb24', scaler: 'area' }],
  } as const;
  for await (const { timeMs, pictures } of reader.frames(video.uri, request, signal)) {
    const picture = pictures[0];
    if (picture !== undefined) yield { timeMs, ...size, jpeg: await encodeJpeg(picture) };
  }
}

/** All times wanted of a video, ascending, each once. */
function timesOf(clips: readonly { readonly span: Span }[], perSecond: number): number[] {
  const times = new Set(clips.flatMap(({ span }) => centreTimes(span, perSecond)));
  return [...times].sort((a, b) => a - b);
}

async function* byVideo(clips: AsyncIterable<Clip>): AsyncGenerator<readonly Clip[]> {
  let together: Clip[] = [];
  for await (const clip of clips) {
    if (together[0] !== undefined && together[0].video.id !== clip.video.id) {
      yield together;
      together = [];
    }
    together.push(clip);
  }
  if (together.length > 0) yield together;
}
