import type {
  CaptionForm,
  Captioner,
  ChatBudget,
  ChatModelChoice,
  ChatPrice,
  ChatScale,
  GroundingPolicy,
} from '@internvid/captioner';
import { parseCondition } from '@internvid/core';
import { z } from 'zod';

import { hubCaptionerSchema, type HubCaptionerConfig } from './hub-captioner.js';

/** How clips are captioned. Without `model` and `captioner`: from measurement alone. */
export type CaptionConfig = {
  /** Processes that look at frames, of the embedded captioner. Default: the number of cores. */
  processes?: number | undefined;
  /** What runs the networks of the embedded captioner. Default `onnx`; `tfjs` needs `@tensorflow/tfjs-node-gpu`. */
  engine?: 'onnx' | 'tfjs' | undefined;
  /** A model of transformers.js in this process; or a captioner of one's own, in a config that is a program. */
  captioner?: Captioner | HubCaptionerConfig | undefined;
  /** A chat model: `provider:model`, `{ provider: 'openai' | 'ollama' | 'gguf', model, … }`, or a chat model of LangChain. */
  model?: ChatModelChoice | undefined;
  /** Asked where a request has no pictures, in the place of `model`: to merge, to shorten, to summarise. */
  textModel?: ChatModelChoice | undefined;
  /** Of the chat model. Default `coarse` and `clip`. */
  scales?: readonly ChatScale[] | undefined;
  /** Further captions of each clip, such as `{ name: 'short', maxTokens: 32 }`. Default: none. */
  forms?: readonly CaptionForm[] | undefined;
  /** Describe each clip in named fields too. Default false. */
  structured?: boolean | undefined;
  /** Summarise each video from its captions, with chapters. Default false. */
  summaries?: boolean | undefined;
  /** BCP 47 tag of the captions. Default `en`. */
  language?: string | undefined;
  /** Pictures of one request. Default 16. */
  maxPictures?: number | undefined;
  /** Requests at once. Default 4. */
  concurrency?: number | undefined;
  /** Default: no limit but the server's own. */
  requestsPerMinute?: number | undefined;
  /** For one request. Default 120,000. */
  timeoutMs?: number | undefined;
  /** How often an answer that cannot be kept is asked for again, the first time included. Default 3. */
  attempts?: number | undefined;
  /** Default 0.2; `null` leaves it to the model. */
  temperature?: number | null | undefined;
  /** Output tokens for thinking before the answer. Default 0. */
  thinkingTokens?: number | undefined;
  /** US dollars for a million tokens, by the model's name. */
  prices?: Readonly<Record<string, ChatPrice>> | undefined;
  /** What one run may spend; the next run goes on. Default: no limit. */
  budget?: ChatBudget | undefined;
  /**
   * The embedded captioner first, and the model or captioner above only about clips of which one of these conditions is true, such as
   * `cheap.found = 0`; `[]` for the usual ones. Default: the model or captioner above alone.
   */
  route?: readonly string[] | undefined;
  /** Holds captions against what was measured: what becomes of a caption with a claim that is contradicted. Default: nobody looks. */
  grounding?: GroundingPolicy | undefined;
  /**
   * When a caption that comes back for many different videos is set aside as the model's fault; `false` never. Captions from measurement
   * alone are never set aside. Default: on three videos, and shorter than eight words on a twentieth of all.
   */
  repeated?: RepeatedConfig | false | undefined;
  /** Read the text in the frames first, by the embedded captioner, and tell the model. Default false; with a route it is told anyway. */
  readText?: boolean | undefined;
};

/** When a caption that comes back is set aside, see `RepeatedCaptionsOptions`. */
export type RepeatedConfig = {
  /** Default 3. */
  readonly minVideos?: number | undefined;
  /** Default 8. */
  readonly minWords?: number | undefined;
  /** Default 0.05. */
  readonly shortShare?: number | undefined;
};

const name = z.string().min(1);
const price = z.strictObject({
  inputPerMillion: z.number().nonnegative(),
  outputPerMillion: z.number().nonnegative(),
});

const NO_MODEL =
  'must be "provider:model", such as "openai:gpt-5-mini", or { provider: "openai" | "ollama" | "gguf", model, … }';

