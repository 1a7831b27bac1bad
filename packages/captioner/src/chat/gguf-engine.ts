import { ToolkitError } from '@internvid/core';
import type { CallSettings } from './chat-model.js';
import { importNodeLlama, type Llama, type LlamaModel, type NodeLlama } from './node-llama.js';

/** One request to a GGUF model. */
export type GgufPrompt = {
  readonly system: string;
  readonly user: string;
  readonly settings: CallSettings;
  /** JSON schema that the answer must keep to. */
  readonly schema?: object;
};

/** What a GGUF model said, with tokens as the engine counted them. */
export type GgufAnswer = {
  readonly text: string;
  readonly isCutOff: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
};

/** A GGUF file and the engine that runs it, loaded at the first prompt. */
export interface GgufEngine extends AsyncDisposable {
  /**
   * @throws ToolkitError `missing-dependency`, `model-failed` for a file that cannot be loaded or a prompt that is too long for it; the
   * abort reason.
   */
  prompt(prompt: GgufPrompt, signal: AbortSignal): Promise<GgufAnswer>;
}

/** What a chat template puts around the two texts, at most. */
const TEMPLATE_TOKENS = 256;

type Loaded = { readonly library: NodeLlama; readonly llama: Llama; readonly model: LlamaModel };

/**
 * Runs a GGUF file in node-llama-cpp: on a graphics card where it finds one, else on the processor.
 *
 * @param threads of the processor; default: as many as there are cores. They wait for each other without rest: on a machine that has other
 * work for its cores fewer are faster, on two busy cores one is a thousand times as fast as two.
 */
export function ggufEngine(path: string, threads?: number): GgufEngine {
  let loading: Promise<Loaded> | undefined;
  return {
    async prompt({ system, user, settings, schema }, signal) {
      loading ??= load(path);
      const { library, llama, model } = await loading;
      signal.throwIfAborted();
      const context = await model.createContext({
        contextSize: contextSize(model, [system, user], settings.maxOutputTokens, path),
        ...(threads === undefined ? {} : { threads }),
      });
      try {
        const sequence = context.getSequence();
        const session = new library.LlamaChatSession({
          contextSequence: sequence as never,
          systemPrompt: system,
        });
        const grammar =
          schema === undefined
            ? undefined
            : await llama.createGrammarForJsonSchema(schema as never);
        const { temperature, seed, maxOutputTokens } = settings;
        const { responseText, stopReason } = await session.promptWithMeta(user, {
          signal,
          maxTokens: maxOutputTokens,
          ...(temperature === undefined ? {} : { temperature }),
          ...(seed === undefined ? {} : { seed }),
          ...(grammar === undefined ? {} : { grammar: grammar as never }),
        });
        const { usedInputTokens, usedOutputTokens } = sequence.tokenMeter;
        return {
          text: responseText,
          isCutOff: stopReason === 'maxTokens',
          inputTokens: usedInputTokens,
          outputTokens: usedOutputTokens,
        };
      } finally {
        await context.dispose();
      }
    },
    async [Symbol.asyncDispose]() {
      const loaded = await loading?.catch(() => undefined);
      loading = undefined;
      await loaded?.model.dispose();
      await loaded?.llama.dispose();
    },
  };
}

async function load(path: string): Promise<Loaded> {
  const library = await importNodeLlama();
  try {
    const llama = await library.getLlama({
      build: 'never',
      gpu: 'auto',
      // What it would warn of is thrown or does not matter; libraries do not print.
      logLevel: library.LlamaLogLevel.disabled as never,
      progressLogs: false,
    });
    return { library, llama, model: await llama.loadModel({ modelPath: path }) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ToolkitError('model-failed', `${path} cannot be run by node-llama-cpp: ${why}`, {
      cause,
    });
  }
}

/** Room for the texts and the answer and no more: a model's whole context can take more memory than the model. */
function contextSize(
  model: LlamaModel,
  texts: readonly string[],
  maxOutputTokens: number,
  path: string,
): number {
  const counted = texts.reduce((sum, text) => sum + model.tokenize(text).length, 0);
  const needed = counted + maxOutputTokens + TEMPLATE_TOKENS;
  if (needed <= model.trainContextSize) return needed;
  const message = `A request of ${counted} tokens, with ${maxOutputTokens} for its answer, is too long for ${path}, which takes ${model.trainContextSize}.`;
  throw new ToolkitError('model-failed', message);
}
