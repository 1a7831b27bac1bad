import {
  cell,
  column,
  framesSha256,
  mapStage,
  type Clip,
  type JsonObject,
  type Producer,
  type Span,
  type Stage,
  type Table,
  type VideoId,
} from '@internvid/core';
import { z } from 'zod';
import type { Prompt } from '../prompts/prompt.js';
import { PROMPTS, promptsIdentity } from '../prompts/prompts.js';
import { allOf } from './all-of.js';
import type { ChatAsker } from './chat-asker.js';
import type { Question } from './question.js';
import { languageName } from './scale-questions.js';
import { windowsOf } from './windows.js';

/** A part of a video that belongs together. */
export type Chapter = {
  readonly startMs: number;
  readonly endMs: number;
  readonly title: string;
  readonly summary: string;
};

/** What a whole video shows. It has a table of its own, for a caption is about a clip. */
export type VideoSummary = {
  readonly video: VideoId;
  readonly summary: string;
  /** In order, each from its first clip to the end of its last; every clip lies in one. */
  readonly chapters: readonly Chapter[];
  /** BCP 47 tag. */
  readonly language: string;
  /** Hash of the `framesSha256` of the captions that it was made of, see `framesSha256` of core. */
  readonly framesSha256: string;
  readonly by: Producer;
};

/** A video with a caption of each of its clips, in order of time. */
export type CaptionedVideo = {
  readonly id: VideoId;
  readonly clips: readonly {
    readonly clip: Clip;
    readonly text: string;
    readonly framesSha256: string;
  }[];
};

/** What summaries are made with. */
export type SummariseVideosOptions = {
  readonly asker: ChatAsker;
  /** BCP 47 tag. Default `en`. */
  readonly language?: string;
  /** Clips that one request takes, at least 2; videos of more are summarised in levels. Default 400, some 40,000 tokens. */
  readonly maxClips?: number;
  /** Default `PROMPTS.videoSummary`. */
  readonly prompt?: Prompt;
  /** Videos at once. Default 4. */
  readonly concurrency?: number;
};

const WORDS = 120;
/** For the summary and the chapters together. */
const MAX_WORDS = 1_500;
const SECOND_MS = 1_000;
const VERSION = '2';
/** What `MAX_WORDS` leaves room for. */
const MAX_CHAPTERS = 40;
/** A level has at most one chapter for so many of what it is made of, so that levels come to an end. */
const PER_CHAPTER = 4;

const chapterSchema = z.object({
  firstClip: z.int(),
  title: z.string(),
  summary: z.string(),
});

const storedChapters = z.array(
  z.object({ startMs: z.int(), endMs: z.int(), title: z.string(), summary: z.string() }),
);

/** Summaries of whole videos, a row for each. */
export const videoSummariesTable: Table<VideoSummary> = {
  name: 'video-summaries',
  version: 1,
  columns: [
    column.text('video_id', ({ video }) => video),
    column.text('summary', ({ summary }) => summary),
    column.json('chapters', ({ chapters }) => chapters),
    column.text('language', ({ language }) => language),
    column.text('frames_sha256', (row) => row.framesSha256),
    ...column.producer<VideoSummary>(({ by }) => by),
  ],
  fromCells: (cells) => ({
    video: cell.text(cells, 'video_id'),
    summary: cell.text(cells, 'summary'),
    chapters: storedChapters.parse(JSON.parse(cell.text(cells, 'chapters'))),
    language: cell.text(cells, 'language'),
    framesSha256: cell.text(cells, 'frames_sha256'),
    by: cell.producer(cells),
  }),
};

/**
 * Merges the captions of the clips of each video into a summary with chapters. Of a video with more clips than a request takes, stretches are
 * divided into chapters first, and those chapters, in order of time, stand for the clips.
 *
 * @throws RangeError for `maxClips` below 2.
 */
