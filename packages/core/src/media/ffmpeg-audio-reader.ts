import { ToolkitError } from '../errors.js';
import type { AudioTrack } from '../media-info.js';
import { audioArguments } from './audio-arguments.js';
import type {
  AudioChunk,
  AudioReader,
  AudioRequest,
  SampleArray,
  SampleFormat,
} from './audio-reader.js';
import { crashError, startProcess, tellingLine } from './child-process.js';
import { findFfmpeg } from './find-ffmpeg.js';
import { findLocalFile } from './local-file.js';
import { describeAudio } from './media-description.js';
import { probeHeader, type StreamHeader } from './probe-header.js';
import { wholeSamples } from './sample-pipe.js';
import { encrypted, isEncrypted } from './track-choice.js';

/** How the ffmpeg programs are found and run. */
export type FfmpegAudioReaderOptions = {
  /** Path of ffmpeg; see `findFfmpeg` for where it is looked for otherwise. */
  readonly ffmpeg?: string;
  /** Path of ffprobe, likewise. */
  readonly ffprobe?: string;
  /** How long a program may be silent while something is awaited, in milliseconds. Default 60,000. */
  readonly stallMs?: number;
};

/**
 * A reader of sound over ffmpeg child processes; local files only.
 *
 * @throws ToolkitError `missing-dependency` when a program is not found.
 */
export function ffmpegAudioReader(options: FfmpegAudioReaderOptions = {}): AudioReader {
  const { stallMs = 60_000 } = options;
  const ffmpeg = findFfmpeg('ffmpeg', options.ffmpeg);
  const ffprobe = findFfmpeg('ffprobe', options.ffprobe);
  const open = async (uri: string, signal: AbortSignal | undefined): Promise<OpenedSound> => {
    signal?.throwIfAborted();
    const file = await findLocalFile(uri);
    const header = await probeHeader(file, { path: ffprobe.path, stallMs, signal });
    return {
      path: file.path,
      streams: header.streams.filter(({ codec_type }) => codec_type === 'audio'),
    };
  };
  return {
    producer: {
      name: 'ffmpeg-audio',
      version: ffmpeg.version,
      config: {
        foundIn: ffmpeg.foundIn,
        ffprobe: ffprobe.version,
        ffprobeFoundIn: ffprobe.foundIn,
      },
    },
    track: async (uri, signal): Promise<AudioTrack | undefined> => {
      const best = bestStream((await open(uri, signal)).streams);
      return best && describeAudio(best);
    },
    samples: (uri, request, signal) => {
      checkAudioRequest(request);
      return decode(uri, request, signal);
    },
  };

  async function* decode<Format extends SampleFormat>(
    uri: string,
    request: AudioRequest & { readonly format: Format },
    signal: AbortSignal | undefined,
  ): AsyncGenerator<AudioChunk<Format>> {
    const opened = await open(uri, signal);
    const stream = wantedStream(opened, request.stream);
    const channels = request.channels ?? stream.channels ?? 1;
    const args = audioArguments({ path: opened.path, stream: stream.index }, request);
    const child = await startProcess({ path: ffmpeg.path, args, signal });
    try {
      const [pipe] = child.pipes;
      if (pipe === undefined) throw new TypeError('A process without standard output.');
      const cut = { sampleBytes: channels * bytesOf(request.format), stallMs, path: ffmpeg.path };
      let firstSample = 0;
      for await (const bytes of wholeSamples(pipe, { ...cut, stop: () => child.stop() })) {
        signal?.throwIfAborted();
        const samples = asSamples(request.format, bytes);
        yield { firstSample, channels, samples };
        firstSample += samples.length / channels;
      }
      const end = await child.ended;
      signal?.throwIfAborted();
      if (firstSample > 0) return;
      if (end.signal !== null) throw crashError(ffmpeg.path, end.signal);
      if (end.code !== 0 || request.span === undefined) {
        throw nothingDecoded(opened.path, child.stderr(), end.code);
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      await child.stop();
    }
  }
}

type OpenedSound = { readonly path: string; readonly streams: readonly StreamHeader[] };

function bestStream(streams: readonly StreamHeader[]): StreamHeader | undefined {
  return streams.find(({ disposition }) => disposition.default === 1) ?? streams[0];
}

function wantedStream({ path, streams }: OpenedSound, number: number | undefined): StreamHeader {
  const found =
    number === undefined ? bestStream(streams) : streams.find(({ index }) => index === number);
  if (found !== undefined && isEncrypted(found)) throw encrypted(path);
  if (found !== undefined) return found;
  const message =
    number === undefined
      ? `${path} has no sound track.`
      : `${path} has no sound track of number ${number}; its sound tracks are ${streams.map(({ index }) => index).join(', ') || 'none'}.`;
  throw new ToolkitError('unreadable', message, { details: { reason: 'no-audio-track' } });
}

function bytesOf(format: SampleFormat): number {
  return format === 'f32' ? 4 : 2;
}

function asSamples<Format extends SampleFormat>(
  format: Format,
  bytes: ArrayBuffer,
): SampleArray<Format> {
  const samples = format === 'f32' ? new Float32Array(bytes) : new Int16Array(bytes);
  return samples as SampleArray<Format>;
}

function checkAudioRequest({ sampleRate, channels, span, stream }: AudioRequest): void {
  if (!Number.isInteger(sampleRate) || sampleRate < 1 || sampleRate > 768_000) {
    throw new RangeError(`request.sampleRate must be a whole number of Hz, got ${sampleRate}.`);
  }
  if (channels !== undefined && !(Number.isInteger(channels) && channels >= 1 && channels <= 64)) {
    throw new RangeError(`request.channels must be a whole number of 1 to 64, got ${channels}.`);
  }
  if (span !== undefined && !(span.startMs >= 0 && span.endMs > span.startMs)) {
    throw new RangeError(
      `request.span must have 0 <= startMs < endMs, got ${span.startMs} to ${span.endMs}.`,
    );
  }
  if (stream !== undefined && !(Number.isInteger(stream) && stream >= 0)) {
    throw new RangeError(`request.stream must be the number of a stream, got ${stream}.`);
  }
}

function nothingDecoded(path: string, stderr: string, code: number | null): ToolkitError {
  const message = `No sound of ${path} could be decoded: ${tellingLine(stderr)}`;
  return new ToolkitError('decode-failed', message, { details: { code } });
}
