import type { AudioRequest } from './audio-reader.js';
import { inputArguments } from './input-arguments.js';

/** A sound track in a file. */
export type DecodedAudio = { readonly path: string; readonly stream: number };

/**
 * The arguments of one decoding process, which writes raw little-endian samples to standard output.
 *
 * `aresample` with `async=1` fills gaps with silence, its `first_pts` a late start: the place of a sample in the stream is its time.
 * Before a span ffmpeg decodes from the key packet on and drops what it does not want, to the sample.
 */
export function audioArguments(
  { path, stream }: DecodedAudio,
  { sampleRate, channels, format, span }: AudioRequest,
): readonly string[] {
  const seek = span === undefined ? [] : ['-ss', seconds(span.startMs)];
  const length = span === undefined ? [] : ['-t', seconds(span.endMs - span.startMs)];
  return [
    ...['-v', 'error', '-nostdin', '-nostats', '-hide_banner', '-threads', '1', '-vn', '-sn'],
    ...seek,
    ...inputArguments(path),
    ...['-map', `0:${stream}`, ...length],
    ...['-af', `aresample=${sampleRate}:async=1:min_hard_comp=0.1:first_pts=0`],
    ...(channels === undefined ? [] : ['-ac', String(channels)]),
    ...['-f', format === 'f32' ? 'f32le' : 's16le', 'pipe:1'],
  ];
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
