import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { ToolkitError } from '@internvid/core';
import { decodeText, type TextEncoding } from './decode-text.js';
import { parseSubtitles, type Subtitles } from './parse-subtitles.js';

/** A subtitle file beside a video. */
export type SubtitleFile = {
  /** Name without its folder. */
  readonly fileName: string;
  /** BCP 47 tag, `und` where the name has none. */
  readonly language: string;
  /** Whether a machine wrote it, by its name: `talk.en.auto.vtt`. */
  readonly isAutomatic: boolean;
};

/** Ten hours of talk are about one megabyte. */
const MAX_BYTES = 16 * 1024 * 1024;
/** Parts of a name that say what kind of subtitles they are. */
const KINDS: readonly string[] = ['auto', 'asr', 'forced', 'sdh', 'cc', 'hi', 'default', 'full'];

/**
 * The subtitle files beside a video, by their names: its own name without the ending, then perhaps a language and a kind, then `.srt`,
 * `.vtt`, `.ass`, `.ssa`, `.ttml`, `.dfxp` or `.itt`. Those that show only what is foreign (`forced`) are left out. Written ones come before automatic ones, else the order is that of
 * names.
 */
export async function findSubtitleFiles(video: string): Promise<readonly SubtitleFile[]> {
  const stem = basename(video, extname(video));
  const names = await readdir(dirname(video)).catch(() => []);
  return names
    .filter(
      (name) => name.startsWith(`${stem}.`) && /\.(?:srt|vtt|ass|ssa|ttml|dfxp|itt)$/i.test(name),
    )
    .sort()
    .flatMap((fileName): readonly SubtitleFile[] => {
      const parts = fileName
        .slice(stem.length + 1)
        .toLowerCase()
        .split('.')
        .slice(0, -1);
      const kinds = parts.filter((part) => KINDS.includes(part));
      const [tag, ...others] = parts.filter((part) => !KINDS.includes(part));
      if (others.length > 0 || kinds.includes('forced')) return [];
      const language = tag === undefined ? 'und' : languageTag(tag);
      if (language === undefined) return [];
      return [{ fileName, language, isAutomatic: kinds.includes('auto') || kinds.includes('asr') }];
    })
    .toSorted((a, b) => Number(a.isAutomatic) - Number(b.isAutomatic));
}

/** A tag of BCP 47 in its usual case, by letters alone: `pt-br` is `pt-BR`; undefined for what is none. */
export function languageTag(text: string): string | undefined {
  if (!/^[a-z]{2,3}(?:[-_][a-z0-9]{2,8}){0,3}$/i.test(text)) return undefined;
  try {
    return Intl.getCanonicalLocales(text.replaceAll('_', '-'))[0];
  } catch {
    return undefined;
  }
}

/**
 * Reads a subtitle file.
 *
 * @throws ToolkitError `not-found`, `unreadable` for one that is too large or holds no subtitles.
 */
export async function readSubtitleFile(
  path: string,
  signal?: AbortSignal,
): Promise<Subtitles & { readonly encoding: TextEncoding }> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true)
    throw new ToolkitError('not-found', `There is no subtitle file ${path}.`);
  if (found.size > MAX_BYTES) {
    const message = `${path} has ${found.size} bytes, more than subtitles ever have.`;
    throw new ToolkitError('unreadable', message, { details: { reason: 'no-subtitles' } });
  }
  const { text, encoding } = decodeText(await readFile(path, signal ? { signal } : {}));
  return { ...parseSubtitles(text, path), encoding };
}

/** The file of a name that a table or a site gave: it must lie beside the video. */
export function besideVideo(video: string, fileName: string): string | undefined {
  return basename(fileName) === fileName ? join(dirname(video), fileName) : undefined;
}
