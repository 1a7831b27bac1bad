import { describe, expect, it } from '@jest/globals';
import { sha256, ToolkitError, type Clip, type SampledFrame } from '@internvid/core';
import { memoryStore, runStage } from '@internvid/core/testing';
import type { Captioner } from '../src/captioner.js';
import { captionClips, type SampledClip } from '../src/stages.js';

const by = { name: 'echo', version: '1', config: {} };

/** Captions each clip with the bytes of its frames; a clip whose bytes say "bad" fails. */
const echo: Captioner = {
  producer: by,
  maxBatch: 2,
  caption: (requests, signal) =>
    Promise.all(
      requests.map(async ({ clip, frames }) => {
        const words = await Promise.all(
          frames.map(async (frame) => Buffer.from(await frame.read(signal)).toString()),
        );
        if (words.includes('bad')) throw new ToolkitError('corrupt', 'bad frame');
        const caption = {
          clip: clip.id,
          scale: 'fine',
          text: words.join(' '),
          language: 'en',
          framesSha256: sha256(words.join('')),
          by,
        } as const;
        return {
          captions: [caption],
          detections: [
            {
              clip: clip.id,
              timeMs: 0,
              kind: 'object',
              label: 'dog',
              confidence: 1,
              box: [0, 0, 1, 1],
              by,
            } as const,
          ],
        };
      }),
    ),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

function sampled(id: string, pack: string, ...words: string[]): SampledClip {
  const clip: Clip = {
    id,
    video: { id: 'v', uri: '/v.mp4', metadata: {} },
    span: { startMs: 0, endMs: 1000 },
    facts: {},
  };
  const frames = words.map((word, at): SampledFrame => {
    const picture = {
      key: 'pack.tar',
      offset: pack.indexOf(word),
      bytes: word.length,
      sha256: sha256(word),
      mediaType: 'image/jpeg',
    };
    return { id: `${id}_${String(at)}`, clip: id, timeMs: at, width: 1, height: 1, picture };
  });
  return { id, clip, frames };
}

describe('captionClips', () => {
  it('reads each frame from its place in the store and gives captions and detections in the order of the clips', async () => {
    const store = memoryStore();
    const pack = 'one-two-bad-four';
    await store.write('pack.tar', pack);
    const clips = [
      sampled('a', pack, 'one', 'two'),
      sampled('b', pack, 'bad'),
      sampled('c', pack, 'four'),
    ];
    const stage = captionClips({ captioner: echo });
    const { outputs, emitted, kept, failed } = await runStage(stage, clips, { store });
    expect(outputs.map(({ clip, text }) => [clip, text])).toEqual([
      ['a', 'one two'],
      ['c', 'four'],
    ]);
    expect(emitted).toMatchObject([
      { table: 'detections', row: { clip: 'a', label: 'dog' } },
      { table: 'detections', row: { clip: 'c', label: 'dog' } },
    ]);
    expect(kept).toBe(2);
    expect(failed).toEqual([{ id: 'b', code: 'corrupt' }]);
  });
});
