import {
  framesSha256,
  mapStage,
  ToolkitError,
  type Clip,
  type JsonObject,
  type Producer,
  type Stage,
  type Table,
  type VideoId,
} from '@internvid/core';
import { z } from 'zod';
import type { Prompt } from '../prompts/prompt.js';
import { PROMPTS, promptsIdentity } from '../prompts/prompts.js';
import type { ChatAsker } from './chat-asker.js';
import type { Question } from './question.js';
import { languageName } from './scale-questions.js';
import { producerCells, producerColumns, textColumn } from './table-columns.js';

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
  /** Clips that one request takes; videos of more fail. Default 400, some 40,000 tokens. */
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
const VERSION = '1';

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
    textColumn('video_id', ({ video }) => video),
    textColumn('summary', ({ summary }) => summary),
    { name: 'chapters', type: 'json', cell: ({ chapters }) => JSON.stringify(chapters) },
    textColumn('language', ({ language }) => language),
    textColumn('frames_sha256', (row) => row.framesSha256),
    ...producerColumns<VideoSummary>(({ by }) => by),
  ],
  fromCells: (cells) => ({
    video: String(cells['video_id']),
    summary: String(cells['summary']),
    chapters: storedChapters.parse(JSON.parse(String(cells['chapters']))),
    language: String(cells['language']),
    framesSha256: String(cells['frames_sha256']),
    by: producerCells(cells),
  }),
};

/** Merges the captions of the clips of each video into a summary with chapters. */
export function summariseVideos(
  options: SummariseVideosOptions,
): Stage<CaptionedVideo, VideoSummary> {
  const { asker, language = 'en', maxClips = 400, prompt = PROMPTS.videoSummary } = options;
  const config: JsonObject = {
    ...asker.config,
    language,
    maxClips,
    prompts: promptsIdentity([prompt]),
  };
  const by: Producer = { name: 'chat', version: VERSION, config };
  return mapStage({
    name: 'summarise-videos',
    version: 1,
    config,
    concurrency: options.concurrency ?? 4,
    async map(video: CaptionedVideo, { signal }) {
      if (video.clips.length > maxClips) {
        const message = `${video.id} has ${video.clips.length} clips, more than the ${maxClips} that one request takes.`;
        throw new ToolkitError('model-failed', message);
      }
      const form = summarySchema(video.clips.length);
      const question = summaryQuestion(video, prompt, language);
      const answer = form.parse((await asker.ask({ ...question, form }, signal)).form);
      return {
        video: video.id,
        summary: answer.summary,
        chapters: chaptersOf(answer.chapters, video),
        language,
        framesSha256: question.framesSha256,
        by,
      };
    },
  });
}

type AskedSummary = z.ZodObject<{
  summary: z.ZodString;
  chapters: z.ZodArray<typeof chapterSchema>;
}>;

/** Chapters must begin with the first clip, go on in order and name clips that are there. */
function summarySchema(clips: number): AskedSummary {
  return z
    .object({ summary: z.string().min(1), chapters: z.array(chapterSchema).min(1) })
    .refine(({ chapters }) =>
      chapters.every(({ firstClip }, at) => {
        const before = chapters[at - 1]?.firstClip;
        return firstClip <= clips && (before === undefined ? firstClip === 1 : firstClip > before);
      }),
    );
}

function summaryQuestion(
  { id, clips }: CaptionedVideo,
  prompt: Prompt,
  language: string,
): Question {
  return {
    about: id,
    framesSha256: framesSha256(clips.map((each) => each.framesSha256)),
    prompt,
    values: { words: String(WORDS), language: languageName(language) },
    pictures: [],
    data: {
      clips: clips.map(({ clip, text }, at): JsonObject => ({
        clip: at + 1,
        fromSeconds: clip.span.startMs / SECOND_MS,
        toSeconds: clip.span.endMs / SECOND_MS,
        caption: text,
      })),
    },
    material: { texts: {}, measured: {} },
    rules: { language, minWords: 3, maxWords: MAX_WORDS },
  };
}

function chaptersOf(
  asked: readonly z.infer<typeof chapterSchema>[],
  { clips }: CaptionedVideo,
): readonly Chapter[] {
  return asked.map(({ firstClip, title, summary }, at) => {
    const next = asked[at + 1]?.firstClip ?? clips.length + 1;
    const inside = clips.slice(firstClip - 1, next - 1).map(({ clip }) => clip.span);
    const endMs = Math.max(...inside.map((span) => span.endMs));
    return { startMs: inside[0]?.startMs ?? 0, endMs, title, summary };
  });
}
