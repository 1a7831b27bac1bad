import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import type { BaseMessage, UsageMetadata } from '@langchain/core/messages';
import { z } from 'zod';
import type { Call } from './chat-model.js';

/** Tokens as the server counted them. */
export type Usage = { readonly inputTokens: number; readonly outputTokens: number };

/** What a model answered, before anybody judged it. */
export type RawAnswer = {
  readonly text: string;
  /** Why it ended: complete, out of tokens, withheld by the provider, or not said. */
  readonly ended: 'stop' | 'length' | 'filtered' | 'unsaid';
  /** What the model said where it refused in the way that its protocol has for that. */
  readonly refusal?: string;
  /** Absent where the server did not say. */
  readonly usage?: Usage;
};

const ENDINGS: Readonly<Record<string, RawAnswer['ended']>> = {
  stop: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_calls: 'stop',
  tool_use: 'stop',
  length: 'length',
  max_tokens: 'length',
  content_filter: 'filtered',
  safety: 'filtered',
  refusal: 'filtered',
};

type ModelMessage = BaseMessage & { readonly usage_metadata?: UsageMetadata | undefined };

/** Calls a model once. */
export async function invoke(
  model: BaseChatModel,
  { messages, form }: Call,
  signal: AbortSignal,
): Promise<RawAnswer> {
  if (form === undefined) return answerOf(await model.invoke([...messages], { signal }));
  const structured = model.withStructuredOutput(form as unknown as Record<string, unknown>, {
    name: 'answer',
    includeRaw: true,
  });
  const { raw, parsed } = (await structured.invoke([...messages], { signal })) as {
    readonly raw: ModelMessage;
    readonly parsed: unknown;
  };
  const answer = answerOf(raw);
  return parsed === null || parsed === undefined
    ? answer
    : { ...answer, text: JSON.stringify(parsed) };
}

function answerOf(message: ModelMessage): RawAnswer {
  const { response_metadata: metadata, additional_kwargs: extra } = message;
  const usage = message.usage_metadata;
  const said: unknown = metadata.finish_reason ?? metadata.done_reason ?? metadata.stop_reason;
  const refusal = extra.refusal;
  return {
    text: message.text,
    ended: typeof said === 'string' ? (ENDINGS[said.toLowerCase()] ?? 'unsaid') : 'unsaid',
    ...(typeof refusal === 'string' && refusal !== '' ? { refusal } : {}),
    ...(usage === undefined || usage.input_tokens + usage.output_tokens === 0
      ? {}
      : { usage: { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens } }),
  };
}

const completion = z.object({
  choices: z.tuple([
    z.object({
      finish_reason: z.string().nullish(),
      message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
    }),
  ]),
  usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.int() }),
});

/**
 * The answer of OpenAI's protocol in a body of which the client made an error, such as JSON that is cut off: it was given and will
 * be charged for, so it is judged like any other.
 */
export function answerInBody(body: string | undefined): RawAnswer | undefined {
  if (body === undefined) return undefined;
  const parsed = completion.safeParse(jsonOf(body));
  if (!parsed.success) return undefined;
  const { choices, usage } = parsed.data;
  const { finish_reason: said, message } = choices[0];
  return {
    text: message.content ?? '',
    ended: ENDINGS[said ?? ''] ?? 'unsaid',
    ...(message.refusal ? { refusal: message.refusal } : {}),
    usage: { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens },
  };
}

/** The value of a JSON text; `undefined` for any other text. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
