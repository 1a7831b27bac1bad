import { ToolkitError } from '@internvid/core';

/** What is used of node-llama-cpp 3, which need not be installed. What only passes through from one of its functions to another is `never` where it goes in. */
export type NodeLlama = {
  getLlama(options: {
    /** Nothing is compiled or fetched: what npm brought must do. */
    readonly build: 'never';
    readonly gpu: 'auto' | false;
    readonly logLevel: never;
    readonly progressLogs: false;
  }): Promise<Llama>;
  readonly LlamaLogLevel: { readonly disabled: unknown };
  readonly LlamaChatSession: new (options: {
    readonly contextSequence: never;
    readonly systemPrompt: string;
  }) => LlamaSession;
};

/** The engine. */
export type Llama = {
  loadModel(options: { readonly modelPath: string }): Promise<LlamaModel>;
  createGrammarForJsonSchema(schema: never): Promise<object>;
  dispose(): Promise<void>;
};

/** A loaded file. */
export type LlamaModel = {
  readonly trainContextSize: number;
  tokenize(text: string): readonly unknown[];
  createContext(options: {
    readonly contextSize: number;
    readonly threads?: number;
  }): Promise<LlamaContext>;
  dispose(): Promise<void>;
};

type LlamaContext = { getSequence(): LlamaSequence; dispose(): Promise<void> };

type LlamaSequence = {
  readonly tokenMeter: { readonly usedInputTokens: number; readonly usedOutputTokens: number };
};

type LlamaSession = {
  promptWithMeta(
    prompt: string,
    options: {
      readonly signal: AbortSignal;
      readonly maxTokens: number;
      readonly temperature?: number;
      readonly seed?: number;
      readonly grammar?: never;
    },
  ): Promise<{ readonly responseText: string; readonly stopReason: string }>;
};

/** @throws ToolkitError `missing-dependency`. */
export async function importNodeLlama(): Promise<NodeLlama> {
  // By a variable: its types are not there where it is not installed.
  const name = 'node-llama-cpp';
  try {
    return (await import(name)) as NodeLlama;
  } catch (cause) {
    const message = `GGUF models run in node-llama-cpp, which cannot be loaded: npm install ${name}`;
    throw new ToolkitError('missing-dependency', message, { cause });
  }
}
