import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ToolkitError } from '@internvid/core';

import type { ClipMaker, ClipSpec } from '../../src/index.js';

/** A maker of real MP4 files of the right size and number of frames, which show a test picture; counts how many it made. */
export type DrawnClips = ClipMaker & { made: number };

/** @param broken clips that cannot be made. */
export function drawnClips(broken: readonly string[] = []): DrawnClips {
  return {
    made: 0,
    producer: { name: 'drawn-clips', version: '1', config: {} },
    make(spec) {
      if (broken.includes(spec.clip.id))
        return Promise.reject(new ToolkitError('decode-failed', `${spec.clip.id} is broken.`));
      this.made++;
      const name = `${spec.width}x${spec.height}:rate=${spec.fps} ${spec.frames}`;
      const known = drawn.get(name) ?? draw(spec);
      drawn.set(name, known);
      return known;
    },
  };
}

const drawn = new Map<string, Promise<Uint8Array>>();

async function draw({ width, height, frames, fps }: ClipSpec): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'internvid-drawn-'));
  try {
    const file = join(folder, 'clip.mp4');
    await promisify(execFile)('ffmpeg', [
      ...['-v', 'error', '-f', 'lavfi', '-i', `testsrc=size=${width}x${height}:rate=${fps}`],
      ...['-frames:v', String(frames), '-preset', 'ultrafast', '-threads', '1'],
      ...['-fflags', '+bitexact', file],
    ]);
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
