import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { JsonObject } from '@internvid/core';
import type { TransferLimits } from '../fetch-file.js';
import { downloadError } from '../problem.js';
import { watchForStall } from '../stall-watch.js';
import { openCheckingProxy } from './checking-proxy.js';
import type { FoundYtDlp } from './find-yt-dlp.js';
import { readPage } from './read-page.js';
import { runYtDlp, type YtDlpRun } from './run-yt-dlp.js';
import { PROGRESS_MARK, RESULT_FILE, ytDlpArguments } from './yt-dlp-arguments.js';
import { isSubtitleFailure, ytDlpError } from './yt-dlp-errors.js';

/** How a page is fetched. */
export type FetchPageOptions = TransferLimits & {
  readonly program: FoundYtDlp;
  readonly ffmpegPath?: string | undefined;
  readonly subtitleLanguages: readonly string[];
  readonly signal: AbortSignal;
  readonly onProgress?: (bytes: number, totalBytes: number | undefined) => void;
};

/** What yt-dlp left in the working folder. */
export type FetchedPage = {
  /** Name of the video file. */
  readonly fileName: string;
  readonly subtitles: readonly {
    readonly fileName: string;
    readonly language: string;
    readonly isAutomatic: boolean;
  }[];
  readonly page: JsonObject;
  /** `no-subtitles` where they were there and could not be fetched. */
  readonly warnings: readonly string[];
};

/**
 * Fetches the video of a page, or of a playlist of segments, with yt-dlp into `folder`; what an earlier try left there is gone on
 * with. Every connection goes through a proxy that holds it to the guard, the size limit, the budget and the watchdog.
 *
 * @throws ToolkitError made by `downloadError`, or `missing-dependency`; the abort reason.
 */
export async function fetchPage(
  url: string,
  folder: string,
  options: FetchPageOptions,
): Promise<FetchedPage> {
  const { guard } = options;
  await guard.addresses(guard.check(url).hostname);
  await mkdir(folder, { recursive: true });
  const first = await callYtDlp(url, folder, options);
  if (!isSubtitleFailure(first.lines)) return collect(url, folder, first, []);
  const second = await callYtDlp(url, folder, { ...options, subtitleLanguages: [] });
  return collect(url, folder, second, ['no-subtitles']);
}

type Call = YtDlpRun & { readonly refused: Error | undefined };

async function callYtDlp(url: string, folder: string, options: FetchPageOptions): Promise<Call> {
  const { guard, budget, signal } = options;
  await rm(join(folder, RESULT_FILE), { force: true });
  const stop = new AbortController();
  const limit = byteLimit(url, options.maxBytes);
  const watch = watchYtDlp(url, options, (error) => stop.abort(error));
  const proxy = await openCheckingProxy({
    guard,
    onBytes(bytes) {
      watch.received(bytes);
      try {
        limit(bytes);
        budget.spend(bytes);
      } catch (error) {
        stop.abort(error);
      }
    },
  });
  try {
    const run = await runYtDlp({
      path: options.program.path,
      args: ytDlpArguments({ ...options, url }),
      folder,
      proxyUrl: proxy.url,
      signal: AbortSignal.any([signal, stop.signal]),
      onLine(line) {
        watch.wrote(line);
        if (line.startsWith(PROGRESS_MARK)) reportProgress(line, options.onProgress);
      },
    });
    return { ...run, refused: proxy.refused[0] };
  } finally {
    watch.stop();
    await proxy.close();
  }
}

/** The page, its scripts and its pictures are fetched too: they may not be free, but they are not the video. */
const PAGE_BYTES = 64 * 1024 * 1024;

function byteLimit(url: string, maxBytes: number): (bytes: number) => void {
  let received = 0;
  return (bytes) => {
    received += bytes;
    if (received <= maxBytes + PAGE_BYTES) return;
    const message = `${url} brought more than ${maxBytes} bytes, which is maxBytesPerFile.`;
    throw downloadError('too-large', message, { details: { maxBytes } });
  };
}

type YtDlpWatch = {
  received(bytes: number): void;
  wrote(line: string): void;
  stop(): void;
};

/** While it speaks of downloading it must bring bytes; else, reading a page or joining files, any sign of life will do. */
function watchYtDlp(
  url: string,
  options: FetchPageOptions,
  onStall: (error: Error) => void,
): YtDlpWatch {
  let isTransferring = false;
  let isAlive = false;
  const watch = watchForStall(`yt-dlp at ${url}`, options, onStall, () => {
    const isQuietAllowed = isAlive && !isTransferring;
    isAlive = false;
    return isQuietAllowed;
  });
  return {
    received(bytes) {
      isAlive = true;
      watch.received(bytes);
    },
    wrote(line) {
      isAlive = true;
      isTransferring = line.startsWith(PROGRESS_MARK) || line.startsWith('[download] ');
    },
    stop: watch.stop,
  };
}

function reportProgress(line: string, onProgress: FetchPageOptions['onProgress']): void {
  const [bytes = NaN, total = NaN, estimate = NaN] = line.split(' ').slice(1).map(Number);
  const totalBytes = [total, estimate].find((value) => Number.isFinite(value));
  if (Number.isFinite(bytes)) onProgress?.(bytes, totalBytes);
}

async function collect(
  url: string,
  folder: string,
  { code, lines, refused }: Call,
  warnings: readonly string[],
): Promise<FetchedPage> {
  const result = await readFile(join(folder, RESULT_FILE), 'utf8').catch(() => '');
  const fileName = basename(result.trim().split('\n').at(-1) ?? '');
  if (code !== 0 || !/^video\.[a-z0-9]+$/.test(fileName)) {
    throw refused ?? ytDlpError(url, lines);
  }
  const { facts, writtenLanguages } = await readPage(join(folder, 'video.info.json'));
  const subtitles = (await readdir(folder)).sort().flatMap((name) => {
    const language = /^video\.([A-Za-z0-9-]+)\.vtt$/.exec(name)?.[1];
    if (language === undefined) return [];
    return [{ fileName: name, language, isAutomatic: !writtenLanguages.has(language) }];
  });
  return { fileName, subtitles, page: facts, warnings };
}
