import { framesSha256, type Caption, type Producer } from '@internvid/core';
import type { CaptionFrame, CaptionRequest } from '../captioner.js';
import { allOf } from './all-of.js';
import type { ChatAsker } from './chat-asker.js';
import type { CaptionForm, ChatScale, ScaleSettings } from './chat-scales.js';
import type { Question } from './question.js';
import {
  clipQuestion,
  frameQuestion,
  mergeQuestion,
  shortenQuestion,
  WORDS,
  type CaptionPart,
} from './scale-questions.js';
import { windowsOf } from './windows.js';

/** What captions are written with. */
export type WritingTools = {
  readonly asker: Pick<ChatAsker, 'ask'>;
  readonly settings: ScaleSettings;
  readonly producer: Producer;
  readonly signal: AbortSignal;
};

/** Captions that one request merges at most; more are merged in steps. */
export const MAX_MERGED = 48;
/** What CLIP reads of a text. */
const CLIP_TOKENS = 77;
const SECOND_MS = 1_000;

/**
 * Writes the captions of a clip at every scale and of every form. Nothing runs on after an error: what was on its way is waited for
 * and kept.
 */
export async function writeCaptions(
  request: CaptionRequest,
  tools: WritingTools,
): Promise<readonly Caption[]> {
  const { clip, frames } = request;
  if (frames.length === 0) throw new RangeError(`The clip ${clip.id} has no frames to caption.`);
  const { settings, producer } = tools;
  const writer = clipWriter(request, tools);
  const caption = async (
    scale: ChatScale,
    shown: readonly CaptionFrame[],
    text: Promise<string>,
    form?: CaptionForm,
  ): Promise<Caption> => ({
    clip: clip.id,
    scale,
    ...(scale === 'frame' ? { timeMs: shown[0]?.timeMs ?? 0 } : {}),
    text: await text,
    language: settings.language,
    framesSha256: framesSha256(shown.map((frame) => frame.sha256)),
    by: form === undefined ? producer : formProducer(producer, form),
  });
  const middle = frames.slice(middleOf(frames), middleOf(frames) + 1);
  const ofScale: Record<ChatScale, () => readonly Promise<Caption>[]> = {
    frame: () => frames.map((frame) => caption('frame', [frame], writer.frame(frame))),
    coarse: () => middle.map((frame) => caption('coarse', [frame], writer.frame(frame))),
    fine: () => [caption('fine', frames, writer.fine())],
    clip: () => [caption('clip', frames, writer.clip())],
  };
  return allOf([
    ...settings.scales.flatMap((scale) => ofScale[scale]()),
    ...settings.forms.map((form) => {
      const scale = baseScale(settings.scales);
      const shown = scale === 'coarse' || scale === 'frame' ? middle : frames;
      return form.name === 'long'
        ? caption('clip', frames, writer.clip(WORDS.long), form)
        : caption(scale, shown, writer.short(scale, form), form);
    }),
  ]);
}

/** The scale that a short form is made of: the one that says most. */
export function baseScale(scales: readonly ChatScale[]): ChatScale {
  const order = ['clip', 'fine', 'coarse', 'frame'] as const;
  return order.find((scale) => scales.includes(scale)) ?? 'clip';
}

/** Place of the frame that stands for a clip. */
export function middleOf(frames: readonly unknown[]): number {
  return Math.floor((frames.length - 1) / 2);
}

function formProducer(producer: Producer, form: CaptionForm): Producer {
  return { ...producer, config: { ...producer.config, form: form.name } };
}

interface ClipWriter {
  frame(frame: CaptionFrame): Promise<string>;
  fine(): Promise<string>;
  clip(words?: number): Promise<string>;
  short(scale: ChatScale, form: CaptionForm): Promise<string>;
}

/** Asks what the captions of a clip need, each thing once. */
function clipWriter(
  request: CaptionRequest,
  { asker, settings, signal }: WritingTools,
): ClipWriter {
  const asked = new Map<string, Promise<string>>();
  const once = (name: string, work: () => Promise<string>): Promise<string> => {
    const known = asked.get(name) ?? work();
    asked.set(name, known);
    return known;
  };
  const { frames } = request;
  const ask = async (question: Question): Promise<string> =>
    (await asker.ask(question, signal)).text;
  const secondsOf = (frame: CaptionFrame | undefined): number =>
    ((frame?.timeMs ?? 0) - request.clip.span.startMs) / SECOND_MS;
  const merged = async (parts: readonly CaptionPart[], words: number): Promise<string> => {
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return only.caption;
    if (parts.length <= MAX_MERGED) return ask(mergeQuestion(request, parts, settings, words));
    const fewer = windowsOf(parts, MAX_MERGED).map(async (window) => ({
      fromSeconds: window[0]?.fromSeconds ?? 0,
      toSeconds: window.at(-1)?.toSeconds ?? window.at(-1)?.fromSeconds ?? 0,
      caption: await merged(window, words),
    }));
    return merged(await allOf(fewer), words);
  };
  const writer: ClipWriter = {
    frame: (frame) =>
      once(`frame ${frame.timeMs}`, () => ask(frameQuestion(request, frame, settings))),
    fine: () =>
      once('fine', async () => {
        const parts = frames.map(async (frame) => ({
          fromSeconds: secondsOf(frame),
          caption: await writer.frame(frame),
        }));
        return merged(await allOf(parts), WORDS.clip);
      }),
    clip: (words = WORDS.clip) =>
      once(`clip ${words}`, async () => {
        const parts = windowsOf(frames, settings.maxPictures).map(async (window) => ({
          fromSeconds: secondsOf(window[0]),
          toSeconds: secondsOf(window.at(-1)),
          caption: await ask(clipQuestion(request, window, settings, words)),
        }));
        return merged(await allOf(parts), words);
      }),
    async short(scale, { maxTokens = CLIP_TOKENS }) {
      const middle = frames[middleOf(frames)];
      const whole =
        scale === 'clip' || middle === undefined
          ? writer.clip()
          : scale === 'fine'
            ? writer.fine()
            : writer.frame(middle);
      return ask(shortenQuestion(request, await whole, maxTokens, settings));
    },
  };
  return writer;
}
