import type { Captioner } from '@internvid/captioner';
import { z } from 'zod';

import { defined } from './settings.js';

/** A captioner in this process: a model of transformers.js. */
export type HubCaptionerConfig = {
  /** `image-to-text` captions frame by frame; `vision-chat` is shown several frames of a clip at once. */
  name: 'image-to-text' | 'vision-chat';
  /** A folder, or a name of the Hugging Face hub. */
  model: string;
  /** Which of its weights. Default `fp32`, or of a folder without these the only ones that it has. */
  dtype?: string | undefined;
  /** Fetch the model from the hub where it is not in the cache. Default false. */
  allowDownload?: boolean | undefined;
  /** Commit, tag or branch of a hub model. Default `main`. */
  revision?: string | undefined;
  /** Where hub models are kept. Default `internvid/models` in `$XDG_CACHE_HOME` or `~/.cache`. */
  cacheDirectory?: string | undefined;
  /** Threads of the model. Default: as many as there are cores. */
  threads?: number | undefined;
  /** Tokens of a caption at most. Default 48, and 160 for `vision-chat`. */
  maxNewTokens?: number | undefined;
  /** Of `vision-chat`: frames that are shown at once. Default 8. */
  maxPictures?: number | undefined;
  /** Language that the model writes. Default `en`. */
  language?: string | undefined;
};

const shared = {
  model: z.string().min(1),
  dtype: z.string().min(1).optional(),
  allowDownload: z.boolean().optional(),
  revision: z.string().min(1).optional(),
  cacheDirectory: z.string().min(1).optional(),
  threads: z.int().min(1).max(1024).optional(),
  maxNewTokens: z.int().min(1).max(4096).optional(),
  language: z.string().min(2).optional(),
};

/** Checks `caption.captioner` where it is no captioner of one's own. */
export const hubCaptionerSchema: z.ZodType<HubCaptionerConfig> = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('image-to-text'), ...shared }),
  z.strictObject({
    name: z.literal('vision-chat'),
    ...shared,
    maxPictures: z.int().min(1).max(64).optional(),
  }),
]);

/** Loads the model in a process of its own. */
export async function openHubCaptioner({
  name,
  model,
  ...options
}: HubCaptionerConfig): Promise<Captioner> {
  const { imageToTextCaptioner, visionChatCaptioner } = await import('@internvid/captioner');
  const open = name === 'image-to-text' ? imageToTextCaptioner : visionChatCaptioner;
  return open({ model, ...defined(options) });
}
