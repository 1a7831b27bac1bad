import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** A video of a test that has a file, and the others. */
export type FoundVideos<Video> = {
  readonly found: readonly (Video & { readonly path: string })[];
  readonly missing: readonly Video[];
};

/**
 * Finds the files of a test's videos in a folder and the folders in it: by path from there, else by name, both without extension.
 * A name that several files have is nobody's.
 */
export async function findVideos<Video extends { readonly names: readonly string[] }>(
  folder: string,
  videos: readonly Video[],
): Promise<FoundVideos<Video>> {
  const byPath = new Map<string, string>();
  const byName = new Map<string, string | undefined>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile() && !entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const stem = relative(folder, path)
      .split(sep)
      .join('/')
      .replace(/\.[^./]+$/, '');
    const name = stem.slice(stem.lastIndexOf('/') + 1);
    byPath.set(stem, path);
    byName.set(name, byName.has(name) ? undefined : path);
  }
  const found: (Video & { readonly path: string })[] = [];
  const missing: Video[] = [];
  for (const video of videos) {
    const path = video.names.map((name) => byPath.get(name) ?? byName.get(name)).find(Boolean);
    if (path === undefined) missing.push(video);
    else found.push({ ...video, path });
  }
  return { found, missing };
}
