import { readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ToolkitError } from '@internvid/core';
import { glob, isDynamicPattern } from 'tinyglobby';

/** Endings of the files that folders are searched for, and globs that name no ending. */
export const VIDEO_EXTENSIONS: readonly string[] =
  '3g2 3gp asf avi divx f4v flv m2ts m2v m4v mkv mov mp4 mpe mpeg mpg mts mxf ogm ogv qt rm rmvb ts vob webm wmv y4m'.split(
    ' ',
  );

/**
 * Finds the files that paths mean: a path that exists is taken as it is, whatever characters it has, a file as itself and a folder
 * with all the video files below it; any other is a glob. Files and folders whose name begins with a dot are left out of folders.
 * Links are followed, loops of links once.
 *
 * @returns absolute paths without repetition, in code-unit order.
 * @throws ToolkitError `not-found` for a path or pattern that matches nothing.
 */
export async function findFiles(
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const path of paths) {
    signal?.throwIfAborted();
    const matches = await filesOf(path, signal);
    if (matches.length === 0) throw nothingAt(path);
    for (const match of matches) found.add(match);
  }
  return [...found].sort();
}

async function filesOf(path: string, signal?: AbortSignal): Promise<readonly string[]> {
  const info = await stat(path).catch(() => undefined);
  if (info?.isDirectory() === true) return walk(resolve(path), new Set(), signal);
  if (info !== undefined) return [resolve(path)];
  return isDynamicPattern(path) ? matchesOf(path) : [];
}

/** A pattern with an ending, like `*.mp4`, is taken at its word; one without, like `day-1/**`, means videos. */
async function matchesOf(pattern: string): Promise<readonly string[]> {
  const files = await glob(pattern, { absolute: true, expandDirectories: false });
  return /\.[^./*]+$/.test(pattern) ? files : files.filter(isVideoName);
}

async function walk(folder: string, seen: Set<string>, signal?: AbortSignal): Promise<string[]> {
  signal?.throwIfAborted();
  const real = await realpath(folder);
  if (seen.has(real)) return [];
  seen.add(real);
  const files: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    // A link that leads nowhere stays in the list when its name is a video's: it is reported when it is read.
    const info = entry.isSymbolicLink() ? await stat(path).catch(() => entry) : entry;
    if (info.isDirectory()) files.push(...(await walk(path, seen, signal)));
    else if (isVideoName(entry.name)) files.push(path);
  }
  return files;
}

function isVideoName(path: string): boolean {
  const ending = /\.([^./]+)$/.exec(path)?.[1];
  return ending !== undefined && VIDEO_EXTENSIONS.includes(ending.toLowerCase());
}

function nothingAt(path: string): ToolkitError {
  const message =
    `"${path}" matches no file. Give a video file, a folder that holds some (${VIDEO_EXTENSIONS.slice(0, 3).join(', ')}, …), ` +
    `or a pattern with an ending, like "${join('videos', '*.mp4')}".`;
  return new ToolkitError('not-found', message, { details: { path } });
}
