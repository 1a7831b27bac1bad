import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { MediaInfo } from '@internvid/core';
import type { VideoCandidate } from './candidate.js';
import type { Downloaded, DownloadContext, DownloadTools } from './download-tools.js';
import { endingFor, examineFile, type Doubts } from './examine-file.js';
import { fetchFile, type FetchFileOptions } from './fetch-file.js';
import { fetchSubtitles, placeSubtitles } from './fetch-subtitles.js';
import { finishFile, type FinishedFile } from './finished-file.js';
import { hashOfFile, removePartial, removePartialNote } from './partial-file.js';
import { fetchPage } from './yt-dlp/fetch-page.js';

/**
 * Fetches a candidate once, proves the file and gives it its place: `<stem>.<ending>` with `<stem>.json` beside it.
 *
 * @throws ToolkitError made by `downloadError`; the abort reason.
 */
export async function fetchCandidate(
  candidate: VideoCandidate,
  stem: string,
  tools: DownloadTools,
  context: DownloadContext,
): Promise<Downloaded> {
  return candidate.via === 'http'
    ? fetchDirectly(candidate, stem, tools, context)
    : fetchThroughYtDlp(candidate, stem, tools, context);
}

async function fetchDirectly(
  candidate: VideoCandidate,
  stem: string,
  tools: DownloadTools,
  context: DownloadContext,
): Promise<Downloaded> {
  const { folder } = tools.settings;
  const { url, subtitles: wanted = [] } = candidate;
  const options = transferOptions(tools, context);
  const from = `${stem}.part`;
  const part = join(folder, from);
  const { bytes, sha256, ...doubts } = await fetchFile(url, part, options);
  const info = await examineOrRemove(url, part, doubts, tools, context);
  const { onProgress: _, ...quiet } = options;
  const { subtitles, isComplete } = await fetchSubtitles(wanted, { folder, stem }, quiet);
  const fileName = `${stem}.${endingFor(info.container, url)}`;
  const warnings = isComplete ? [] : ['no-subtitles'];
  const file: FinishedFile = { url, fileName, bytes, sha256, subtitles, warnings };
  await finishFile(folder, stem, from, file);
  await removePartialNote(part);
  return { file, info };
}

async function fetchThroughYtDlp(
  candidate: VideoCandidate,
  stem: string,
  tools: DownloadTools,
  context: DownloadContext,
): Promise<Downloaded> {
  const { folder, subtitleLanguages } = tools.settings;
  const { url, subtitles: wanted = [] } = candidate;
  const options = transferOptions(tools, context);
  const workFolder = join(folder, `${stem}.work`);
  const program = tools.ytDlp();
  const fetched = await fetchPage(url, workFolder, {
    ...{ ...options, program, subtitleLanguages, ffmpegPath: tools.ffmpegPath },
  });
  const path = join(workFolder, fetched.fileName);
  const doubts = { isEndKnown: true, isResumed: false };
  const info = await examineOrRemove(url, path, doubts, tools, context);
  const { onProgress: _, ...quiet } = options;
  const own = await fetchSubtitles(wanted, { folder, stem }, quiet);
  const offered = await placeSubtitles(fetched.subtitles, workFolder, { folder, stem });
  const file: FinishedFile = {
    url,
    fileName: `${stem}.${endingFor(info.container, `file:///${fetched.fileName}`)}`,
    bytes: (await stat(path)).size,
    sha256: (await hashOfFile(path, context.signal)).digest('hex'),
    subtitles: [...own.subtitles, ...offered],
    page: fetched.page,
    warnings: own.isComplete ? fetched.warnings : ['no-subtitles'],
  };
  await finishFile(folder, stem, `${stem}.work/${fetched.fileName}`, file);
  await rm(workFolder, { recursive: true, force: true });
  return { file, info };
}

function transferOptions(tools: DownloadTools, context: DownloadContext): FetchFileOptions {
  const { settings, guard, budget } = tools;
  let reported = 0;
  return {
    ...{ guard, budget, ...settings.stall, maxBytes: settings.maxBytes, signal: context.signal },
    onProgress(bytes, totalBytes = 0) {
      const fraction = Math.min(1, bytes / totalBytes);
      // A site's picture and sound come one after the other, each from 0 to 1: what is shown never goes back.
      if (fraction - reported < 0.01) return;
      reported = fraction;
      context.progress(fraction);
    },
  };
}

/** A complete file that proves to be no video must not be found, and gone on with, by the next try. */
async function examineOrRemove(
  url: string,
  path: string,
  doubts: Doubts,
  { settings: { frames } }: DownloadTools,
  { signal }: DownloadContext,
): Promise<MediaInfo> {
  try {
    return await examineFile(frames, path, url, doubts, signal);
  } catch (error) {
    signal.throwIfAborted();
    await removePartial(path);
    throw error;
  }
}
