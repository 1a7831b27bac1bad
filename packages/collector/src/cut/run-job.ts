import { ToolkitError } from '@internvid/core';
import type { FoundProgram } from '@internvid/core/media';
import fluent from 'fluent-ffmpeg';

/** One file that ffmpeg reads, and the options before its `-i`. */
export type JobInput = { readonly path: string; readonly options?: readonly string[] };

/** One file that ffmpeg makes of one other. */
export type Part = {
  readonly input: JobInput;
  /** The options of the output; `input` is the number of the input, as in `-map <input>:<stream>`. */
  readonly options: (input: number) => readonly string[];
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
 * Makes several files in one run of ffmpeg, as each start of it costs some 50 ms of processor time. Whatever is at a part's
 * `to` is replaced, also by a fragment where the run fails: these are files of the caller's own working folder.
 *
 * @throws ToolkitError `timeout` when ffmpeg makes no progress for `stallMs`, `process-failed` when it fails; the abort reason when
 * aborted.
 */
export async function runParts(
  parts: readonly Part[],
  { ffmpeg, stallMs, signal }: JobRunner,
): Promise<void> {
  signal?.throwIfAborted();
  const [first] = parts;
  if (first === undefined) return;
  const command = fluent().setFfmpegPath(ffmpeg.path);
  for (const { path, options = [] } of parts.map(({ input }) => input)) {
    command.input(`file:${path}`).inputOptions(['-protocol_whitelist', 'file', ...options]);
  }
  parts.forEach(({ options, to }, at) => void command.output(to).outputOptions([...options(at)]));
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
        .run();
    });
  } catch (cause) {
    signal?.throwIfAborted();
    throw stalled.is ? stallError(first, stallMs) : partError(first, cause);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', kill);
  }
}

/** What every part ends with: no metadata, no version strings, one thread, so that equal input gives equal bytes. */
export const SAME_BYTES: readonly string[] = [
  ...['-map_metadata', '-1', '-map_chapters', '-1', '-fflags', '+bitexact'],
  ...['-threads', '1', '-filter_threads', '1', '-filter_complex_threads', '1', '-f', 'mp4'],
];

/** Frames keep their times and number: none is dropped or repeated. ffmpeg 5.1 renamed the option, newer ones know that name alone. */
export function passthrough({ libavformat: [major, minor] }: FoundProgram): readonly string[] {
  const isNew = major > 59 || (major === 59 && minor >= 27);
  return [isNew ? '-fps_mode' : '-vsync', 'passthrough'];
}

function stallError({ input: { path } }: Part, stallMs: number): ToolkitError {
  const message = `ffmpeg made no progress on ${path} for ${stallMs} ms and was ended. Check the disk, or raise stallMs.`;
  return new ToolkitError('timeout', message, { retryable: true, details: { stallMs } });
}

function partError({ input: { path } }: Part, cause: unknown): ToolkitError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ToolkitError('process-failed', `ffmpeg could not cut ${path}: ${reason}`, { cause });
}
