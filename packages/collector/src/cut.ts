import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { contains, duration, ToolkitError, type Span } from '@internvid/core';
import { findFfmpeg, type FoundProgram, type FrameReader } from '@internvid/core/media';
import ffmpeg from 'fluent-ffmpeg';

/** What to cut out of which file. */
export type CutClipOptions = {
  /** The video's file, local. */
  readonly from: string;
  readonly span: Span;
  /** The clip's file, MP4; replaced when it is there. */
  readonly to: string;
  /** Reads both files, to check the result. */
  readonly frames: FrameReader;
  readonly signal?: AbortSignal;
};

/** A clip file that was made and checked. */
export type CutClip = {
  readonly path: string;
  readonly bytes: number;
  readonly frames: number;
  readonly durationMs: number;
};

/**
 * Writes a span of a video as a file of its own: exactly the frames inside, encoded again (H.264 at constant quality 22, AAC sound),
 * with their own times, so that a variable frame rate stays one. One column or row is cut off where the size is odd. The file
 * appears whole or not at all.
 *
 * @throws ToolkitError `not-found` when no frame lies in the span, `process-failed` when ffmpeg fails or when the file does not hold
 * the frames of the span; the abort reason when aborted.
 */
export async function cutClip(options: CutClipOptions): Promise<CutClip> {
  const { from, span, frames, signal } = options;
  const to = resolve(options.to);
  const [info, timeline] = [await frames.probe(from, signal), await frames.timeline(from, signal)];
  const wanted = timeline.timesMs.filter((timeMs) => contains(span, timeMs)).length;
  if (wanted === 0) {
    throw new ToolkitError(
      'not-found',
      `${from} has no frame from ${span.startMs} to ${span.endMs} ms.`,
    );
  }
  const unfinished = join(dirname(to), `.${process.pid}-${basename(to)}.part.mp4`);
  try {
    await encode({ from, span, to: unfinished, stream: info.video.stream, signal });
    const made = await frames.probe(unfinished, signal);
    if (made.video.frames !== wanted) throw wrongFrames(from, made.video.frames, wanted);
    await rename(unfinished, to);
    return { path: to, bytes: made.bytes, frames: made.video.frames, durationMs: made.durationMs };
  } finally {
    await rm(unfinished, { force: true });
  }
}

type Encoding = {
  readonly from: string;
  readonly span: Span;
  readonly to: string;
  readonly stream: number;
  readonly signal: AbortSignal | undefined;
};

async function encode({ from, span, to, stream, signal }: Encoding): Promise<void> {
  signal?.throwIfAborted();
  const program = findFfmpeg('ffmpeg');
  const command = ffmpeg(`file:${resolve(from)}`)
    .setFfmpegPath(program.path)
    .inputOptions(['-ss', seconds(span.startMs)])
    .outputOptions(['-map', `0:${stream}`, '-map', '0:a:0?', '-t', seconds(duration(span))])
    .outputOptions([
      ...videoOptions(program),
      '-c:a',
      'aac',
      '-map_metadata',
      '-1',
      '-movflags',
      '+faststart',
    ])
    .format('mp4');
  const abort = (): void => {
    command.kill('SIGKILL');
  };
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await new Promise<void>((done, fail) => {
      command
        .once('end', () => done())
        .once('error', fail)
        .save(to);
    });
  } catch (cause) {
    signal?.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ToolkitError('process-failed', `ffmpeg could not cut ${from}: ${reason}`, { cause });
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

function videoOptions({ libavformat: [major, minor] }: FoundProgram): readonly string[] {
  // ffmpeg 5.1 renamed the option and newer ones know the new name alone.
  const passthrough = major > 59 || (major === 59 && minor >= 27) ? '-fps_mode' : '-vsync';
  const even = 'crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0';
  return [
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '22', '-pix_fmt', 'yuv420p', '-vf', even],
    // The default time base is one frame: a frame whose time lies between two ticks of it would be moved, or lost.
    ...[passthrough, 'passthrough', '-enc_time_base', '1:90000'],
  ];
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

function wrongFrames(from: string, frames: number, wanted: number): ToolkitError {
  const message = `The clip cut from ${from} has ${frames} frames instead of ${wanted}: the file cannot be sought exactly, or is damaged there.`;
  return new ToolkitError('process-failed', message, { details: { frames, wanted } });
}
