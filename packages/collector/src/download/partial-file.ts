import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import { replaceFile } from './replace-file.js';

/** What the server said of a file that has come in part. */
export type PartialNote = {
  readonly url: string;
  /** `ETag` or `Last-Modified` of the answer: what a resumed answer must still have. */
  readonly validator?: string;
  /** Length of the whole file, where the server stated it. */
  readonly totalBytes?: number;
};

/** What has come of a file. */
export type PartialFile = PartialNote & { readonly bytes: number };

/** The note lies beside the part. */
const noteOf = (part: string): string => `${part}.json`;

/** What an earlier try left, if it was for the same URL and can be told from another version of the file. */
export async function readPartial(part: string, url: string): Promise<PartialFile | undefined> {
  const [found, text] = await Promise.all([
    stat(part).catch(() => undefined),
    readFile(noteOf(part), 'utf8').catch(() => undefined),
  ]);
  if (found === undefined || text === undefined) return undefined;
  const note = parseNote(text);
  if (note?.url !== url || note.validator === undefined) return undefined;
  return { ...note, bytes: found.size };
}

/** Empties the part, or makes it, and notes what it will hold: never are there bytes of one version and the note of another. */
export async function startPartial(part: string, note: PartialNote): Promise<FileHandle> {
  const handle = await open(part, 'w');
  try {
    await replaceFile(noteOf(part), `${JSON.stringify(note)}\n`);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Forgets what has come. */
export async function removePartial(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(noteOf(part), { force: true });
}

/** Forgets the note of a part that is complete. */
export async function removePartialNote(part: string): Promise<void> {
  await rm(noteOf(part), { force: true });
}

/** SHA-256 of a file, open for more. */
export async function hashOfFile(path: string, signal: AbortSignal): Promise<Hash> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Buffer);
  return hash;
}

function parseNote(text: string): PartialNote | undefined {
  try {
    const { url, validator, totalBytes } = JSON.parse(text) as Record<string, unknown>;
    if (typeof url !== 'string') return undefined;
    return {
      url,
      ...(typeof validator === 'string' ? { validator } : {}),
      ...(Number.isSafeInteger(totalBytes) ? { totalBytes: totalBytes as number } : {}),
    };
  } catch {
    return undefined;
  }
}
