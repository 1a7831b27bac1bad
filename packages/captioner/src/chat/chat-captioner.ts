import { setMaxListeners } from 'node:events';
import { isAbort, type JsonObject, type Producer } from '@internvid/core';
import type { Captioner, CaptionRequest, CaptionResult } from '../captioner.js';
import { PROMPTS, promptsIdentity, type Prompts } from '../prompts/prompts.js';
import type { ChatAskerOptions } from './ask-settings.js';
import { chatAsker, type ChatAsker } from './chat-asker.js';
import { usedPrompts, type CaptionForm, type ChatScale } from './chat-scales.js';
import type { ChatSpending } from './ledger.js';
import { plannedQuestions, type PlannedQuestion } from './planned-questions.js';
import { writeCaptions } from './write-captions.js';

/** What a chat captioner needs. */
export type ChatCaptionerOptions = ChatAskerOptions & {
  /** Default `coarse` and `clip`: two requests for each clip. */
  readonly scales?: readonly ChatScale[];
  /** Further captions of each clip. Default: none. */
  readonly forms?: readonly CaptionForm[];
  /** BCP 47 tag. Default `en`. */
  readonly language?: string;
  /** Pictures of one request at most; longer clips are described in windows, which are merged. Default 16. */
  readonly maxPictures?: number;
  /** Default `PROMPTS`. */
  readonly prompts?: Prompts;
};

/** A captioner that asks a chat model. */
export interface ChatCaptioner extends Captioner {
  /** What it asks with: for stages that are to share its gate, books and budget. */
  readonly asker: ChatAsker;
  captionEach(
    requests: readonly CaptionRequest[],
    signal: AbortSignal,
  ): Promise<readonly (CaptionResult | Error)[]>;
  /** What would be asked about a clip, in order; captions that are not there yet have a word in their place. */
  questions(request: CaptionRequest): readonly PlannedQuestion[];
  /** The requests of `questions` as they would be sent, pictures by type, size and hash. Sends nothing. */
  preview(request: CaptionRequest, signal: AbortSignal): Promise<readonly JsonObject[]>;
  /** What was asked and what it cost since the captioner was made. */
  spending(): ChatSpending;
}

/** Raised when the captions change for the same answers. */
const VERSION = '2';

/**
 * Captions by any chat model of LangChain. Each answer is checked before it is kept and asked for again where a check fails; a clip
 * fails where no answer passes.
 *
 * @throws TypeError, RangeError for options out of range; ToolkitError `invalid-config`.
 */
export function chatCaptioner(options: ChatCaptionerOptions): ChatCaptioner {
  const { scales = ['coarse', 'clip'], forms = [], language = 'en', maxPictures = 16 } = options;
  const { prompts = PROMPTS, concurrency = 4 } = options;
  if (scales.length === 0) throw new RangeError('options.scales must name at least one scale.');
  if (!Number.isInteger(maxPictures) || maxPictures < 1)
    throw new RangeError(
      `options.maxPictures must be a whole number of at least 1, got ${maxPictures}.`,
    );
  const asker = chatAsker(options);
  const settings = { prompts, language, maxPictures, scales, forms };
  const producer: Producer = {
    name: 'chat',
    version: VERSION,
    config: {
      ...asker.config,
      scales: [...scales],
      forms: forms.map((form): JsonObject => ({ ...form })),
      language,
      maxPictures,
      prompts: promptsIdentity(usedPrompts(settings)),
    },
  };
  const captionEach = (
    requests: readonly CaptionRequest[],
    signal: AbortSignal,
  ): Promise<readonly (CaptionResult | Error)[]> => {
    // Many requests wait at once, each listening: a signal of our own may have so many listeners without a warning.
    const own = AbortSignal.any([signal]);
    setMaxListeners(0, own);
    return Promise.all(
      requests.map(async (request) => {
        try {
          const captions = await writeCaptions(request, { asker, settings, producer, signal: own });
          return { captions, detections: [] };
        } catch (error) {
          signal.throwIfAborted();
          if (isAbort(error) || !(error instanceof Error)) throw error;
          return error;
        }
      }),
    );
  };
  return {
    producer,
    asker,
    // Enough clips at once that every place of the gate is taken.
    maxBatch: concurrency,
    captionEach,
    async caption(requests, signal) {
      signal.throwIfAborted();
      return (await captionEach(requests, signal)).map(resultOf);
    },
    questions: (request) => plannedQuestions(request, settings),
    async preview(request, signal) {
      const rendered: JsonObject[] = [];
      for (const { scale, question } of plannedQuestions(request, settings))
        rendered.push({ scale, ...(await asker.render(question, signal)) });
      return rendered;
    },
    spending: () => asker.spending(),
    [Symbol.asyncDispose]: () => asker[Symbol.asyncDispose](),
  };
}

function resultOf(result: CaptionResult | Error): CaptionResult {
  if (result instanceof Error) throw result;
  return result;
}
