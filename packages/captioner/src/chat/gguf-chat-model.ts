import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import type { BaseLanguageModelInput } from '@langchain/core/language_models/base';
import { AIMessage, type BaseMessage } from '@langchain/core/messages';
import type { ChatResult } from '@langchain/core/outputs';
import { RunnableLambda, type Runnable } from '@langchain/core/runnables';
import { ToolkitError } from '@internvid/core';
import { z } from 'zod';
import type { CallSettings } from './chat-model.js';
import type { GgufEngine } from './gguf-engine.js';
import { jsonOf } from './raw-answer.js';

type CallOptions = { readonly signal?: AbortSignal; readonly schema?: object };

/** What a `GgufChatModel` is made of. The engine stays the caller's to dispose of. */
export type GgufChatModelFields = {
  readonly engine: GgufEngine;
  readonly settings: CallSettings;
  /** For messages. */
  readonly model: string;
};

/** A GGUF file as a chat model of LangChain. It reads text and no pictures. */
export class GgufChatModel extends BaseChatModel {
  readonly model: string;
  readonly #engine: GgufEngine;
  readonly #settings: CallSettings;

  constructor({ engine, settings, model }: GgufChatModelFields) {
    super({});
    this.model = model;
    this.#engine = engine;
    this.#settings = settings;
  }

  override _llmType(): string {
    return 'gguf';
  }

  override async _generate(
    messages: BaseMessage[],
    { signal = new AbortController().signal, schema }: CallOptions,
  ): Promise<ChatResult> {
    const isSystem = (message: BaseMessage): boolean => message.type === 'system';
    const answer = await this.#engine.prompt(
      {
        system: this.#textsOf(messages.filter(isSystem)),
        user: this.#textsOf(messages.filter((message) => !isSystem(message))),
        settings: this.#settings,
        ...(schema === undefined ? {} : { schema }),
      },
      signal,
    );
    const { text, isCutOff, inputTokens, outputTokens } = answer;
    const message = new AIMessage(text);
    // Assigned, for in this version's types a message without tools has no token counts.
    Object.assign(message, {
      response_metadata: { finish_reason: isCutOff ? 'length' : 'stop' },
      usage_metadata: {
        input_tokens: inputTokens,
        output_tokens: outputTokens,
        total_tokens: inputTokens + outputTokens,
      },
    });
    return { generations: [{ text, message }] };
  }

  /** Always with the raw message: the engine writes nothing but JSON of the form, unless it is cut off. */
  override withStructuredOutput(form: unknown): Runnable<BaseLanguageModelInput, never> {
    const schema = z.toJSONSchema(form as z.ZodType);
    const asked = RunnableLambda.from(
      async (input: BaseLanguageModelInput, options?: CallOptions) => {
        const raw = await this.invoke(input, { ...options, schema } as CallOptions);
        return { raw, parsed: jsonOf(raw.text) ?? null };
      },
    );
    return asked as unknown as Runnable<BaseLanguageModelInput, never>;
  }

  #textsOf(messages: readonly BaseMessage[]): string {
    const parts = messages.flatMap(({ content }) =>
      typeof content === 'string' ? [{ type: 'text', text: content }] : content,
    );
    if (parts.some(({ type }) => type !== 'text'))
      throw new ToolkitError(
        'invalid-config',
        `The GGUF model ${this.model} reads text and no pictures: let another model describe the frames.`,
      );
    return parts.map((part) => ('text' in part ? String(part.text) : '')).join('\n\n');
  }
}
