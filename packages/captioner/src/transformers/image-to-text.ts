import { framesSha256, type Caption, type Producer } from '@internvid/core';
import type { Captioner, CaptionRequest, CaptionResult } from '../captioner.js';
import type { JudgedBy } from '../chat/answer-checks.js';
import { captioningEach } from './caption-each.js';
import { checkedAnswer } from './checked-answer.js';
import { answersForFrames } from './distinct-frames.js';
import { modelProcess, type ModelProcess } from './model-process.js';
import { modelIdentity, placeModel, type TransformersModel } from './model-source.js';

/** Which image captioning model, and how long it may speak. */
export type ImageToTextCaptionerOptions = TransformersModel & {
  /** Tokens of a caption at most. Default 48. */
  readonly maxNewTokens?: number;
  /** Language that the model writes, a BCP 47 tag. Default `en`. */
  readonly language?: string;
};

/** Raised when the captions change for the same frames. */
const VERSION = '2';
/** "A cat" is a caption to some models. */
const MIN_WORDS = 2;

/**
 * Captions frames by an image-to-text model of transformers.js (BLIP, GIT, ViT-GPT2, …), in a process of its own. Scales: `frame` for each
 * frame, and `coarse`, which is that of the middle frame. A frame that looks like the one before it has the same caption. An answer
 * that fails a check is asked for again in two other ways; a clip of which a frame has none then fails. Warns `retried-<fault>`.
 *
 * @throws ToolkitError `missing-dependency` where transformers.js is not installed, `not-found`, `model-failed`.
 */
export async function imageToTextCaptioner(
  options: ImageToTextCaptionerOptions,
): Promise<Captioner> {
  const { maxNewTokens = 48, language = 'en' } = options;
  const place = await placeModel(options);
  const model = await modelProcess({ kind: 'image-to-text', place });
  const producer: Producer = {
    name: 'image-to-text',
    version: VERSION,
    config: { ...(await modelIdentity(place)), maxNewTokens, language },
  };
  const writer = { model, maxNewTokens, language, producer };
  return {
    producer,
    maxBatch: 4,
    ...captioningEach((request, signal) => captionFrames(request, writer, signal)),
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

type Writer = {
  readonly model: ModelProcess<'image-to-text'>;
  readonly maxNewTokens: number;
  readonly language: string;
  readonly producer: Producer;
};

async function captionFrames(
  request: CaptionRequest,
  { model, maxNewTokens, language, producer }: Writer,
  signal: AbortSignal,
): Promise<CaptionResult> {
  const { clip, frames } = request;
  if (frames.length === 0) throw new RangeError(`The clip ${clip.id} has no frames to caption.`);
  const question: JudgedBy = {
    prompt: { name: 'none', version: 1, system: '', ask: '' },
    values: {},
    material: { texts: {}, measured: {} },
    rules: { language, minWords: MIN_WORDS, maxWords: maxNewTokens },
  };
  const warnings: string[] = [];
  const texts = await answersForFrames(
    request,
    async ({ picture, timeMs }) => {
      const { text, rejected } = await checkedAnswer(
        question,
        (attempt) => model.ask({ picture, maxNewTokens, attempt }, signal),
        `the frame of ${clip.id} at ${timeMs} ms`,
      );
      warnings.push(...rejected.map((fault) => `retried-${fault}`));
      return text;
    },
    signal,
  );
  const middle = Math.floor((frames.length - 1) / 2);
  const caption = (at: number, scale: 'frame' | 'coarse'): readonly Caption[] => {
    const [frame, text] = [frames[at], texts[at]];
    if (frame === undefined || text === undefined) return [];
    const bound = framesSha256([frame.sha256]);
    const time = scale === 'frame' ? { timeMs: frame.timeMs } : {};
    return [{ clip: clip.id, scale, ...time, text, language, framesSha256: bound, by: producer }];
  };
  const captions = [
    ...frames.flatMap((_, at) => caption(at, 'frame')),
    ...caption(middle, 'coarse'),
  ];
  return { captions, detections: [], warnings };
}
