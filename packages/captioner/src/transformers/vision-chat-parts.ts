import type { JudgedBy } from '../chat/answer-checks.js';
import { dataTexts } from '../chat/messages.js';
import { fillIn } from '../prompts/prompt.js';
import type { ReadFrame } from './distinct-frames.js';
import type { ChatQuestion } from './model-messages.js';

/**
 * The pictures, each after its time from the clip's start, then, in its fence behind the rule for it, what else is known, then the question.
 *
 * @param startMs of the clip.
 */
export function visionChatParts(
  shown: readonly ReadFrame[],
  startMs: number,
  asked: JudgedBy,
): ChatQuestion['parts'] {
  const text = (words: string): ChatQuestion['parts'][number] => ({ kind: 'text', text: words });
  const pictures = shown.flatMap(({ timeMs, picture }) => [
    text(`Frame at ${((timeMs - startMs) / 1000).toFixed(1)} s: `),
    { kind: 'picture' as const, picture },
  ]);
  const data = dataTexts(asked).map((fence) => text(`${asked.prompt.system}\n${fence}\n`));
  return [...pictures, ...data, text(fillIn(asked.prompt.ask, asked.values))];
}
