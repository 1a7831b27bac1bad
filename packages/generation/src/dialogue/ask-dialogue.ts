import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { isAbort, ToolkitError } from '@internvid/core';
import { z } from 'zod';
import { dialoguePromptId, type DialoguePrompt } from './dialogue-prompts.js';

/** What a model answers. */
export type AskedTurns = readonly { readonly question: string; readonly answer: string }[];

const answerSchema = z.object({
  turns: z
    .array(z.object({ question: z.string().max(1_000), answer: z.string().max(4_000) }))
    .max(12),
});

/**
 * Asks a model for turns and checks their form: nothing passes that the schema does not allow. Retries are the model's own
 * (`maxRetries`).
 *
 * @throws ToolkitError `model-failed`; the abort reason.
 */
export async function askDialogue(
  model: BaseChatModel,
  prompt: DialoguePrompt,
  message: string,
  signal: AbortSignal | undefined,
): Promise<AskedTurns> {
  let answer: unknown;
  try {
    const structured = model.withStructuredOutput<Record<string, unknown>>(
      answerSchema as unknown as z.ZodType<Record<string, unknown>>,
      { name: `${prompt.name}_turns` },
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
  const parsed = answerSchema.safeParse(answer);
  if (parsed.success) return parsed.data.turns;
  throw failed(
    prompt,
    `its answer has not the form asked for: ${parsed.error.message}`,
    parsed.error,
  );
}

function failed(prompt: DialoguePrompt, why: string, cause: unknown): ToolkitError {
  const message = `The language model could not answer ${dialoguePromptId(prompt)}: ${why.slice(0, 500)}. Try another model, or make measured dialogues.`;
  return new ToolkitError('model-failed', message, { cause, retryable: true });
}
