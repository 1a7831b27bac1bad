import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import type { Readable } from 'node:stream';

import { ToolkitError } from '../errors.js';

const KEPT_STDERR_BYTES = 16_384;

/** How a process ended. */
export type Ending = { readonly code: number | null; readonly signal: string | null };

/** A process that was started and must be stopped. */
export interface StartedProcess {
  /** What the process writes: its standard output, then its file descriptors 3, 4, … */
  readonly pipes: readonly Readable[];
  /** Settles when the process is gone and its pipes are closed; never rejects. */
  readonly ended: Promise<Ending>;
  /** The last 16 kB that the process wrote to standard error. */
  stderr(): string;
  /** Ends the process if it still runs, and waits until it is gone. */
  stop(): Promise<void>;
}

/** What to run, without any shell. */
export type ProcessOptions = {
  readonly path: string;
  readonly args: readonly string[];
  /** How many file descriptors are read: 1 is standard output alone. Default 1. */
  readonly pipes?: number;
  /** Ends the process. */
  readonly signal?: AbortSignal | undefined;
};

/**
 * Starts a program with nothing on its standard input. The caller must `stop()` it in `finally`.
 *
 * @throws ToolkitError `missing-dependency` when the program cannot be started; the abort reason when already aborted.
 */
export async function startProcess(options: ProcessOptions): Promise<StartedProcess> {
  options.signal?.throwIfAborted();
  const extra = Array.from({ length: (options.pipes ?? 1) - 1 }, () => 'pipe' as const);
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', ...extra];
  const child = spawn(options.path, options.args, { stdio, env: environment(), windowsHide: true });
  const stderr = keepTail(child);
  const kill = (): void => void child.kill('SIGKILL');
  options.signal?.addEventListener('abort', kill, { once: true });
  const ended = new Promise<Ending>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  void ended.then(() => options.signal?.removeEventListener('abort', kill));
  await started(child, options.path);
  return {
    pipes: child.stdio.filter((_, fd) => fd === 1 || fd > 2) as Readable[],
    ended,
    stderr,
    stop: async () => {
      kill();
      for (const stream of child.stdio) stream?.destroy();
      await ended;
    },
  };
}

/**
 * Runs a program to its end and hands over what it writes line by line, with back-pressure from `onLine` only as far as
 * it runs synchronously.
 *
 * @returns what was written to standard error (its last 16 kB) and the exit code.
 * @throws ToolkitError `timeout` when nothing is written for `stallMs`, `process-failed` when the program crashes; the
 * abort reason when aborted.
 */
export async function runLines(
  options: ProcessOptions & { readonly stallMs: number; readonly onLine: (line: string) => void },
): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const child = await startProcess(options);
  const stalled = { is: false };
  const timer = setTimeout(() => {
    stalled.is = true;
    void child.stop();
  }, options.stallMs);
  try {
    await readLines(child.pipes[0], options.onLine, () => timer.refresh());
    const { code, signal } = await child.ended;
    options.signal?.throwIfAborted();
    if (stalled.is) throw stallError(options.path, options.stallMs);
    if (signal !== null) throw crashError(options.path, signal);
    return { code, stderr: child.stderr() };
  } catch (error) {
    options.signal?.throwIfAborted();
    throw stalled.is ? stallError(options.path, options.stallMs) : error;
  } finally {
    clearTimeout(timer);
    await child.stop();
  }
}

/** The error for a program that has written nothing for too long. */
export function stallError(path: string, stallMs: number): ToolkitError {
  const message = `${path} wrote nothing for ${stallMs} ms and was ended. Check the disk, or raise stallMs.`;
  return new ToolkitError('timeout', message, { retryable: true, details: { stallMs } });
}

/** The error for a program that something other than we ended: a crash, or a machine out of memory. */
export function crashError(path: string, signal: string): ToolkitError {
  const message = `${path} was ended by ${signal}. Try another build of ffmpeg, or give the machine more memory.`;
  return new ToolkitError('process-failed', message, { details: { signal } });
}

/** The line of an error output that says most: the last one that is not a mere consequence. */
export function tellingLine(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const telling = lines.filter(
    (line) => line !== '' && !/^(Last message repeated|Conversion failed)/.test(line),
  );
  return telling.at(-1) ?? 'no message';
}

/**
 * Static builds of ffmpeg crash in glibc when they convert the character set of a transport stream's service name with
 * the machine's own, newer, conversion modules. Without modules they leave the name as it is.
 */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, GCONV_PATH: '/dev/null' };
}

async function started(child: ChildProcess, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(startError(path, cause)));
  });
  // A kill that fails reports here; the process is then gone already.
  child.on('error', () => undefined);
}

function startError(path: string, cause: NodeJS.ErrnoException): ToolkitError {
  const what = `${path} could not be started: ${cause.message}.`;
  if (cause.code === 'ENOENT' || cause.code === 'EACCES') {
    const message = `${what} Check that the file exists and may be executed.`;
    return new ToolkitError('missing-dependency', message, { cause });
  }
  const message = `${what} The machine may be out of processes, files or memory: run fewer at once.`;
  return new ToolkitError('process-failed', message, { cause, retryable: true });
}

function keepTail(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-KEPT_STDERR_BYTES);
  });
  return () => tail;
}

async function readLines(
  stream: Readable | undefined,
  onLine: (line: string) => void,
  onData: () => void,
): Promise<void> {
  if (stream === undefined) return;
  let rest = '';
  stream.setEncoding('utf8');
  for await (const text of stream as AsyncIterable<string>) {
    onData();
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  }
  if (rest !== '') onLine(rest);
}
