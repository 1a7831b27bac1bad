import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ToolkitError } from '@internvid/core';

const KEPT_LINES = 100;

/** How a program is run in a process group of its own. */
export type RunYtDlpOptions = {
  readonly path: string;
  readonly args: readonly string[];
  /** Its working folder, and all that it knows as home. */
  readonly folder: string;
  readonly proxyUrl: string;
  readonly signal: AbortSignal;
  /** Each line that it writes, as it comes. */
  readonly onLine: (line: string) => void;
};

/** How it ended. */
export type YtDlpRun = {
  readonly code: number | null;
  /** The last lines of its errors, then of its output. */
  readonly lines: readonly string[];
};

/**
 * Runs yt-dlp to its end. When the signal fires the whole process group is killed, ffmpeg included.
 *
 * @throws ToolkitError `missing-dependency` when it cannot be started; the abort reason.
 */
export async function runYtDlp(options: RunYtDlpOptions): Promise<YtDlpRun> {
  const { path, args, folder, signal } = options;
  signal.throwIfAborted();
  const child = spawn(path, args, {
    cwd: folder,
    env: environment(options),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    windowsHide: true,
  });
  const kill = (): void => killGroup(child);
  signal.addEventListener('abort', kill, { once: true });
  try {
    const errors = tailOf(child.stderr, options.onLine);
    const output = tailOf(child.stdout, options.onLine);
    const code = await ending(child, path);
    signal.throwIfAborted();
    return { code, lines: [...errors, ...output] };
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
  }
}

/**
 * What yt-dlp may know of this machine: no configuration, plugins, cookies or passwords of its user, and no way to the network but
 * the proxy, which also what it starts inherits.
 */
function environment({ folder, proxyUrl }: RunYtDlpOptions): NodeJS.ProcessEnv {
  const kept = ['PATH', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'TMPDIR', 'SYSTEMROOT'] as const;
  const own = kept.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const homes = ['HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'XDG_DATA_HOME', 'APPDATA'];
  const proxies = ['http_proxy', 'https_proxy', 'ftp_proxy', 'all_proxy'];
  return Object.fromEntries([
    ...own,
    ...homes.map((name) => [name, folder] as const),
    ...proxies.map((name) => [name, proxyUrl] as const),
    ['LC_ALL', 'C.UTF-8'],
    ['PYTHONUNBUFFERED', '1'],
  ]);
}

function tailOf(stream: NodeJS.ReadableStream, onLine: (line: string) => void): readonly string[] {
  const lines: string[] = [];
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
    onLine(line);
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
  });
  return lines;
}

async function ending(child: ChildProcess, path: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      const message = `${path} could not be started: ${cause.message}. Check that it may be executed.`;
      reject(new ToolkitError('missing-dependency', message, { cause }));
    });
    child.once('close', resolve);
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing of the group is left.
  }
}
