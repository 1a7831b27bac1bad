import type { CaptionRequest } from '../captioner.js';
import type { ChatScale, ScaleSettings } from './chat-scales.js';
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
import { middleOf } from './write-captions.js';

/** A question and what it is for. */
export type PlannedQuestion = {
  readonly scale: ChatScale | 'short' | 'long';
  readonly question: Question;
};

const SECOND_MS = 1_000;

/**
 * What is asked about a clip when every first answer is kept. Where a question holds captions that are not there yet, words of about
 * their length stand for them.
 */
export function plannedQuestions(
  request: CaptionRequest,
  settings: ScaleSettings,
): readonly PlannedQuestion[] {
  const { frames, clip } = request;
  const { scales, forms, maxPictures } = settings;
  const wanted = (scale: ChatScale): boolean => scales.includes(scale);
  const seconds = (timeMs: number): number => (timeMs - clip.span.startMs) / SECOND_MS;
  const planned: PlannedQuestion[] = [];
  const merge = (
    scale: PlannedQuestion['scale'],
    parts: readonly CaptionPart[],
    words?: number,
  ): void => {
    if (parts.length > 1)
      planned.push({ scale, question: mergeQuestion(request, parts, settings, words) });
  };
  const whole = (scale: PlannedQuestion['scale'], words: number): void => {
    const windows = windowsOf(frames, maxPictures);
    for (const window of windows)
      planned.push({ scale, question: clipQuestion(request, window, settings, words) });
    merge(
      scale,
      windows.map((window) => ({
        fromSeconds: seconds(window[0]?.timeMs ?? 0),
        toSeconds: seconds(window.at(-1)?.timeMs ?? 0),
        caption: wordsToCome(words),
      })),
      words,
    );
  };
  const needsAll = wanted('frame') || wanted('fine');
  const shown = needsAll
    ? frames
    : wanted('coarse')
      ? frames.slice(middleOf(frames), middleOf(frames) + 1)
      : [];
  for (const frame of shown)
    planned.push({
      scale: needsAll ? 'frame' : 'coarse',
      question: frameQuestion(request, frame, settings),
    });
  if (wanted('fine')) {
    merge(
      'fine',
      frames.map(({ timeMs }) => ({
        fromSeconds: seconds(timeMs),
        caption: wordsToCome(WORDS.frame),
      })),
    );
  }
  if (wanted('clip')) whole('clip', WORDS.clip);
  for (const { name, maxTokens = 77 } of forms) {
    if (name === 'long') whole('long', WORDS.long);
    else
      planned.push({
        scale: 'short',
        question: shortenQuestion(request, wordsToCome(WORDS.clip), maxTokens, settings),
      });
  }
  return planned;
}

function wordsToCome(count: number): string {
  return `(a caption of up to ${count} words)${' word'.repeat(count - 7)}`;
}
