import { sha256, type Clip } from '@internvid/core';

import type { CaptionFrame, CaptionRequest } from '../../src/captioner.js';

/** A request about a clip with one frame each second; the bytes of a frame are its clip's id and its number behind a JPEG's first bytes. */
export function drawnRequest(
  id: string,
  frames: number,
  more: Partial<Pick<Clip, 'facts'>> & {
    metadata?: Clip['video']['metadata'];
    context?: CaptionRequest['context'];
  } = {},
): CaptionRequest {
  const { facts = {}, metadata = {}, context } = more;
  const startMs = 5_000;
  const clip: Clip = {
    id,
    video: { id: 'drawn', uri: '/drawn.mp4', metadata },
    span: { startMs, endMs: startMs + frames * 1_000 },
    facts,
  };
  return {
    clip,
    frames: Array.from({ length: frames }, (_, at) =>
      frameOf(`${id} ${at}`, startMs + at * 1_000 + 500),
    ),
    ...(context === undefined ? {} : { context }),
  };
}

function frameOf(name: string, timeMs: number): CaptionFrame {
  const bytes = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from(name.padEnd(64))]);
  return { timeMs, sha256: sha256(bytes), read: () => Promise.resolve(new Uint8Array(bytes)) };
}
