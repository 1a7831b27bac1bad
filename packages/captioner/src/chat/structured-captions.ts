import {
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
import { producerCells, producerColumns, textColumn } from './table-columns.js';
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
    textColumn('clip_id', ({ clip }) => clip),
    textColumn('subject', ({ subject }) => subject),
    textColumn('action', ({ action }) => action),
    textColumn('setting', ({ setting }) => setting),
    textColumn('camera', ({ camera }) => camera),
    textColumn('style', ({ style }) => style),
    { name: 'on_screen_text', type: 'json', cell: (row) => JSON.stringify(row.onScreenText) },
    textColumn('sounds', ({ sounds }) => sounds),
    textColumn('language', ({ language }) => language),
    textColumn('frames_sha256', (row) => row.framesSha256),
    ...producerColumns<StructuredCaption>(({ by }) => by),
  ],
  fromCells: (cells) => ({
    clip: String(cells['clip_id']),
    ...fieldsSchema.parse({
      ...cells,
      onScreenText: JSON.parse(String(cells['on_screen_text'])) as unknown,
    }),
    language: String(cells['language']),
    framesSha256: String(cells['frames_sha256']),
    by: producerCells(cells),
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
