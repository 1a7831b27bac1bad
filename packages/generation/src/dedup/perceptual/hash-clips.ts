import { ToolkitError, type Clip, type Stage, type StageContext } from '@internvid/core';
import type { FrameReader } from '@internvid/core/media';

import { HASH_SCHEME, HASHES_PER_SECOND, type ClipHash } from './clip-hash.js';
import { clipHasher, type ClipHasher } from './clip-hasher.js';
import { DECODED_SIDE } from './views.js';

/**
 * Makes perceptual hashes of clips, each video decoded once, four small grey pictures a second.
 *
 * Clips of one video must come together. A clip that gives no picture is failed with `decode-failed`.
 */
export function hashClips({ frames }: { readonly frames: FrameReader }): Stage<Clip, ClipHash> {
  return {
    name: 'hash-clips',
    version: 1,
    config: { scheme: HASH_SCHEME, perSecond: HASHES_PER_SECOND, decoder: frames.producer },
    async *process(clips, context) {
      for await (const ofVideo of byVideo(clips)) yield* hashVideo(ofVideo, frames, context);
    },
  };
}

async function* hashVideo(
  clips: readonly Clip[],
  reader: FrameReader,
  context: StageContext,
): AsyncGenerator<ClipHash> {
  const [first] = clips;
  if (first === undefined) return;
  const open = clips.map(clipHasher);
  const done = new Set<ClipHasher>();
  let failure: unknown;
  let size = { width: 1, height: 1 };
  try {
    const info = first.video.info ?? (await reader.probe(first.video.uri, context.signal));
    size = { width: info.video.displayWidth, height: info.video.displayHeight };
    for await (const { timeMs, picture } of decode(clips, reader, context.signal)) {
      for (const hasher of open) {
        const { span } = hasher.clip;
        if (timeMs >= span.startMs && timeMs < span.endMs) hasher.add(timeMs, picture);
        else if (timeMs >= span.endMs && !done.has(hasher)) {
          done.add(hasher);
          yield* settle(hasher, size, failure, context);
        }
      }
    }
  } catch (error) {
    if (context.signal.aborted) throw error;
    failure = error;
  }
  for (const hasher of open) if (!done.has(hasher)) yield* settle(hasher, size, failure, context);
}

function* settle(
  hasher: ClipHasher,
  size: { readonly width: number; readonly height: number },
  failure: unknown,
  context: StageContext,
): Generator<ClipHash> {
  const { clip } = hasher;
  const hash = hasher.finish(size);
  if (hash === undefined) {
    const message = `No picture of ${clip.id} could be decoded from ${clip.video.uri}.`;
    context.fail(clip, failure ?? new ToolkitError('decode-failed', message));
    return;
  }
  context.keep(clip);
  yield hash;
}

async function* decode(
  clips: readonly Clip[],
  reader: FrameReader,
  signal: AbortSignal,
): AsyncGenerator<{ readonly timeMs: number; readonly picture: Uint8Array }> {
  const uri = clips[0]?.video.uri ?? '';
  const request = {
    select: { kind: 'rate', fps: HASHES_PER_SECOND },
    span: {
      startMs: Math.min(...clips.map(({ span }) => span.startMs)),
      endMs: Math.max(...clips.map(({ span }) => span.endMs)),
    },
    outputs: [{ width: DECODED_SIDE, height: DECODED_SIDE, format: 'gray8', scaler: 'area' }],
  } as const;
  for await (const { timeMs, pictures } of reader.frames(uri, request, signal)) {
    const [picture] = pictures;
    if (picture !== undefined) yield { timeMs, picture: picture.data };
  }
}

async function* byVideo(clips: AsyncIterable<Clip>): AsyncGenerator<readonly Clip[]> {
  let together: Clip[] = [];
  for await (const clip of clips) {
    if (together[0] !== undefined && together[0].video.id !== clip.video.id) {
      yield together;
      together = [];
    }
    together.push(clip);
  }
  if (together.length > 0) yield together;
}
