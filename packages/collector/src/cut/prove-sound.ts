import { secondsFromStart } from './cut-source.js';
import type { ProveOptions } from './proof.js';
import { readSound } from './read-sound.js';
import { COMPARED_RATE, soundOffset } from './sound-offset.js';
import { stretchOf } from './stretch.js';

const MOST_OFFSET_MS = 20;

/** Below this, the sound is taken for another one; unrelated noise stays below it. */
const LEAST_CORRELATION = 0.3;

/** Samples that may be left of a track that ended before the clip began. */
const TOO_SHORT = 0.05 * COMPARED_RATE;

/** What was found about a clip's sound. */
export type SoundProof =
  'none' | 'missing' | 'silent' | { readonly offsetMs: number; readonly isRight: boolean };

/** Decodes the sound of a clip and of its stretch of the source and measures the offset between both. */
export async function proveSound(path: string, options: ProveOptions): Promise<SoundProof> {
  const { source, range, frames, signal } = options;
  const [track] = source.info.audio;
  if (track === undefined) return 'none';
  const { start, end } = stretchOf(source, range);
  const startSeconds = secondsFromStart(source, start);
  const seconds = secondsFromStart(source, end) - startSeconds;
  const wanted = await readSound(
    { path: source.path, stream: track.stream, startSeconds, seconds, seek: source.hasIndex },
    options,
  );
  const [made] = (await frames.probe(path, signal)).audio;
  if (made === undefined) return wanted.length < TOO_SHORT ? 'none' : 'missing';
  const reading = { path, stream: made.stream, startSeconds: 0, seconds, seek: true };
  const offset = soundOffset(wanted, await readSound(reading, options));
  if (offset === undefined) return 'silent';
  const { offsetMs, correlation } = offset;
  const isRight = Math.abs(offsetMs) <= MOST_OFFSET_MS && correlation >= LEAST_CORRELATION;
  return { offsetMs, isRight };
}
