import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  drop,
  mapStage,
  ToolkitError,
  videoId,
  type Dropped,
  type JsonObject,
  type Stage,
} from '@internvid/core';
import type { ProbedVideo } from '../probe.js';
import type { VideoCandidate } from './candidate.js';
import { diskError } from './disk-error.js';
import type { DownloadVideosOptions } from './download-settings.js';
import { openTools, type Downloaded } from './download-tools.js';
import { downloadVideo } from './download-video.js';
import { endingOf, problemOf } from './problem.js';

/**
 * Fetches candidates into a folder and hands them on as probed videos, whose id comes from the content and whose `uri` is the file.
 *
 * What will never be had is dropped by its problem (`gone`, `private`, `too-large`, …) and not asked for again; what may be had
 * later fails as retryable, so that the next run does the shard again; both stand in the retry book of the dataset. A file that an
 * earlier run fetched is found and proved, not fetched again.
 *
 * The budget, the pauses of hosts and the limits per host hold for all uses of one stage: make one for a run.
 */
export function downloadVideos(options: DownloadVideosOptions): Stage<VideoCandidate, ProbedVideo> {
  const tools = openTools(options);
  const { folder, frames, concurrency, maxBytes, subtitleLanguages, rules } = tools.settings;
  return mapStage({
    name: 'download-videos',
    version: 1,
    config: { frames: frames.producer, maxBytes, subtitleLanguages, rules },
    concurrency,
    async map(candidate: VideoCandidate, context): Promise<ProbedVideo | Dropped> {
      await makeFolder(folder);
      try {
        const downloaded = await downloadVideo(candidate, tools, context);
        const { file, info } = downloaded;
        for (const warning of [...file.warnings, ...info.warnings]) context.warn(warning);
        return videoOf(candidate, downloaded, folder);
      } catch (error) {
        const problem = problemOf(error);
        if (problem === undefined || endingOf(problem) !== 'drop') throw diskError(error) ?? error;
        return drop(problem);
      }
    },
  });
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    const message = `The folder ${folder} could not be made: ${String(cause)}. Choose another, or change its rights.`;
    throw new ToolkitError('store-failed', message, { cause });
  });
}

function videoOf(
  candidate: VideoCandidate,
  { file, info }: Downloaded,
  folder: string,
): ProbedVideo {
  const { id, url, via, metadata, spans } = candidate;
  const license = candidate.license ?? textOf(file.page?.license);
  const { bytes, sha256, fileName, subtitles, page } = file;
  return {
    id: videoId(id, sha256),
    uri: join(folder, fileName),
    info,
    ...(license === undefined ? {} : { license }),
    metadata: {
      ...metadata,
      ...(page === undefined ? {} : { page }),
      ...(spans === undefined ? {} : { spans }),
      url,
      download: { candidate: id, via, fileName, bytes, sha256, subtitles } satisfies JsonObject,
    },
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
