import type { BaseMessage } from '@langchain/core/messages';
import { sha256, type JsonObject, type JsonValue } from '@internvid/core';
import { promptId } from '../prompts/prompt.js';
import type { CallSettings } from './chat-model.js';
import type { Question } from './question.js';

const MIN_IMAGE_LENGTH = 64;

/**
 * A request for people to read: pictures as type, size and hash.
 *
 * @param sent what would go to the server, where that is known; else the messages stand for it.
 */
export function renderedRequest(
  question: Question,
  sent: JsonObject | undefined,
  messages: readonly BaseMessage[],
  settings: CallSettings,
): JsonObject {
  const { about, framesSha256, prompt } = question;
  const asMessages = (): JsonObject => ({
    settings: { ...settings },
    messages: messages.map((message) => ({
      role: message.type,
      content: message.content as unknown as JsonValue,
    })),
  });
  return {
    about,
    framesSha256,
    prompt: promptId(prompt),
    request: withoutImages(sent ?? asMessages()),
  };
}

/** Bodies hold pictures as data URLs (OpenAI) or as plain base64 under `images` (Ollama). */
function withoutImages(value: JsonValue, isImage = false): JsonValue {
  if (typeof value === 'string') {
    const [, type, data] = /^data:([\w/+-]+);base64,(.*)$/s.exec(value) ?? [];
    if (data !== undefined) return summary(data, type);
    return isImage && value.length >= MIN_IMAGE_LENGTH ? summary(value, undefined) : value;
  }
  if (Array.isArray(value)) return value.map((item: JsonValue) => withoutImages(item, isImage));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, withoutImages(item, name === 'images')]),
  );
}

function summary(base64: string, type: string | undefined): JsonObject {
  const bytes = Buffer.from(base64, 'base64');
  return { ...(type === undefined ? {} : { type }), bytes: bytes.length, sha256: sha256(bytes) };
}
