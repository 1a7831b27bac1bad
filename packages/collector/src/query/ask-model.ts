import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { isAbort, ToolkitError } from '@internvid/core';
import type { z } from 'zod';
import { promptId, type QueryPrompt } from './query-prompts.js';

/** A question to a language model. */
export type ModelQuestion<Answer> = {
  readonly model: BaseChatModel;
  readonly prompt: QueryPrompt;
  readonly message: string;
  readonly schema: z.ZodType<Answer>;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Asks for an answer of a given form and checks it: whatever the model, its provider and LangChain make of the form, nothing passes
 * that the schema does not allow. Retries are the model's own (`maxRetries`).
 *
 * @throws ToolkitError `model-failed`; the abort reason.
 */
export async function askModel<Answer>(question: ModelQuestion<Answer>): Promise<Answer> {
  const { model, prompt, message, schema, signal } = question;
  const name = prompt.name.replaceAll('-', '_');
  let answer: unknown;
  try {
    const structured = model.withStructuredOutput<Record<string, unknown>>(
      schema as unknown as z.ZodType<Record<string, unknown>>,
      { name },
    );
    const messages: [string, string][] = [
      ['system', prompt.system],
      ['human', message],
    ];
    answer = await structured.invoke(messages, signal === undefined ? {} : { signal });
  } catch (cause) {
    signal?.throwIfAborted();
    if (isAbort(cause)) throw cause;
    throw failed(prompt, cause instanceof Error ? cause.message : String(cause), cause);
  }
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw failed(
    prompt,
    `its answer has not the form asked for: ${parsed.error.message}`,
    parsed.error,
  );
}

function failed(prompt: QueryPrompt, why: string, cause: unknown): ToolkitError {
  const message = `The language model could not answer ${promptId(prompt)}: ${why.slice(0, 500)}. Try another model, or do without.`;
  return new ToolkitError('model-failed', message, { cause, retryable: true });
}
