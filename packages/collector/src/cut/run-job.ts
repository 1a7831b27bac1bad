import { ToolkitError } from '@internvid/core';
import type { FoundProgram } from '@internvid/core/media';
import fluent from 'fluent-ffmpeg';

/** One file that ffmpeg reads, and the options before its `-i`. */
export type JobInput = { readonly path: string; readonly options?: readonly string[] };

/** One run of ffmpeg that makes one file. */
export type Job = {
  readonly inputs: readonly JobInput[];
  /** The options of the output. */
  readonly options: readonly string[];
  readonly to: string;
};

/** How programs are run. */
export type JobRunner = {
  readonly ffmpeg: FoundProgram;
  readonly ffprobe: FoundProgram;
  /** How long a program may say nothing before it is ended, in milliseconds. */
  readonly stallMs: number;
  readonly signal: AbortSignal | undefined;
};

/**
 * Runs ffmpeg to its end. Whatever is at `to` is replaced, also by a part where the job fails: `to` is a file of the caller's own
 * working folder.
 *
 * @throws ToolkitError `timeout` when ffmpeg makes no progress for `stallMs`, `process-failed` when it fails; the abort reason when
 * aborted.
 */
export async function runJob(job: Job, { ffmpeg, stallMs, signal }: JobRunner): Promise<void> {
  signal?.throwIfAborted();
  const command = fluent().setFfmpegPath(ffmpeg.path);
  for (const { path, options = [] } of job.inputs) {
    command.input(`file:${path}`).inputOptions(['-protocol_whitelist', 'file', ...options]);
  }
  command.outputOptions([...job.options]);
  const stalled = { is: false };
  const kill = (): void => void command.kill('SIGKILL');
  const timer = setTimeout(() => {
    stalled.is = true;
    kill();
  }, stallMs);
  signal?.addEventListener('abort', kill, { once: true });
  try {
    await new Promise<void>((done, fail) => {
      command
        .on('stderr', () => void timer.refresh())
        .once('end', () => done())
        .once('error', fail)
        .save(job.to);
    });
  } catch (cause) {
    signal?.throwIfAborted();
    throw stalled.is ? stallError(job, stallMs) : jobError(job, cause);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', kill);
  }
}

/** What every job ends with: no metadata, no version strings, one thread, so that equal input gives equal bytes. */
export const SAME_BYTES: readonly string[] = [
  ...['-map_metadata', '-1', '-map_chapters', '-1', '-fflags', '+bitexact'],
  ...['-threads', '1', '-filter_threads', '1', '-filter_complex_threads', '1', '-f', 'mp4'],
];

/** Frames keep their times and number: none is dropped or repeated. ffmpeg 5.1 renamed the option, newer ones know that name alone. */
export function passthrough({ libavformat: [major, minor] }: FoundProgram): readonly string[] {
  const isNew = major > 59 || (major === 59 && minor >= 27);
  return [isNew ? '-fps_mode' : '-vsync', 'passthrough'];
}

function stallError(job: Job, stallMs: number): ToolkitError {
  const message = `ffmpeg made no progress on ${readFrom(job)} for ${stallMs} ms and was ended. Check the disk, or raise stallMs.`;
  return new ToolkitError('timeout', message, { retryable: true, details: { stallMs } });
}

function jobError(job: Job, cause: unknown): ToolkitError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ToolkitError('process-failed', `ffmpeg could not cut ${readFrom(job)}: ${reason}`, {
    cause,
  });
}

function readFrom({ inputs: [first] }: Job): string {
  return first?.path ?? 'nothing';
}
