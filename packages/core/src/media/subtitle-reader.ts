import { ToolkitError } from '../errors.js';
import { startProcess, stallError } from './child-process.js';
import { findFfmpeg } from './find-ffmpeg.js';
import { inputArguments } from './input-arguments.js';
import { findLocalFile } from './local-file.js';

/** How ffmpeg is found and run. */
export type SubtitleReaderOptions = {
  /** Path of ffmpeg; see `findFfmpeg` for where it is looked for otherwise. */
  readonly ffmpeg?: string;
  /** How long the program may be silent, in milliseconds. Default 60,000. */
  readonly stallMs?: number;
};

/** Reads subtitle tracks out of videos; local files only. */
export interface SubtitleReader {
  /**
   * A subtitle track as WebVTT; its times count from the container's start, as those of the frames do.
   *
   * @param stream number of the stream in its container, see `MediaInfo.subtitles`.
   * @throws ToolkitError `not-found`; `decode-failed` for a track of pictures or one that is damaged; `unreadable` for more than 16 MiB of text; `timeout`;
   * the abort reason when aborted.
   */
  webVtt(uri: string, stream: number, signal?: AbortSignal): Promise<string>;
}

/** Ten hours of talk are about one megabyte. */
const MAX_BYTES = 16 * 1024 * 1024;

/** @throws ToolkitError `missing-dependency` when ffmpeg is not found. */
export function ffmpegSubtitleReader(options: SubtitleReaderOptions = {}): SubtitleReader {
  const { stallMs = 60_000 } = options;
  const { path: ffmpeg } = findFfmpeg('ffmpeg', options.ffmpeg);
  return {
    async webVtt(uri, stream, signal) {
      const { path } = await findLocalFile(uri);
      const args = [
        ...['-v', 'error', '-nostdin', '-nostats', '-hide_banner', '-vn', '-an'],
        ...inputArguments(path),
        ...['-map', `0:${stream}`, '-c:s', 'webvtt', '-f', 'webvtt', 'pipe:1'],
      ];
      const child = await startProcess({ path: ffmpeg, args, signal });
      const stalled = { is: false };
      const timer = setTimeout(() => {
        stalled.is = true;
        void child.stop();
      }, stallMs);
      try {
        const chunks: Buffer[] = [];
        let bytes = 0;
        for await (const chunk of child.pipes[0] as AsyncIterable<Buffer>) {
          timer.refresh();
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes > MAX_BYTES) throw tooLong(path, stream);
        }
        const { code } = await child.ended;
        if (code === 0) return Buffer.concat(chunks).toString('utf8');
        throw notDecoded(path, stream, child.stderr());
      } catch (error) {
        signal?.throwIfAborted();
        throw stalled.is ? stallError(ffmpeg, stallMs) : error;
      } finally {
        clearTimeout(timer);
        await child.stop();
      }
    },
  };
}

function notDecoded(path: string, stream: number, stderr: string): ToolkitError {
  const message = `The subtitle track ${stream} of ${path} cannot be read as text: ${stderr.split('\n', 1)[0] ?? ''}`;
  return new ToolkitError('decode-failed', message, { details: { stream } });
}

function tooLong(path: string, stream: number): ToolkitError {
  const message = `The subtitle track ${stream} of ${path} is longer than subtitles ever are.`;
  return new ToolkitError('unreadable', message, { details: { stream } });
}
