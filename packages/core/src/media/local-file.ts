import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ToolkitError } from '../errors.js';

/** A file to be decoded, and what tells two states of it apart. */
export type LocalFile = {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
};

/**
 * Finds the file that a uri names: a path, or a `file:` URL.
 *
 * @throws ToolkitError `not-found`; `unreadable` for what is no file, cannot be opened, is empty, or lies elsewhere.
 */
export async function findLocalFile(uri: string): Promise<LocalFile> {
  const path = localPath(uri);
  const found = await stat(path).catch((cause: unknown) => {
    throw statError(path, cause);
  });
  if (!found.isFile()) throw new ToolkitError('unreadable', `${path} is not a file.`);
  if (found.size === 0) {
    const message = `${path} is empty (0 bytes). Fetch it again.`;
    throw new ToolkitError('unreadable', message, { details: { reason: 'empty' } });
  }
  return { path, bytes: found.size, modifiedMs: found.mtimeMs };
}

/**
 * Says what a file that no decoder knows looks like, for the error message: the usual cases are failed downloads.
 *
 * @returns a phrase such as "an HTML page", or undefined.
 */
export async function lookAt(
  path: string,
): Promise<{ reason: string; looksLike: string } | undefined> {
  const handle = await open(path);
  try {
    const buffer = Buffer.alloc(512);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    const head = buffer.subarray(0, bytesRead).toString('latin1').trimStart();
    return LOOKS.find(({ pattern }) => pattern.test(head));
  } finally {
    await handle.close();
  }
}

const STILL_IMAGE = { reason: 'still-image', looksLike: 'a still image' } as const;

const LOOKS = [
  {
    pattern: /^version https:\/\/git-lfs/,
    reason: 'git-lfs-pointer',
    looksLike: 'a Git LFS pointer; run "git lfs pull" to fetch the file itself',
  },
  {
    pattern: /^(<!doctype html|<html|<head|<body)/i,
    reason: 'html-page',
    looksLike: 'an HTML page, probably the error page of a failed download',
  },
  {
    pattern: /^#EXTM3U/,
    reason: 'playlist',
    looksLike: 'an HLS playlist, which only names other files',
  },
  {
    pattern: /^(ffconcat|file\s)/,
    reason: 'playlist',
    looksLike: 'a concat script, which only names other files',
  },
  {
    pattern: /^(\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\0\0\0\0|II\*\0|MM\0\*|RIFF.{4}WEBP)/s,
    ...STILL_IMAGE,
  },
  { pattern: /^<\?xml|^<MPD/, reason: 'xml', looksLike: 'an XML text' },
  { pattern: /^[[{]\s*["[{]/, reason: 'json', looksLike: 'a JSON text' },
] as const;

function localPath(uri: string): string {
  if (uri.startsWith('file://')) return fileURLToPath(uri);
  // Two letters at least: a drive letter is no scheme.
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(uri)) {
    const message = `${uri} is not a local file. Download it first: the decoder reads local files only.`;
    throw new ToolkitError('unreadable', message, { details: { reason: 'not-local' } });
  }
  return resolve(uri);
}

function statError(path: string, cause: unknown): ToolkitError {
  const code =
    typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new ToolkitError('not-found', `There is no file at ${path}.`, { cause });
  }
  return new ToolkitError('unreadable', `${path} cannot be read: ${String(cause)}`, { cause });
}
