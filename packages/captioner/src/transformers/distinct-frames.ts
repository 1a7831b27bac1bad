import { sha256, ToolkitError } from '@internvid/core';
import type { CaptionFrame, CaptionRequest } from '../captioner.js';
import { isSameThumbnail, thumbnailOf } from '../thumbnails.js';

/** A frame's picture as it was sampled. */
export type ReadFrame = { readonly timeMs: number; readonly picture: Uint8Array };

/**
 * Reads a frame.
 *
 * @throws ToolkitError `corrupt` for bytes that are not those that were sampled.
 */
export async function readSampled(
  { clip }: CaptionRequest,
  frame: CaptionFrame,
  signal: AbortSignal,
): Promise<ReadFrame> {
  const picture = await frame.read(signal);
  if (sha256(picture) !== frame.sha256) {
    throw new ToolkitError(
      'corrupt',
      `The bytes of the frame ${clip.id} at ${frame.timeMs} ms are not those that were sampled: sample it again.`,
    );
  }
  return { timeMs: frame.timeMs, picture };
}

/** Answers for each frame of a clip, in order; a frame that looks like the last one that was asked about is not asked about again. */
export async function answersForFrames<Answer>(
  request: CaptionRequest,
  ask: (frame: ReadFrame) => Promise<Answer>,
  signal: AbortSignal,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  let asked: { readonly thumbnail: Uint8Array; readonly answer: Answer } | undefined;
  for (const frame of request.frames) {
    const read = await readSampled(request, frame, signal);
    const thumbnail = await thumbnailOf(read.picture, `${request.clip.id} at ${read.timeMs} ms`);
    if (asked === undefined || !isSameThumbnail(thumbnail, asked.thumbnail))
      asked = { thumbnail, answer: await ask(read) };
    answers.push(asked.answer);
  }
  return answers;
}
