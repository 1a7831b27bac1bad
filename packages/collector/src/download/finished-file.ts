import { readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '@internvid/core';
import { fileContent } from '../sources/content-hash.js';
import { replaceFile } from './replace-file.js';

/** A subtitle file that was fetched. */
export type FetchedSubtitle = {
  /** Beside the video; WebVTT where it came through yt-dlp. */
  readonly fileName: string;
  readonly language: string;
  readonly isAutomatic: boolean;
};

/** What is kept beside a video that was fetched. */
export type FinishedFile = {
  readonly url: string;
  readonly fileName: string;
  readonly bytes: number;
  /** Of the whole file, lower-case hex. */
  readonly sha256: string;
  readonly subtitles: readonly FetchedSubtitle[];
  /** What the site says of it, where yt-dlp fetched it. */
  readonly page?: JsonObject;
  readonly warnings: readonly string[];
};

type Note = FinishedFile & {
  readonly sampledSha256: string;
  /** Where the complete file lay, relative to the folder, before it was given its place. */
  readonly from: string;
};

const noteOf = (folder: string, stem: string): string => join(folder, `${stem}.json`);

/**
 * Gives a complete file its place. The note is written first: whoever finds it and the file still under its old name finishes
 * the move, so that a kill at any moment costs no second transfer.
 *
 * @param from the complete file, relative to the folder: `<stem>.part` or `<stem>.work/video.<ending>`.
 */
export async function finishFile(
  folder: string,
  stem: string,
  from: string,
  finished: FinishedFile,
): Promise<void> {
  const { sha256: sampledSha256 } = await fileContent(join(folder, from));
  const note: Note = { ...finished, sampledSha256, from };
  await replaceFile(noteOf(folder, stem), `${JSON.stringify(note)}\n`);
  await rename(join(folder, from), join(folder, finished.fileName));
}

/**
 * Finds the file of an earlier run, by its size and the hash of its samples (see `fileContent`).
 *
 * @returns undefined where there is none or it is no longer what it was.
 */
export async function findFinished(
  folder: string,
  stem: string,
): Promise<FinishedFile | undefined> {
  const note = await readNote(noteOf(folder, stem));
  if (note === undefined) return undefined;
  const path = join(folder, note.fileName);
  if (await isSame(path, note)) return publicPart(note);
  const from = join(folder, note.from);
  if (!(await isSame(from, note))) return undefined;
  await rename(from, path);
  return publicPart(note);
}

async function isSame(path: string, note: Note): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found?.size !== note.bytes) return false;
  return (await fileContent(path)).sha256 === note.sampledSha256;
}

async function readNote(path: string): Promise<Note | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const note = JSON.parse(text) as Note;
    // The folder may be shared: names in a note are not trusted to stay inside it.
    const isInside =
      /^[a-z0-9-]+\.[a-z0-9]+$/.test(note.fileName) &&
      /^[a-z0-9-]+\.(?:part|work\/video\.[a-z0-9]+)$/.test(note.from);
    const isWhole =
      typeof note.bytes === 'number' &&
      typeof note.sha256 === 'string' &&
      Array.isArray(note.subtitles) &&
      Array.isArray(note.warnings);
    return isInside && isWhole ? note : undefined;
  } catch {
    return undefined;
  }
}

function publicPart({ sampledSha256: _, from: __, ...finished }: Note): FinishedFile {
  return finished;
}
