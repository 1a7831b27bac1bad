import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256, type MediaInfo } from '@internvid/core';
import type { FrameReader } from '@internvid/core/media';
import { drawVideo } from '../drawn-video.js';

/** Draws a second of video and gives copies of it that differ in a box that players skip. */
export function distinctVideos(folder: string): (index: number) => Buffer {
  const drawn = readFileSync(
    drawVideo(join(folder, 'second.mp4'), [{ source: 'testsrc', frames: 25 }]),
  );
  return (index) => {
    const box = Buffer.alloc(16, 'free');
    box.writeUInt32BE(16, 0);
    box.writeUInt32BE(index, 12);
    return Buffer.concat([drawn, box]);
  };
}

/**
 * A frame reader that probes, of files made by `distinctVideos`, one for all: they differ only in what players skip, and a probe
 * takes as long as some hundred small downloads.
 */
export function probingOncePerDrawing(frames: FrameReader): FrameReader {
  const probed = new Map<string, Promise<MediaInfo>>();
  return {
    ...frames,
    async probe(uri, signal) {
      const drawing = sha256((await readFile(uri)).subarray(0, -16));
      const info = probed.get(drawing) ?? frames.probe(uri, signal);
      probed.set(drawing, info);
      return info;
    },
  };
}
