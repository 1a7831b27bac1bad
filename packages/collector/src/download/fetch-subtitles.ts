import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbort, ToolkitError } from '@internvid/core';
import type { CandidateSubtitle } from './candidate.js';
import { fetchFile, type FetchFileOptions } from './fetch-file.js';
import type { FetchedSubtitle } from './finished-file.js';
import { removePartial } from './partial-file.js';
import { endingOf, problemOf } from './problem.js';

/** Ten hours of talk are about one megabyte. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Where the subtitles of a video go: beside it, under its stem. */
export type SubtitlePlace = { readonly folder: string; readonly stem: string };

/**
 * Fetches subtitles that have addresses of their own.
 *
 * @returns those that came, and whether any did not: a video without its subtitles is a video still.
 */
export async function fetchSubtitles(
  wanted: readonly CandidateSubtitle[],
  place: SubtitlePlace,
  options: FetchFileOptions,
): Promise<{ readonly subtitles: readonly FetchedSubtitle[]; readonly isComplete: boolean }> {
  const subtitles: FetchedSubtitle[] = [];
  for (const { url, language, isAutomatic } of wanted) {
    const part = join(place.folder, `${place.stem}.subtitle.part`);
    try {
      await fetchFile(url, part, { ...options, maxBytes: MAX_BYTES });
      const fileName = subtitleName(place.stem, language, isAutomatic, endingOfUrl(url));
      await rename(part, join(place.folder, fileName));
      subtitles.push({ fileName, language, isAutomatic });
    } catch (error) {
      const problem = problemOf(error);
      const isOurs = isAbort(error) || !ToolkitError.is(error) || problem === undefined;
      if (isOurs || endingOf(problem) === 'postpone') throw error;
    } finally {
      await removePartial(part);
    }
  }
  return { subtitles, isComplete: subtitles.length === wanted.length };
}

/** Moves subtitles that yt-dlp wrote to their place. */
export async function placeSubtitles(
  fetched: readonly FetchedSubtitle[],
  workFolder: string,
  { folder, stem }: SubtitlePlace,
): Promise<readonly FetchedSubtitle[]> {
  const placed: FetchedSubtitle[] = [];
  for (const { fileName: name, language, isAutomatic } of fetched) {
    const fileName = subtitleName(stem, language, isAutomatic, 'vtt');
    await rm(join(folder, fileName), { force: true });
    await rename(join(workFolder, name), join(folder, fileName));
    placed.push({ fileName, language, isAutomatic });
  }
  return placed;
}

function subtitleName(
  stem: string,
  language: string,
  isAutomatic: boolean,
  ending: string,
): string {
  // The tag comes from a table or a site: what is none must not become a path.
  const tag = /^[A-Za-z0-9]{1,8}(?:-[A-Za-z0-9]{1,8}){0,5}$/.test(language) ? language : 'und';
  return `${stem}.${tag}${isAutomatic ? '.auto' : ''}.${ending}`;
}

function endingOfUrl(url: string): string {
  return /\.(vtt|srt|ass|ttml)$/i.exec(new URL(url).pathname)?.[1]?.toLowerCase() ?? 'vtt';
}
