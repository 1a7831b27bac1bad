import type { FrameReader } from '@internvid/core/media';
import type { SentenceEncoder } from '@internvid/viclip';

import { UsageError } from './exit.js';
import type { Session } from './session.js';

/** The videos to work on: those of the command line, else those of the config. */
export function inputsFrom(
  videos: readonly string[],
  { config }: Session,
  { queries }: { readonly queries?: string } = {},
): readonly string[] {
  if (videos.length === 0 && queries !== undefined) return [];
  const inputs = videos.length > 0 ? videos : (config.videos ?? []);
  if (inputs.length === 0)
    throw new UsageError(
      'Name the videos: files, folders, globs, addresses or lists, or `videos` in the config.',
    );
  return inputs;
}

/** The decoder, by the paths of the config or found on this machine. */
export async function openFrameReader({ config }: Pick<Session, 'config'>): Promise<FrameReader> {
  const { ffmpegFrameReader } = await import('@internvid/core/media');
  return ffmpegFrameReader({
    ...(config.ffmpeg === undefined ? {} : { ffmpeg: config.ffmpeg }),
    ...(config.ffprobe === undefined ? {} : { ffprobe: config.ffprobe }),
  });
}

/** The embedded sentence encoder. */
export async function openSentenceEncoder(): Promise<SentenceEncoder> {
  const { universalSentenceEncoder } = await import('@internvid/viclip');
  return universalSentenceEncoder();
}
