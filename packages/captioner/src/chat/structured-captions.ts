import {
  cell,
  column,
  mapStage,
  ToolkitError,
  type ClipId,
  type JsonObject,
  type Producer,
  type Stage,
  type Table,
} from '@internvid/core';
import { z } from 'zod';
import { PROMPTS, promptsIdentity } from '../prompts/prompts.js';
import type { Prompt } from '../prompts/prompt.js';
import { captionRequest, type SampledClip } from '../stages.js';
import type { ChatAsker } from './chat-asker.js';
import { pictureQuestion } from './scale-questions.js';
import { thinnedTo } from './windows.js';

/** A clip in named fields; a field of which nothing can be said is empty. */
export type StructuredCaption = {
  readonly clip: ClipId;
  readonly subject: string;
  readonly action: string;
  readonly setting: string;
  readonly camera: string;
  readonly style: string;
  readonly onScreenText: readonly string[];
  readonly sounds: string;
  /** BCP 47 tag. */
  readonly language: string;
  readonly framesSha256: string;
  readonly by: Producer;
};

/** What structured captions are made with. */
export type StructureClipsOptions = {
  readonly asker: ChatAsker;
  /** BCP 47 tag. Default `en`. */
  readonly language?: string;
  /** Pictures of the one request; of a longer clip evenly spread ones. Default 16. */
  readonly maxPictures?: number;
  /** Default `PROMPTS.structured`. */
  readonly prompt?: Prompt;
  /** Clips at once. Default 4. */
  readonly concurrency?: number;
};

const fieldsSchema = z.object({
  subject: z.string(),
  action: z.string(),
  setting: z.string(),
  camera: z.string(),
  style: z.string(),
  onScreenText: z.array(z.string()),
  sounds: z.string(),
});
const WORDS = 150;
const VERSION = '2';

/** Structured captions, a row for each clip. */
export const structuredCaptionsTable: Table<StructuredCaption> = {
  name: 'structured-captions',
  version: 1,
  columns: [
    column.text('clip_id', ({ clip }) => clip),
    column.text('subject', ({ subject }) => subject),
    column.text('action', ({ action }) => action),
    column.text('setting', ({ setting }) => setting),
    column.text('camera', ({ camera }) => camera),
    column.text('style', ({ style }) => style),
    column.json('on_screen_text', (row) => row.onScreenText),
    column.text('sounds', ({ sounds }) => sounds),
    column.text('language', ({ language }) => language),
    column.text('frames_sha256', (row) => row.framesSha256),
    ...column.producer<StructuredCaption>(({ by }) => by),
  ],
  fromCells: (cells) => ({
    clip: cell.text(cells, 'clip_id'),
    ...fieldsSchema.parse({
      ...cells,
      onScreenText: JSON.parse(cell.text(cells, 'on_screen_text')) as unknown,
    }),
    language: cell.text(cells, 'language'),
    framesSha256: cell.text(cells, 'frames_sha256'),
    by: cell.producer(cells),
  }),
};

/** Asks a chat model for the named fields of each clip. A clip of which no answer can be kept fails. */
export function structureClips(
  options: StructureClipsOptions,
): Stage<SampledClip, StructuredCaption> {
  const { asker, language = 'en', maxPictures = 16, prompt = PROMPTS.structured } = options;
  const config: JsonObject = {
    ...asker.config,
    language,
    maxPictures,
    prompts: promptsIdentity([prompt]),
  };
  const by: Producer = { name: 'chat', version: VERSION, config };
  const settings = { prompts: PROMPTS, language };
  return mapStage({
    name: 'structure-clips',
    version: 2,
    config,
    concurrency: options.concurrency ?? 4,
    async map(input: SampledClip, { store, signal }) {
      const request = captionRequest(input, store);
      const frames = thinnedTo(request.frames, maxPictures);
      const question = pictureQuestion(request, frames, prompt, WORDS, settings);
      const { form } = await asker.ask({ ...question, form: fieldsSchema }, signal);
      const fields = fieldsSchema.safeParse(form);
      if (!fields.success)
        throw new ToolkitError('internal', `${input.id}: an answer without its form was kept.`);
      const { framesSha256 } = question;
      return { clip: input.clip.id, ...fields.data, language, framesSha256, by };
    },
  });
}
