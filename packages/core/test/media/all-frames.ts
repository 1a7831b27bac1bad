import { createHash } from 'node:crypto';

import type { FrameReader, FrameRequest } from '../../src/media/frame-reader.js';

/** Time and fingerprint of each frame that a request gives, at 64x36 grey, scaled the cheapest way. */
export async function allFrames(
  reader: FrameReader,
  uri: string,
  request: Partial<FrameRequest> = {},
): Promise<(readonly [timeMs: number, picture: string])[]> {
  const found: (readonly [number, string])[] = [];
  const outputs = [{ width: 64, height: 36, format: 'gray8', scaler: 'fast-bilinear' }] as const;
  for await (const frame of reader.frames(uri, { select: { kind: 'all' }, outputs, ...request })) {
    const data = frame.pictures[0]?.data ?? new Uint8Array();
    found.push([frame.timeMs, createHash('sha256').update(data).digest('hex').slice(0, 12)]);
  }
  return found;
}
