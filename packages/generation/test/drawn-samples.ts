import {
  clipId,
  frameId,
  framesSha256,
  sha256,
  span,
  videoId,
  type Caption,
  type CaptionScale,
  type MediaInfo,
  type Producer,
  type SampledFrame,
  type Score,
  type Store,
  type Video,
} from '@internvid/core';
import sharp from 'sharp';

import type { Sample } from '../src/index.js';

const WRITER: Producer = { name: 'drawn-captions', version: '1', config: { words: 'ten | or so' } };
const JUDGE: Producer = { name: 'drawn-scores', version: '1', config: {} };
const CAPTIONS = [
  'A red square moves over a grey ground.',
  'Two blue circles, one "large" and one small, turn around each other while the camera stays where it is.',
  'Un café s’ouvre: ☕ and a 🎸 beside it, told in two languages\nand on two lines.',
];

/**
 * Clips that are known by construction, with real JPEGs packed one behind the other in the store: three clips to a video, three
 * frames to a clip, captions at all scales. Every second clip has an aesthetic score, every third video a licence.
 */
export async function drawnSamples(store: Store, count: number): Promise<readonly Sample[]> {
  const pictures = await Promise.all(
    Array.from({ length: count * 3 }, (_, index) => drawnPicture(index)),
  );
  const key = 'assets/frames/drawn.bin';
  await store.write(key, Buffer.concat(pictures));
  let offset = 0;
  return Array.from({ length: count }, (_, index) => {
    const video = drawnVideo(Math.floor(index / 3));
    const startMs = (index % 3) * 4000;
    const clip = {
      id: clipId(video.id, span(startMs, startMs + 2500 + index)),
      video,
      span: span(startMs, startMs + 2500 + index),
      facts: index % 2 === 0 ? {} : { motion: index / 10, hasFaces: true },
    };
    const frames = [0, 1, 2].map((place): SampledFrame => {
      const bytes = pictures[index * 3 + place] ?? Buffer.alloc(0);
      const timeMs = startMs + 500 + place * 700;
      const picture = {
        key,
        offset,
        bytes: bytes.length,
        sha256: sha256(bytes),
        mediaType: 'image/jpeg',
      };
      offset += bytes.length;
      return {
        id: frameId(clip.id, timeMs),
        clip: clip.id,
        timeMs,
        width: 64,
        height: 48,
        picture,
      };
    });
    const proof = framesSha256(frames.map((frame) => frame.picture.sha256));
    const caption = (scale: CaptionScale, text: string, timeMs?: number): Caption => ({
      clip: clip.id,
      scale,
      text,
      language: 'en',
      framesSha256: proof,
      by: WRITER,
      ...(timeMs === undefined ? {} : { timeMs }),
    });
    const captions = [
      ...frames.map((frame, place) =>
        caption('frame', `Frame ${place} of clip ${index}.`, frame.timeMs),
      ),
      caption('fine', `${CAPTIONS[index % CAPTIONS.length] ?? ''} (${index})`),
      ...(index === 7 ? [] : [caption('coarse', `A drawing, number ${index}.`)]),
    ];
    const scores: Score[] =
      index % 2 === 0
        ? [{ clip: clip.id, name: 'aesthetic', value: 4 + index / 8, by: JUDGE }]
        : [];
    return { clip, captions, frames, scores };
  });
}

/** The samples as exports take them. */
export async function* streamed(samples: readonly Sample[]): AsyncGenerator<Sample> {
  yield* samples;
}

function drawnVideo(number: number): Video {
  return {
    id: videoId(`Drawn film "${number}" 🎬`, sha256(`film ${number}`)),
    uri:
      number === 1
        ? 'https://www.youtube.com/watch?v=0TDAwrav8Dc'
        : `/films/drawn "${number}" 🎬.mp4`,
    info: drawnInfo(),
    ...(number % 3 === 0 ? { license: 'CC-BY-4.0' } : {}),
    metadata: number === 0 ? {} : { title: `Film ${number}`, tags: ['drawn', number] },
  };
}

function drawnInfo(): MediaInfo {
  return {
    container: 'mov,mp4,m4a,3gp,3g2,mj2',
    bytes: 100_000,
    durationMs: 15_000,
    startMs: 0,
    video: {
      stream: 0,
      codec: 'h264',
      pixelFormat: 'yuv420p',
      bitDepth: 8,
      width: 640,
      height: 480,
      displayWidth: 640,
      displayHeight: 480,
      rotation: 0,
      sampleAspectRatio: { num: 1, den: 1 },
      frameRate: { num: 25, den: 1 },
      isVariableFrameRate: false,
      frames: 375,
      firstFrameMs: 0,
      keyFrames: 10,
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
  };
}

/** A square whose place and colour tell its number. */
async function drawnPicture(number: number): Promise<Buffer> {
  const square = await sharp({
    create: {
      width: 12,
      height: 12,
      channels: 3,
      background: { r: (number * 37) % 256, g: (number * 91) % 256, b: 200 },
    },
  })
    .png()
    .toBuffer();
  return sharp({ create: { width: 64, height: 48, channels: 3, background: '#888888' } })
    .composite([{ input: square, left: (number * 5) % 52, top: (number * 3) % 36 }])
    .jpeg({ quality: 90 })
    .toBuffer();
}
