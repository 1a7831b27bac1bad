import type { JsonObject } from '@internvid/core';
import type { Dialogue } from './dialogue.js';

/** Forms in which dialogues are written, a JSON object a line. */
export type DialogueFormat = 'dialogues' | 'videochat' | 'llava-video' | 'openai';

/** Forms, in the order in which they are told of. */
export const DIALOGUE_FORMATS: readonly DialogueFormat[] = [
  'dialogues',
  'videochat',
  'llava-video',
  'openai',
];

/** What VideoChat2's loader puts before a conversation. */
const INSTRUCTION = 'Look at the video and answer the questions about it.';

/**
 * A dialogue in one of the forms:
 * - `dialogues`: as it is here, with the evidence of each turn;
 * - `videochat`: `video` and `QA` with `i`, `q`, `a`, which the loaders of VideoChat and VideoChat2 read;
 * - `llava-video`: `conversations` of `human` and `gpt` as in ShareGPT and LLaVA-Video, a `<video>` for each film before the first question;
 * - `openai`: `messages` whose first has the films as parts.
 *
 * The other forms hold the same `id`, so that the evidence can be looked up. Where there are several films, `video` is a list.
 */
export function formatDialogue(dialogue: Dialogue, format: DialogueFormat): JsonObject {
  return FORMATS[format](dialogue);
}

const FORMATS: Readonly<Record<DialogueFormat, (dialogue: Dialogue) => JsonObject>> = {
  dialogues: (dialogue) => dialogue,
  videochat: (dialogue) => ({
    id: dialogue.id,
    video: videoOf(dialogue),
    QA: dialogue.turns.map(({ question, answer }, at) => ({
      i: at === 0 ? INSTRUCTION : '',
      q: question,
      a: answer,
    })),
  }),
  'llava-video': (dialogue) => ({
    id: dialogue.id,
    data_source: `internvid-${dialogue.source}`,
    video: videoOf(dialogue),
    conversations: dialogue.turns.flatMap(({ question, answer }, at) => [
      { from: 'human', value: at === 0 ? `${tokens(dialogue)}${question}` : question },
      { from: 'gpt', value: answer },
    ]),
  }),
  openai: (dialogue) => ({
    id: dialogue.id,
    messages: dialogue.turns.flatMap(({ question, answer }, at) => [
      { role: 'user', content: at === 0 ? [...parts(dialogue), textPart(question)] : question },
      { role: 'assistant', content: answer },
    ]),
  }),
};

function videoOf({ media }: Dialogue): string | readonly string[] {
  const files = media.map(({ file }) => file);
  return files.length === 1 ? (files[0] ?? '') : files;
}

function tokens({ media }: Dialogue): string {
  return media.map(() => '<video>\n').join('');
}

function parts({ media }: Dialogue): readonly JsonObject[] {
  return media.map(({ file }) => ({ type: 'video_url', video_url: { url: file } }));
}

function textPart(text: string): JsonObject {
  return { type: 'text', text };
}
