import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { ToolkitError } from '@internvid/core';
import type { CallSettings, ChatModel } from './chat-model.js';
import { ggufSource } from './gguf-source.js';

/**
 * Which chat model. A text is `provider:model` for LangChain's `initChatModel`, such as `anthropic:claude-sonnet-4-5`; its package must
 * be installed and its key in the environment variable that the provider names. `gguf:model.gguf` is a file on this machine, run in this
 * process by node-llama-cpp; it reads no pictures. `openai` with `baseUrl` is every server that speaks
 * OpenAI's protocol: vLLM, SGLang, llama.cpp. A model of LangChain that was made elsewhere is used as it is, its own retries
 * included: give it `maxRetries: 0`, so that each request is counted.
 */
export type ChatModelChoice = string | OpenAiChoice | OllamaChoice | GgufChoice | BaseChatModel;

/** OpenAI, or a server that speaks its protocol. */
export type OpenAiChoice = {
  readonly provider: 'openai';
  readonly model: string;
  /** Such as `http://127.0.0.1:8000/v1`. Default: OpenAI's own. */
  readonly baseUrl?: string;
  /**
   * Name of the environment variable that holds the key. Default: `OPENAI_API_KEY`, and none where `baseUrl` is given, for OpenAI's
   * key is not for other servers.
   */
  readonly apiKeyEnv?: string;
};

/** An Ollama server. */
export type OllamaChoice = {
  readonly provider: 'ollama';
  readonly model: string;
  /** Default `http://127.0.0.1:11434`. */
  readonly baseUrl?: string;
};

/** A GGUF file on this machine. */
export type GgufChoice = {
  readonly provider: 'gguf';
  /** Path of the file. */
  readonly model: string;
  /** Of the processor. Default: as many as there are cores; fewer are faster where other work keeps these busy. */
  readonly threads?: number;
};

/** Makes models of LangChain. */
export type ModelSource = {
  readonly identity: ChatModel['identity'];
  /** Whether `open` hands the given `fetch` to the model, so that requests can be seen and stopped. */
  readonly usesFetch: boolean;
  /** Whether a complete answer always says why it ended. */
  readonly saysHowItEnded: boolean;
  /** Requests that it answers at once, at most. Default: any number. */
  readonly atOnce?: number;
  /** Whether its tokens cost no money. */
  readonly isFree?: boolean;
  /** Lets go of what it holds. */
  close?(): Promise<void>;
  /** Makes the model for one call. Provider packages are loaded at the first. */
  open(settings: CallSettings, fetch: typeof globalThis.fetch): Promise<BaseChatModel>;
};

/** @throws TypeError for a text that is not `provider:model`; ToolkitError `not-found` for a GGUF file that is not there. */
export function modelSource(choice: ChatModelChoice): ModelSource {
  if (typeof choice === 'string') return namedSource(choice);
  if (!('provider' in choice)) return givenSource(choice);
  if (choice.provider === 'gguf') return ggufSource(choice);
  const { provider, model } = choice;
  return {
    identity: { provider, model },
    usesFetch: true,
    saysHowItEnded: true,
    open: (settings, fetch) =>
      choice.provider === 'openai'
        ? openAiModel(choice, settings, fetch)
        : ollamaModel(choice, settings, fetch),
  };
}

function namedSource(name: string): ModelSource {
  const [, provider = '', model = ''] = /^([a-z][\w-]*):(.+)$/.exec(name) ?? [];
  if (model === '') {
    throw new TypeError(
      `options.model must be "provider:model", such as "openai:gpt-5-mini", got "${name}".`,
    );
  }
  if (provider === 'openai' || provider === 'ollama') return modelSource({ provider, model });
  if (provider === 'gguf') return ggufSource({ provider, model });
  return {
    identity: { provider, model },
    usesFetch: false,
    saysHowItEnded: false,
    open: ({ temperature, maxOutputTokens }) =>
      anyModel(name, {
        ...(temperature === undefined ? {} : { temperature }),
        maxTokens: maxOutputTokens,
        maxRetries: 0,
      }),
  };
}

async function anyModel(name: string, fields: Record<string, unknown>): Promise<BaseChatModel> {
  const { initChatModel } = await import('langchain');
  try {
    return await initChatModel(name, fields);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ToolkitError(
      'missing-dependency',
      `The chat model ${name} cannot be opened: ${reason}`,
    );
  }
}

function givenSource(model: BaseChatModel): ModelSource {
  const named = model as { readonly model?: unknown; readonly modelName?: unknown };
  const name = named.model ?? named.modelName;
  const provider = model._llmType();
  return {
    identity: { provider, model: typeof name === 'string' ? name : provider },
    usesFetch: false,
    saysHowItEnded: provider === 'openai' || provider === 'ollama',
    open: () => Promise.resolve(model),
  };
}

async function openAiModel(
  { model, baseUrl, apiKeyEnv }: OpenAiChoice,
  { temperature, seed, maxOutputTokens }: CallSettings,
  fetch: typeof globalThis.fetch,
): Promise<BaseChatModel> {
  const { ChatOpenAI } = await import('@langchain/openai');
  return new ChatOpenAI({
    model,
    apiKey: keyIn(apiKeyEnv ?? (baseUrl === undefined ? 'OPENAI_API_KEY' : undefined)),
    maxRetries: 0,
    maxTokens: maxOutputTokens,
    ...(temperature === undefined ? {} : { temperature }),
    ...(seed === undefined ? {} : { modelKwargs: { seed } }),
    // Without an address here the library would take one from OPENAI_BASE_URL.
    configuration: { fetch, baseURL: baseUrl ?? 'https://api.openai.com/v1' },
  });
}

function keyIn(variable: string | undefined): string {
  if (variable === undefined) return 'none';
  const key = process.env[variable];
  if (key !== undefined && key !== '') return key;
  throw new ToolkitError(
    'invalid-config',
    `The environment variable ${variable} should hold the key of the chat model, but is not set.`,
  );
}

async function ollamaModel(
  { model, baseUrl = 'http://127.0.0.1:11434' }: OllamaChoice,
  { temperature, seed, maxOutputTokens }: CallSettings,
  fetch: typeof globalThis.fetch,
): Promise<BaseChatModel> {
  const { ChatOllama } = await import('@langchain/ollama');
  return new ChatOllama({
    model,
    baseUrl,
    fetch,
    maxRetries: 0,
    numPredict: maxOutputTokens,
    ...(temperature === undefined ? {} : { temperature }),
    ...(seed === undefined ? {} : { seed }),
  });
}
