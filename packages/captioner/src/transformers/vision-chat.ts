import { framesSha256, ToolkitError, type Caption, type Producer } from '@internvid/core';
import type { Captioner, CaptionFrame, CaptionRequest, CaptionResult } from '../captioner.js';
import { asSentence } from '../chat/as-sentence.js';
import { readSampled, type ReadFrame } from './distinct-frames.js';
import type { ChatAnswer, ChatQuestion } from './model-messages.js';
import { modelProcess, type ModelProcess } from './model-process.js';
import { modelIdentity, placeModel, type TransformersModel } from './model-source.js';

/** Which chat model with eyes, and what it is asked. */
export type VisionChatCaptionerOptions = TransformersModel & {
  /** Pictures that it is shown at once; of a clip with more frames, so many of them, evenly spread. Default 8. */
  readonly maxPictures?: number;
  /** Tokens of a caption at most. Default 160. */
  readonly maxNewTokens?: number;
  /** What is asked after the pictures. Default: an English sentence that asks for what can be seen. */
  readonly question?: string;
  /** Language of the answer, a BCP 47 tag. Default `en`. */
  readonly language?: string;
};

/** Raised when the captions change for the same frames. */
const VERSION = '1';
const QUESTION =
  'These are frames of one film, in order of time. Describe in one or two sentences what happens in the film and where. Say only what can be seen.';

/**
 * Captions clips by a vision-language chat model in transformers.js (SmolVLM, Idefics3), in a process of its own. Scale `clip`: the frames
 * are given at once, each after its time. The caption is bound to all frames of the clip, also where the model saw some of them.
 *
 * @throws ToolkitError `missing-dependency` where transformers.js is not installed, `not-found`, `model-failed`; RangeError.
 */
export async function visionChatCaptioner(options: VisionChatCaptionerOptions): Promise<Captioner> {
  const { maxPictures = 8, maxNewTokens = 160, question = QUESTION, language = 'en' } = options;
  if (!Number.isInteger(maxPictures) || maxPictures < 1)
    throw new RangeError(
      `options.maxPictures must be a whole number of at least 1, got ${maxPictures}.`,
    );
  const place = await placeModel(options);
  const model = await modelProcess({ kind: 'vision-chat', place });
  const producer: Producer = {
    name: 'vision-chat',
    version: VERSION,
    config: { ...(await modelIdentity(place)), maxPictures, maxNewTokens, question, language },
  };
  const writer = { model, maxPictures, maxNewTokens, question, language, producer };
  return {
    producer,
    maxBatch: 2,
    async caption(requests, signal) {
      const results: CaptionResult[] = [];
      for (const request of requests) results.push(await captionClip(request, writer, signal));
      return results;
    },
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

type Writer = {
  readonly model: ModelProcess<'vision-chat'>;
  readonly maxPictures: number;
  readonly maxNewTokens: number;
  readonly question: string;
  readonly language: string;
  readonly producer: Producer;
};

async function captionClip(
  request: CaptionRequest,
  { model, maxPictures, maxNewTokens, question, language, producer }: Writer,
  signal: AbortSignal,
): Promise<CaptionResult> {
  const { clip, frames } = request;
  if (frames.length === 0) throw new RangeError(`The clip ${clip.id} has no frames to caption.`);
  const shown: ReadFrame[] = [];
  for (const frame of spread(frames, maxPictures))
    shown.push(await readSampled(request, frame, signal));
  const parts = partsOf(shown, clip.span.startMs, question);
  const answer = await model.ask({ parts, maxNewTokens }, signal);
  const caption: Caption = {
    clip: clip.id,
    scale: 'clip',
    text: sentencesOf(answer, clip.id, language),
    language,
    framesSha256: framesSha256(frames.map(({ sha256 }) => sha256)),
    by: producer,
  };
  return { captions: [caption], detections: [] };
}

/** The pictures, each after its time from the clip's start, then the question. */
function partsOf(
  shown: readonly ReadFrame[],
  startMs: number,
  question: string,
): ChatQuestion['parts'] {
  const pictures = shown.flatMap(({ timeMs, picture }) => [
    { kind: 'text' as const, text: `Frame at ${((timeMs - startMs) / 1000).toFixed(1)} s: ` },
    { kind: 'picture' as const, picture },
  ]);
  return [...pictures, { kind: 'text', text: question }];
}

/** So many at most, evenly spread, each the middle of its part. */
function spread(frames: readonly CaptionFrame[], most: number): readonly CaptionFrame[] {
  if (frames.length <= most) return frames;
  return Array.from(
    { length: most },
    (_, part) => frames[Math.floor(((part + 0.5) * frames.length) / most)],
  ).filter((frame) => frame !== undefined);
}

/** The answer in whole sentences: of one that was cut off, those that are complete. */
function sentencesOf({ text, isCutOff }: ChatAnswer, clip: string, language: string): string {
  const whole = isCutOff ? (/^.*[.!?。！？]/su.exec(text)?.[0] ?? '') : text;
  const sentence = asSentence(whole, language);
  if (sentence !== '') return sentence;
  const why = isCutOff ? 'did not come to the end of a sentence' : 'said nothing';
  throw new ToolkitError('model-failed', `The model ${why} about the clip ${clip}.`);
}
