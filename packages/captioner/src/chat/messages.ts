import type { BaseMessage } from '@langchain/core/messages';
import { sha256, ToolkitError, type JsonObject } from '@internvid/core';
import { fillIn } from '../prompts/prompt.js';
import { fenced } from './fence.js';
import type { Question } from './question.js';

/** All texts of a request in the order in which they are sent: the system message, then those of the user's message. */
export function messageTexts(question: Question): readonly string[] {
  const { prompt, values, pictures } = question;
  return [
    fillIn(prompt.system, values),
    ...pictures.map(({ seconds }) => timeOf(seconds)),
    ...dataTexts(question),
    fillIn(prompt.ask, values),
  ];
}

/**
 * The messages of a request: the system's, then one of the user with each picture behind its time, the data in its fence, and what is
 * asked at the end, where no data comes after it.
 *
 * @throws ToolkitError `corrupt` for a picture whose bytes are not those that its hash names.
 */
export async function messagesOf(question: Question, signal: AbortSignal): Promise<BaseMessage[]> {
  const { HumanMessage, SystemMessage } = await import('@langchain/core/messages');
  const { prompt, values, pictures } = question;
  const content: { type: string; text?: string; image_url?: { url: string } }[] = [];
  for (const { seconds, frame } of pictures) {
    const bytes = await frame.read(signal);
    if (sha256(bytes) !== frame.sha256) {
      const place = `${question.about} at ${seconds} s`;
      const message = `The bytes of the frame ${place} are not those that were sampled: sample it again.`;
      throw new ToolkitError('corrupt', message);
    }
    const url = `data:${mediaTypeOf(bytes)};base64,${Buffer.from(bytes).toString('base64')}`;
    content.push(
      { type: 'text', text: timeOf(seconds) },
      { type: 'image_url', image_url: { url } },
    );
  }
  const texts = [...dataTexts(question), fillIn(prompt.ask, values)];
  content.push({ type: 'text', text: texts.join('\n\n') });
  return [new SystemMessage(fillIn(prompt.system, values)), new HumanMessage({ content })];
}

/** What tells one request from another, pictures by their hashes. */
export function messagesIdentity(question: Question): JsonObject {
  return {
    texts: messageTexts(question),
    pictures: question.pictures.map(({ frame }) => frame.sha256),
  };
}

function timeOf(seconds: number): string {
  return `Time ${seconds.toFixed(1)} s:`;
}

/** The data of a question in its fence; nothing where it has none. */
export function dataTexts({
  data,
  material,
}: Pick<Question, 'data' | 'material'>): readonly string[] {
  const all: JsonObject = {
    ...(data ?? {}),
    ...(Object.keys(material.measured).length === 0 ? {} : { measured: material.measured }),
    ...material.texts,
  };
  return Object.keys(all).length === 0 ? [] : [fenced(all)];
}

/** By the first bytes, for a frame's encoding is not in its record. */
function mediaTypeOf(bytes: Uint8Array): string {
  if (bytes[0] === 0x89) return 'image/png';
  return bytes[0] === 0x52 ? 'image/webp' : 'image/jpeg';
}
