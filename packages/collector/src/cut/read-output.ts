import { spawn } from 'node:child_process';
import { ToolkitError } from '@internvid/core';

/** What to run, without any shell, and who hears what it writes. */
export type ReadOutputOptions = {
  readonly path: string;
  readonly args: readonly string[];
  readonly onData: (chunk: Buffer) => void;
  /** How long the program may write nothing before it is ended, in milliseconds. */
  readonly stallMs: number;
  readonly signal: AbortSignal | undefined;
};

const KEPT_STDERR_BYTES = 2000;

/**
 * Runs a program to its end and hands over its standard output as it comes.
 *
 * @throws ToolkitError `timeout` when it is silent for too long, `process-failed` when it fails; the abort reason when aborted.
 */
export async function readOutput(options: ReadOutputOptions): Promise<void> {
  const { path, args, onData, stallMs, signal } = options;
  signal?.throwIfAborted();
  const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
  let complaints = '';
  const stalled = { is: false };
  const kill = (): void => void child.kill('SIGKILL');
  const timer = setTimeout(() => {
    stalled.is = true;
    kill();
  }, stallMs);
  signal?.addEventListener('abort', kill, { once: true });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-KEPT_STDERR_BYTES);
  });
  child.stdout.on('data', (chunk: Buffer) => {
    timer.refresh();
    onData(chunk);
  });
  try {
    const end = await new Promise<number | NodeJS.Signals>((done, fail) => {
      child.once('error', fail).once('close', (code, by) => done(code ?? by ?? 0));
    });
    signal?.throwIfAborted();
    if (stalled.is) throw stallError(path, stallMs);
    if (end !== 0) throw new Error(complaints.trim().split('\n').at(-1) || `it ended with ${end}`);
  } catch (cause) {
    signal?.throwIfAborted();
    if (ToolkitError.is(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ToolkitError('process-failed', `${path} failed: ${reason}`, { cause });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', kill);
    kill();
  }
}

/** Runs a program and hands over its standard output line by line. */
export async function readLines(
  options: Omit<ReadOutputOptions, 'onData'>,
  onLine: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  await readOutput({
    ...options,
    onData: (chunk) => {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    },
  });
  if (rest !== '') onLine(rest);
}

function stallError(path: string, stallMs: number): ToolkitError {
  const message = `${path} wrote nothing for ${stallMs} ms and was ended. Check the disk, or raise stallMs.`;
  return new ToolkitError('timeout', message, { retryable: true, details: { stallMs } });
}
