import { readOutput } from './read-output.js';
import type { JobRunner } from './run-job.js';
import { COMPARED_RATE } from './sound-offset.js';

/** Which sound to read. */
export type ReadSoundOptions = {
  readonly path: string;
  readonly stream: number;
  /** From the container's start. */
  readonly startSeconds: number;
  readonly seconds: number;
  /** False decodes from the beginning. */
  readonly seek: boolean;
};

/** Decodes sound to mono at 8 kHz. ffmpeg itself finds the start, by another way than the cut does: one proves the other. */
export async function readSound(
  { path, stream, startSeconds, seconds, seek }: ReadSoundOptions,
  { ffmpeg, stallMs, signal }: JobRunner,
): Promise<Float32Array> {
  const chunks: Buffer[] = [];
  const start = startSeconds > 0 ? ['-ss', startSeconds.toFixed(6)] : [];
  const args = [
    ...['-v', 'error', '-nostdin', ...(seek ? start : [])],
    ...['-protocol_whitelist', 'file', '-i', `file:${path}`, '-map', `0:${stream}`],
    ...[...(seek ? [] : start), '-t', seconds.toFixed(6), '-af', 'aresample=async=1:first_pts=0'],
    ...['-ac', '1', '-ar', String(COMPARED_RATE), '-f', 'f32le', 'pipe:1'],
  ];
  const onData = (chunk: Buffer): void => void chunks.push(chunk);
  await readOutput({ path: ffmpeg.path, args, stallMs, signal, onData });
  const bytes = Buffer.concat(chunks);
  const samples = new Float32Array(bytes.length >> 2);
  samples.forEach((_, index) => (samples[index] = bytes.readFloatLE(index * 4)));
  return samples;
}
