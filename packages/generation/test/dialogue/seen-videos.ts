import {
  clipId,
  frameId,
  framesSha256,
  span,
  type Caption,
  type CaptionScale,
  type Detection,
  type JsonObject,
  type Producer,
  type SampledFrame,
  type Shot,
  type Video,
} from '@internvid/core';
import type { SeenSample, SeenVideo } from '../../src/dialogue/subject.js';

const BY: Producer = { name: 'drawn', version: '1', config: {} };

/** What is true of a clip that is made up for a test. */
export type MadeClip = {
  readonly startMs?: number;
  readonly durationMs?: number;
  readonly facts?: JsonObject;
  readonly captions?: Readonly<Partial<Record<CaptionScale, string>>>;
  /** Found in every one of the four frames: label, confidence, and left and width of its box. */
  readonly objects?: readonly (readonly [string, number, number?, number?])[];
  /** Read in every frame: words, confidence, and top of its box. */
  readonly texts?: readonly (readonly [string, number, number?])[];
  /** Found in the first frame alone. */
  readonly once?: readonly (readonly [Detection['kind'], string, number])[];
  readonly transcript?: string;
};

/** A camera that surely moves. */
export const moving = (camera: string): JsonObject => ({
  camera,
  changedAreaRatio: 0.9,
  flatRatio: 0.2,
});

/** A video of clips that are made up, one behind the other. */
export function madeVideo(
  name: string,
  clips: readonly MadeClip[],
  cutConfidence?: number,
): SeenVideo {
  const ends: number[] = [];
  for (const { durationMs = 4_000 } of clips) ends.push((ends.at(-1) ?? 0) + durationMs);
  const video = madeVideoRecord(name, ends.at(-1) ?? 0);
  const samples = clips.map((clip, at) => madeSample(video, clip, ends[at - 1] ?? 0));
  const shots = samples.map(({ clip }, index) =>
    madeShot(video.id, index, clip.span.startMs, clip.span.endMs, cutConfidence ?? 1),
  );
  return { video, clips: samples, ...(cutConfidence === undefined ? {} : { shots }) };
}

function madeSample(video: Video, made: MadeClip, startMs: number): SeenSample {
  const { durationMs = 4_000, facts = {}, captions = {}, objects = [], texts = [] } = made;
  const at = span(startMs, startMs + durationMs);
  const clip = { id: clipId(video.id, at), video, span: at, facts };
  const frames = [0, 1, 2, 3].map((place): SampledFrame => {
    const timeMs = startMs + Math.round((durationMs * (place + 0.5)) / 4);
    const picture = { key: 'x', bytes: 1, sha256: '0'.repeat(64), mediaType: 'image/jpeg' };
    return { id: frameId(clip.id, timeMs), clip: clip.id, timeMs, width: 64, height: 36, picture };
  });
  const found = frames.flatMap(({ timeMs }, place): readonly Detection[] => [
    ...objects.map(([label, confidence, left = 0.1, width = 0.2]) =>
      detection(clip.id, timeMs, 'object', label, confidence, [left, 0.3, width, 0.4]),
    ),
    ...texts.map(([label, confidence, top = 0.8]) =>
      detection(clip.id, timeMs, 'text', label, confidence, [0.2, top, 0.6, 0.1]),
    ),
    ...(place === 0 ? (made.once ?? []) : []).map(([kind, label, confidence]) =>
      detection(clip.id, timeMs, kind, label, confidence, [0.6, 0.3, 0.2, 0.2]),
    ),
  ]);
  const written = Object.entries(captions).map(([scale, text]): Caption => ({
    clip: clip.id,
    scale: scale as CaptionScale,
    text,
    language: 'en',
    framesSha256: framesSha256(['0'.repeat(64)]),
    by: BY,
  }));
  const said = made.transcript === undefined ? {} : { transcript: made.transcript };
  return { clip, frames, captions: written, detections: found, ...said };
}

function detection(
  clip: string,
  timeMs: number,
  kind: Detection['kind'],
  label: string,
  confidence: number,
  box: Detection['box'],
): Detection {
  return { clip, timeMs, kind, label, confidence, box, by: BY };
}

function madeShot(
  video: string,
  index: number,
  startMs: number,
  endMs: number,
  confidence: number,
): Shot {
  const [startFrame, endFrame] = [startMs / 40, endMs / 40];
  const kind = index === 0 ? 'start' : 'cut';
  const boundary = { kind, startFrame, endFrame: startFrame, startMs, endMs: startMs } as const;
  return {
    id: `${video}_shot${String(index).padStart(4, '0')}`,
    video,
    index,
    span: span(startMs, endMs),
    startFrame,
    endFrame,
    boundary: { ...boundary, confidence, by: BY },
  };
}

function madeVideoRecord(name: string, durationMs: number): Video {
  return {
    id: `${name}-0123456789ab`,
    uri: `/films/${name}.mp4`,
    metadata: {},
    info: {
      container: 'mp4',
      bytes: 1_000,
      durationMs,
      startMs: 0,
      video: {
        stream: 0,
        codec: 'h264',
        pixelFormat: 'yuv420p',
        bitDepth: 8,
        width: 640,
        height: 360,
        displayWidth: 640,
        displayHeight: 360,
        rotation: 0,
        sampleAspectRatio: { num: 1, den: 1 },
        frameRate: { num: 25, den: 1 },
        isVariableFrameRate: false,
        frames: durationMs / 40,
        firstFrameMs: 0,
        keyFrames: 1,
        colorTransfer: 'bt709',
        colorPrimaries: 'bt709',
        colorSpace: 'bt709',
        isHdr: false,
        isInterlaced: false,
        hasAlpha: false,
      },
      otherVideoTracks: 0,
      audio: [],
      subtitles: [],
      warnings: [],
    },
  };
}

/** Videos as generators take them. */
export async function* streamed<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

/** Everything that comes. */
export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}
