import { extname } from 'node:path';
import { isAbort, ToolkitError, type MediaInfo } from '@internvid/core';
import type { FrameReader } from '@internvid/core/media';
import { downloadError, type DownloadProblem } from './problem.js';

/** What speaks against blaming the file for being unreadable. */
export type Doubts = {
  /** Whether the transfer is known to have come to its end. */
  readonly isEndKnown: boolean;
  /** Whether the file was put together from several answers. */
  readonly isResumed: boolean;
};

/** What `probe` says of files that are in order and hold no video, by `details.reason`. */
const NO_VIDEO: Readonly<Record<string, DownloadProblem>> = {
  'no-video-track': 'no-video-track',
  'still-image': 'still-image',
  'html-page': 'not-a-video',
  playlist: 'not-a-video',
  xml: 'not-a-video',
  json: 'not-a-video',
};

/**
 * Proves that a file that was fetched is a video.
 *
 * @throws ToolkitError made by `downloadError`: one of those for which it is dropped, `malformed`, or `network` where the transfer
 * may be to blame.
 */
export async function examineFile(
  frames: FrameReader,
  path: string,
  url: string,
  { isEndKnown, isResumed }: Doubts,
  signal: AbortSignal,
): Promise<MediaInfo> {
  try {
    const info = await frames.probe(path, signal);
    if (isEndKnown || !info.warnings.includes('truncated')) return info;
  } catch (error) {
    if (isAbort(error) || !ToolkitError.is(error)) throw error;
    const { code, message, details } = error;
    if (code !== 'encrypted' && code !== 'unreadable') throw error;
    const reason = typeof details.reason === 'string' ? details.reason : '';
    const problem = code === 'encrypted' ? 'encrypted' : (NO_VIDEO[reason] ?? 'malformed');
    const isDoubtful = problem === 'malformed' && (!isEndKnown || isResumed);
    if (!isDoubtful) {
      const text = `What ${url} holds is no video that can be used: ${message}`;
      throw downloadError(problem, text, { cause: error });
    }
  }
  const message = `What came from ${url} breaks off or is damaged; it is fetched anew.`;
  throw downloadError('network', message);
}

/** File endings by the first of ffmpeg's names for the container. */
const ENDINGS: Readonly<Record<string, readonly [usual: string, ...others: string[]]>> = {
  asf: ['wmv', 'asf'],
  avi: ['avi', 'divx'],
  flv: ['flv', 'f4v'],
  matroska: ['mkv', 'webm'],
  mov: ['mp4', 'mov', 'm4v', '3gp', '3g2', 'qt'],
  mpeg: ['mpg', 'mpeg', 'vob'],
  mpegts: ['ts', 'm2ts', 'mts'],
  ogg: ['ogv', 'ogm', 'ogg'],
};

/** The ending for a file of a container: that of the URL where it fits, else the usual one, else the container's name. */
export function endingFor(container: string, url: string): string {
  const named = extname(new URL(url).pathname).slice(1).toLowerCase();
  const [name = ''] = container.toLowerCase().split(',');
  const fitting = ENDINGS[name];
  if (fitting === undefined) return /^[a-z0-9]+$/.test(name) ? name : 'video';
  return fitting.includes(named) ? named : fitting[0];
}