export function summariseVideos(
  options: SummariseVideosOptions,
): Stage<CaptionedVideo, VideoSummary> {
  const { asker, language = 'en', maxClips = 400, prompt = PROMPTS.videoSummary } = options;
  if (!Number.isInteger(maxClips) || maxClips < 2)
    throw new RangeError(`options.maxClips must be a whole number of at least 2, got ${maxClips}.`);
  const config: JsonObject = {
    ...asker.config,
    language,
    maxClips,
    prompts: promptsIdentity([prompt]),
  };
  const by: Producer = { name: 'chat', version: VERSION, config };
  return mapStage({
    name: 'summarise-videos',
    version: 2,
    config,
    concurrency: options.concurrency ?? 4,
    async map({ id, clips }: CaptionedVideo, { signal }) {
      const ask = async (parts: readonly VideoPart[], maxChapters: number): Promise<Summary> => {
        const form = summarySchema(parts.length, maxChapters);
        const question = summaryQuestion(id, parts, maxChapters, { prompt, language });
        const answer = form.parse((await asker.ask({ ...question, form }, signal)).form);
        return { summary: answer.summary, chapters: chaptersOf(answer.chapters, parts) };
      };
      const summarised = async (parts: readonly VideoPart[]): Promise<Summary> => {
        if (parts.length <= maxClips) return ask(parts, Math.min(MAX_CHAPTERS, parts.length));
        const below = windowsOf(parts, maxClips).map((window) =>
          ask(window, Math.min(MAX_CHAPTERS, Math.ceil(window.length / PER_CHAPTER))),
        );
        return summarised((await allOf(below)).flatMap(({ chapters }) => chapters.map(asPart)));
      };
      const { summary, chapters } = await summarised(
        clips.map((each) => ({ ...each, span: each.clip.span })),
      );
      return {
        video: id,
        summary,
        chapters: chapters.map(({ startMs, endMs, title, summary: text }) => ({
          startMs,
          endMs,
          title,
          summary: text,
        })),
        language,
        framesSha256: framesSha256(clips.map((each) => each.framesSha256)),
        by,
      };
    },
  });
}

/** A clip, or a chapter of a level below. */
type VideoPart = { readonly span: Span; readonly text: string; readonly framesSha256: string };

type BoundChapter = Chapter & { readonly framesSha256: string };

type Summary = { readonly summary: string; readonly chapters: readonly BoundChapter[] };

function asPart({ startMs, endMs, title, summary, framesSha256: bound }: BoundChapter): VideoPart {
  return { span: { startMs, endMs }, text: `${title}: ${summary}`, framesSha256: bound };
}

type AskedSummary = z.ZodObject<{
  summary: z.ZodString;
  chapters: z.ZodArray<typeof chapterSchema>;
}>;

/** Chapters must begin with the first part, go on in order and name parts that are there. */
function summarySchema(parts: number, maxChapters: number): AskedSummary {
  return z.object({ summary: z.string().min(1), chapters: z.array(chapterSchema).min(1) }).refine(
    ({ chapters }) =>
      chapters.length <= maxChapters &&
      chapters.every(({ firstClip }, at) => {
        const before = chapters[at - 1]?.firstClip;
        return firstClip <= parts && (before === undefined ? firstClip === 1 : firstClip > before);
      }),
  );
}

function summaryQuestion(
  about: VideoId,
  parts: readonly VideoPart[],
  maxChapters: number,
  { prompt, language }: { readonly prompt: Prompt; readonly language: string },
): Question {
  return {
    about,
    framesSha256: framesSha256(parts.map((each) => each.framesSha256)),
    prompt,
    values: {
      words: String(WORDS),
      chapters: String(maxChapters),
      language: languageName(language),
    },
    pictures: [],
    data: {
      clips: parts.map(({ span, text }, at): JsonObject => ({
        clip: at + 1,
        fromSeconds: span.startMs / SECOND_MS,
        toSeconds: span.endMs / SECOND_MS,
        caption: text,
      })),
    },
    material: { texts: {}, measured: {} },
    rules: { language, minWords: 3, maxWords: MAX_WORDS },
  };
}

function chaptersOf(
  asked: readonly z.infer<typeof chapterSchema>[],
  parts: readonly VideoPart[],
): readonly BoundChapter[] {
  return asked.map(({ firstClip, title, summary }, at) => {
    const next = asked[at + 1]?.firstClip ?? parts.length + 1;
    const inside = parts.slice(firstClip - 1, next - 1);
    return {
      startMs: inside[0]?.span.startMs ?? 0,
      endMs: Math.max(...inside.map(({ span }) => span.endMs)),
      title,
      summary,
      framesSha256: framesSha256(inside.map((each) => each.framesSha256)),
    };
  });
}
