import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { ToolkitError } from '@internvid/core';

/** A yt-dlp that is there and answers. */
export type FoundYtDlp = {
  readonly path: string;
  /** Its date, as it states it: `2023.03.04`. */
  readonly version: string;
  readonly foundIn: 'setting' | 'environment' | 'path';
};

/**
 * Finds yt-dlp: the path given, else the environment (`INTERNVID_YT_DLP`), else `PATH`. A path that is given and does not work is
 * an error, never a reason to go on.
 *
 * @throws ToolkitError `missing-dependency` with the commands that install it.
 */
export function findYtDlp(setting?: string): FoundYtDlp {
  if (setting !== undefined) return examine(setting, 'setting');
  const fromEnvironment = process.env.INTERNVID_YT_DLP;
  if (fromEnvironment !== undefined && fromEnvironment !== '') {
    return examine(fromEnvironment, 'environment');
  }
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  const name = process.platform === 'win32' ? 'yt-dlp.exe' : 'yt-dlp';
  const onPath = folders.map((folder) => join(folder, name)).find(isExecutable);
  if (onPath === undefined) throw missing('No yt-dlp was found in INTERNVID_YT_DLP or PATH.');
  return examine(onPath, 'path');
}

function examine(path: string, foundIn: FoundYtDlp['foundIn']): FoundYtDlp {
  if (!existsSync(path)) {
    throw missing(`yt-dlp was asked for at ${path} (${foundIn}), where there is no file.`);
  }
  const answer: { readonly stdout: string | null } = spawnSync(
    path,
    ['--ignore-config', '--version'],
    { encoding: 'utf8', timeout: 30_000, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const version = (answer.stdout ?? '').trim();
  if (!/^\d{4}\.\d{2}\.\d{2}/.test(version)) {
    throw missing(`${path} (${foundIn}) does not answer like yt-dlp.`);
  }
  return { path, version, foundIn };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function missing(what: string): ToolkitError {
  const ways =
    'Install it with "pipx install yt-dlp", "brew install yt-dlp", "winget install yt-dlp" or "apt-get install yt-dlp" ' +
    '(often too old for live sites), or set INTERNVID_YT_DLP to its path.';
  return new ToolkitError('missing-dependency', `${what} ${ways}`, {
    details: { program: 'yt-dlp' },
  });
}
