import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, isAbsolute, join } from 'node:path';

import { ToolkitError } from '../errors.js';

/** A program of the ffmpeg suite. */
export type FfmpegProgram = 'ffmpeg' | 'ffprobe';

/** Where a program was found, in the order of search. */
export type FoundIn = 'setting' | 'environment' | 'path' | 'npm';

/** A program that is there and answers. */
export type FoundProgram = {
  readonly path: string;
  /** As the program states it, e.g. `5.1.9-0+deb12u1`. */
  readonly version: string;
  /** Major and minor version of libavformat, which tells also nightly builds apart. */
  readonly libavformat: readonly [number, number];
  readonly foundIn: FoundIn;
};

const ENVIRONMENT = { ffmpeg: 'INTERNVID_FFMPEG', ffprobe: 'INTERNVID_FFPROBE' } as const;
const PACKAGES = {
  ffmpeg: '@ffmpeg-installer/ffmpeg',
  ffprobe: '@ffprobe-installer/ffprobe',
} as const;

/**
 * Finds a program: the path given, else the environment (`INTERNVID_FFMPEG`, `INTERNVID_FFPROBE`), else `PATH`, else
 * the npm packages `@ffmpeg-installer/ffmpeg` and `@ffprobe-installer/ffprobe`. A path that is given and does not work
 * is an error, never a reason to go on.
 *
 * @throws ToolkitError `missing-dependency` with the commands that install it.
 */
export function findFfmpeg(program: FfmpegProgram, setting?: string): FoundProgram {
  if (setting !== undefined) return examine(program, setting, 'setting');
  const fromEnvironment = process.env[ENVIRONMENT[program]];
  if (fromEnvironment !== undefined && fromEnvironment !== '') {
    return examine(program, fromEnvironment, 'environment');
  }
  const onPath = searchPath(program);
  if (onPath !== undefined) return examine(program, onPath, 'path');
  const packaged = searchPackages(program);
  if (packaged !== undefined) return examine(program, packaged, 'npm');
  throw missing(
    program,
    `No ${program} was found in ${ENVIRONMENT[program]}, PATH or node_modules.`,
  );
}

function searchPath(program: string): string | undefined {
  const name = process.platform === 'win32' ? `${program}.exe` : program;
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function searchPackages(program: FfmpegProgram): string | undefined {
  try {
    // The package throws while it loads where it has no binary for this machine.
    const found: unknown = createRequire(import.meta.url)(PACKAGES[program]);
    if (typeof found !== 'object' || found === null || !('path' in found)) return undefined;
    return typeof found.path === 'string' && existsSync(found.path) ? found.path : undefined;
  } catch {
    return undefined;
  }
}

function examine(program: FfmpegProgram, path: string, foundIn: FoundIn): FoundProgram {
  if (!existsSync(path)) {
    throw missing(
      program,
      `${program} was asked for at ${path} (${foundIn}), where there is no file.`,
    );
  }
  if (foundIn === 'npm') makeExecutable(program, path);
  const answer: { readonly stdout: string | null; readonly error?: Error } = spawnSync(
    path,
    ['-hide_banner', '-version'],
    {
      encoding: 'utf8',
      timeout: 20_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const text = answer.stdout ?? '';
  const version = new RegExp(`^${program} version (\\S+)`).exec(text)?.[1];
  const library = /^libavformat\s+(\d+)\.\s*(\d+)\./m.exec(text);
  if (version === undefined || library === null) {
    const options = answer.error === undefined ? {} : { cause: answer.error };
    throw missing(program, `${path} (${foundIn}) does not answer like ${program}.`, options);
  }
  return { path, version, libavformat: [Number(library[1]), Number(library[2])], foundIn };
}

/** npm leaves the binary of the ffprobe package without its executable bit where install scripts are denied. */
function makeExecutable(program: FfmpegProgram, path: string): void {
  if (isExecutable(path)) return;
  try {
    chmodSync(path, 0o755);
  } catch (cause) {
    throw missing(program, `${path} may not be executed and its mode may not be changed.`, {
      cause,
    });
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function missing(
  program: FfmpegProgram,
  what: string,
  options: { cause?: unknown } = {},
): ToolkitError {
  const ways =
    `Install it with "apt-get install ffmpeg", "brew install ffmpeg", "winget install ffmpeg" or ` +
    `"npm install ${PACKAGES.ffmpeg} ${PACKAGES.ffprobe}", or set ${ENVIRONMENT[program]} to its path.`;
  return new ToolkitError('missing-dependency', `${what} ${ways}`, {
    ...options,
    details: { program },
  });
}