const model: z.ZodType<ChatModelChoice> = z.union(
  [
    z.string().regex(/^[a-z][\w-]*:.+$/, NO_MODEL),
    z.strictObject({
      provider: z.literal('openai'),
      model: name,
      baseUrl: z.url({ protocol: /^https?$/ }).exactOptional(),
      apiKeyEnv: name.exactOptional(),
    }),
    z.strictObject({
      provider: z.literal('ollama'),
      model: name,
      baseUrl: z.url({ protocol: /^https?$/ }).exactOptional(),
    }),
    z.strictObject({
      provider: z.literal('gguf'),
      model: name,
      threads: z.int().min(1).max(1024).exactOptional(),
    }),
    z.custom<Extract<ChatModelChoice, { invoke: unknown }>>((value) => has(value, 'invoke')),
  ],
  NO_MODEL,
);

const condition = z.string().superRefine((text, context) => {
  try {
    parseCondition(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    context.addIssue({ code: 'custom', message });
  }
});

/** Settings that only a chat model listens to. */
const OF_CHAT_MODELS = [
  'scales',
  'forms',
  'structured',
  'summaries',
  'textModel',
  'language',
  'maxPictures',
  'concurrency',
  'requestsPerMinute',
  'timeoutMs',
  'attempts',
  'temperature',
  'thinkingTokens',
  'prices',
  'budget',
] as const;

/** Settings that only a captioner beside the embedded one listens to. */
const BESIDE_MEASUREMENT = ['route', 'repeated', 'readText'] as const;

/** Checks the config's `caption`. */
export const captionSchema: z.ZodType<CaptionConfig> = z
  .strictObject({
    processes: z.int().min(1).max(64).optional(),
    engine: z.enum(['onnx', 'tfjs']).optional(),
    captioner: z
      .custom<Captioner>((value) => has(value, 'caption'), 'must be a captioner')
      .or(hubCaptionerSchema)
      .optional(),
    model: model.optional(),
    textModel: model.optional(),
    scales: z
      .array(z.enum(['frame', 'coarse', 'fine', 'clip']))
      .min(1)
      .optional(),
    forms: z
      .array(
        z.strictObject({
          name: z.enum(['short', 'long']),
          maxTokens: z.int().min(16).max(1_000).exactOptional(),
        }),
      )
      .optional(),
    structured: z.boolean().optional(),
    summaries: z.boolean().optional(),
    language: z
      .string()
      .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$/)
      .optional(),
    maxPictures: z.int().min(1).max(1_000).optional(),
    concurrency: z.int().min(1).max(1_000).optional(),
    requestsPerMinute: z.number().positive().optional(),
    timeoutMs: z.int().min(1_000).optional(),
    attempts: z.int().min(1).max(20).optional(),
    temperature: z.number().min(0).max(2).nullable().optional(),
    thinkingTokens: z.int().nonnegative().optional(),
    prices: z.record(z.string(), price).optional(),
    budget: z
      .strictObject({
        requests: z.int().positive().exactOptional(),
        tokens: z.int().positive().exactOptional(),
        usd: z.number().positive().exactOptional(),
      })
      .optional(),
    route: z.array(condition).optional(),
    grounding: z.enum(['keep', 'mark', 'rewrite', 'drop']).optional(),
    repeated: z
      .literal(false)
      .or(
        z.strictObject({
          minVideos: z.int().min(2).optional(),
          minWords: z.int().min(0).optional(),
          shortShare: z.number().min(0).max(1).optional(),
        }),
      )
      .optional(),
    readText: z.boolean().optional(),
  })
  .superRefine((config, context) => {
    if (config.model !== undefined && config.captioner !== undefined)
      context.addIssue({ code: 'custom', message: 'names both a model and a captioner: name one' });
    for (const setting of BESIDE_MEASUREMENT) {
      if (config[setting] !== undefined && !config.model && !config.captioner)
        context.addIssue({
          code: 'custom',
          path: [setting],
          message: 'needs a second captioner: set caption.model or caption.captioner',
        });
    }
    if (config.readText === true && config.route !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['readText'],
        message: 'is not needed: with a route the text is read and told anyway',
      });
    if (config.model !== undefined) return;
    for (const setting of OF_CHAT_MODELS) {
      if (config[setting] !== undefined)
        context.addIssue({
          code: 'custom',
          path: [setting],
          message: 'needs a chat model: set caption.model',
        });
    }
  });

function has(value: unknown, method: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return typeof (value as Record<string, unknown>)[method] === 'function';
}
