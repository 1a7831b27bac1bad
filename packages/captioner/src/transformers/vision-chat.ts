import { framesSha256, type Caption, type Producer } from '@internvid/core';
import type { Captioner, CaptionRequest, CaptionResult } from '../captioner.js';
import type { JudgedBy } from '../chat/answer-checks.js';
import { materialOf } from '../chat/material.js';
import { languageName } from '../chat/scale-questions.js';
import { thinnedTo } from '../chat/windows.js';
import { DATA_RULE } from '../prompts/rules.js';
import { captioningEach } from './caption-each.js';
import { checkedAnswer } from './checked-answer.js';
import { readSampled, type ReadFrame } from './distinct-frames.js';
import { modelProcess, type ModelProcess } from './model-process.js';
import { modelIdentity, placeModel, type TransformersModel } from './model-source.js';
import { visionChatParts } from './vision-chat-parts.js';

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
const VERSION = '2';
const MIN_WORDS = 3;
const QUESTION =
  'These are frames of one film, in order of time. Describe in one or two sentences what happens in the film and where. Say only what can be seen.';

/**
 * Captions clips by a vision-language chat model in transformers.js (SmolVLM, Idefics3), in a process of its own. Scale `clip`: the frames
 * are given at once, each after its time, and behind them, marked as data, what is known of the clip besides. The caption is bound to all
 * frames of the clip, also where the model saw some of them. An answer that fails a check is asked for again in two other ways; then the
 * clip fails. Warns `retried-<fault>`.
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
    ...captioningEach((request, signal) => captionClip(request, writer, signal)),
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
  for (const frame of thinnedTo(frames, maxPictures))
    shown.push(await readSampled(request, frame, signal));
  const asked: JudgedBy = {
    prompt: { name: 'vision-chat', version: 1, system: DATA_RULE, ask: question },
    values: { language: languageName(language), words: String(maxNewTokens) },
    material: materialOf(request),
    rules: { language, minWords: MIN_WORDS, maxWords: maxNewTokens },
  };
  const { text, rejected } = await checkedAnswer(
    asked,
    (attempt, now) =>
      model.ask(
        { parts: visionChatParts(shown, clip.span.startMs, now), maxNewTokens, attempt },
        signal,
      ),
    `the clip ${clip.id}`,
  );
  const caption: Caption = {
    clip: clip.id,
    scale: 'clip',
    text,
    language,
    framesSha256: framesSha256(frames.map(({ sha256 }) => sha256)),
    by: producer,
  };
  const warnings = rejected.map((fault) => `retried-${fault}`);
  return { captions: [caption], detections: [], warnings };
}
