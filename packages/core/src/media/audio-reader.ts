import type { Producer } from '../records.js';
import type { AudioTrack } from '../media-info.js';
import type { Span } from '../span.js';

/** One number of a sample: `f32` from -1 to 1 (and past it, where the sound is louder than full scale), `s16` from -32768 to 32767. */
export type SampleFormat = 'f32' | 's16';

/** What to decode of a sound track. */
export type AudioRequest = {
  /** Samples per second of each channel; the sound is resampled. */
  readonly sampleRate: number;
  /** Default: the track's own. One mixes all channels down. */
  readonly channels?: number;
  readonly format: SampleFormat;
  /** Only the samples inside. Default: the whole track. */
  readonly span?: Span;
  /** Number of the stream in its container. Default: see `AudioReader.track`. */
  readonly stream?: number;
};

/** The array that a format comes in. */
export type SampleArray<Format extends SampleFormat> = Format extends 'f32'
  ? Float32Array
  : Int16Array;

/** A piece of sound. */
export type AudioChunk<Format extends SampleFormat = SampleFormat> = {
  /**
   * Number of the chunk's first sample, counted from the start of the container (or of the request's span, where there is one): times
   * are those of the frames of the same file.
   */
  readonly firstSample: number;
  readonly channels: number;
  /** Interleaved: all channels of the first sample, then of the next. Valid until the next chunk is asked for. */
  readonly samples: SampleArray<Format>;
};

/** Reads the sound of videos and recordings. */
export interface AudioReader {
  /** Which decoder, its version and where it was found. */
  readonly producer: Producer;
  /**
   * The track that is read by default, which players play: the first marked as default, else the first. `undefined` where there is no
   * sound.
   *
   * @throws ToolkitError `unreadable`, `not-found`, `timeout`, as `FrameReader.probe`; not for a file without pictures.
   */
  track(uri: string, signal?: AbortSignal): Promise<AudioTrack | undefined>;
  /**
   * Streams the sound with back-pressure, without gaps: what the track leaves out, its late start too, is silence. Stopping early ends
   * the decoder. Damage after the first sample ends the stream early without an error.
   *
   * @throws ToolkitError `unreadable` with `details.reason` = `no-audio-track`, `encrypted`, `decode-failed` when nothing could be decoded though
   * the whole track was asked for, `timeout` when the decoder stalls; the abort reason when aborted.
   */
  samples<Format extends SampleFormat>(
    uri: string,
    request: AudioRequest & { readonly format: Format },
    signal?: AbortSignal,
  ): AsyncIterable<AudioChunk<Format>>;
}
