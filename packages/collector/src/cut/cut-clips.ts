import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  assetKey,
  drop,
  fingerprintOf,
  mapStage,
  type Asset,
  type Clip,
  type Stage,
  type Store,
} from '@internvid/core';
import type { FrameReader } from '@internvid/core/media';

import { cutClip, findCutPrograms } from '../cut.js';
import type { ShotDetector } from '../shots/detector.js';
import type { CutMode } from './choose-cut.js';
import { CLIP_MEDIA_TYPE, type ClipFile } from './clip-files.js';
import { openCutSource, type CutSource } from './cut-source.js';

/** How clips are cut. */
export type CutClipsOptions = {
  readonly frames: FrameReader;
  /** Default `auto`. */
  readonly mode?: CutMode;
  /** Drops a clip in whose file it finds a boundary. Default: nobody looks. */
  readonly detector?: ShotDetector;
  /** How many clips are cut at once, with one thread each. Default 1. */
  readonly concurrency?: number;
  /** How long ffmpeg may make no progress, in milliseconds. Default 60,000. */
  readonly stallMs?: number;
};

/**
 * Cuts a file for each clip into the store: `assets/clips/<settings>/<clip id>.mp4`, the same bytes each time.
 *
 * Drops a clip with reason `more-than-one-shot` where a detector is given and finds a boundary. Warns `cut-exactly-<reason>` where a
 * clip was to be copied, in whole or in part, and was encoded instead. Fails a clip whose file does not pass its proof.
 *
 * @throws ToolkitError `missing-dependency` where there is no ffmpeg.
 */
export function cutClips(options: CutClipsOptions): Stage<Clip, ClipFile> {
  const { frames, mode = 'auto', detector, concurrency = 1, stallMs = 60_000 } = options;
  const programs = findCutPrograms();
  const config = {
    frames: frames.producer,
    ffmpeg: programs.ffmpeg.version,
    mode,
    detector: detector?.producer ?? null,
  };
  const settings = fingerprintOf(config);
  const open = recent(concurrency, (uri, signal) =>
    openCutSource(uri, { ...programs, frames, stallMs, signal }),
  );
  return mapStage({
    name: 'cut-clips',
    version: 1,
    config,
    concurrency,
    async map(clip: Clip, { signal, store, warn }) {
      const folder = await mkdtemp(join(tmpdir(), 'internvid-cut-'));
      try {
        const to = join(folder, 'clip.mp4');
        const from = await open(clip.video.uri, signal);
        const { span } = clip;
        const looking = detector === undefined ? {} : { detector };
        const job = { from, span, to, frames, mode, programs, stallMs, signal, ...looking };
        const { proof, fallback, ...made } = await cutClip(job);
        if (proof.isOneShot === false) return drop('more-than-one-shot');
        if (fallback !== undefined) warn(`cut-exactly-${fallback}`);
        const file = await keep(store, assetKey('clips', settings, clip.id, 'mp4'), to, signal);
        return {
          id: clip.id,
          file,
          mode: made.mode,
          ...(fallback === undefined ? {} : { fallback }),
          frames: proof.frames,
          copiedFrames: made.copiedFrames,
          durationMs: proof.durationMs,
          firstFrameDistance: proof.firstFrameDistance,
          lastFrameDistance: proof.lastFrameDistance,
          ...(proof.soundOffsetMs === undefined ? {} : { soundOffsetMs: proof.soundOffsetMs }),
        };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  });
}

type Open = (uri: string, signal: AbortSignal) => Promise<CutSource>;

/** Remembers the sources opened last, as many as are cut from at once: the clips of a video come one after another. */
function recent(count: number, open: Open): Open {
  const opened = new Map<string, Promise<CutSource>>();
  return (uri, signal) => {
    const known = opened.get(uri);
    if (known !== undefined) return known;
    const opening = open(uri, signal);
    opened.set(uri, opening);
    opening.catch(() => opened.delete(uri));
    for (const [oldest] of opened) {
      if (opened.size <= count) break;
      opened.delete(oldest);
    }
    return opening;
  };
}

async function keep(store: Store, key: string, path: string, signal: AbortSignal): Promise<Asset> {
  const hash = createHash('sha256');
  const body = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      yield chunk;
    }
  };
  const { bytes } = await store.write(key, body(), signal);
  return { key, bytes, sha256: hash.digest('hex'), mediaType: CLIP_MEDIA_TYPE };
}
