import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { framesSha256, sha256, type Clip } from '@internvid/core';
import type { CaptionRequest } from '../../src/captioner.js';
import { describeCaptioner } from '../../src/testing.js';
import { imageToTextCaptioner } from '../../src/transformers/image-to-text.js';
import { visionChatCaptioner } from '../../src/transformers/vision-chat.js';
import { describeWith, TINY_MODELS } from './shared-models.js';

const signal = new AbortController().signal;

describeWith('golden/tiny-models', 'captioners of transformers.js', () => {
  describeCaptioner('imageToTextCaptioner', () =>
    imageToTextCaptioner({ model: join(TINY_MODELS, 'tiny-vit-gpt2') }),
  );

  it('captions every frame, and the clip by its middle frame', async () => {
    await using captioner = await imageToTextCaptioner({
      model: join(TINY_MODELS, 'tiny-vit-gpt2'),
    });
    const request = requestOf('red_circle_grey', 'blue_square_black', 'green_triangle_grey');
    const [result] = await captioner.caption([request], signal);
    expect(result?.captions.map(({ scale, timeMs, text }) => [scale, timeMs, text])).toEqual([
      ['frame', 0, 'A red circle on a grey field.'],
      ['frame', 1000, 'A blue square on a black field.'],
      ['frame', 2000, 'A green triangle on a grey field.'],
      ['coarse', undefined, 'A blue square on a black field.'],
    ]);
  });

  it('fails a clip that no try captions, with the fault, and no other', async () => {
    // So few tokens are no sentence.
    await using captioner = await imageToTextCaptioner({
      model: join(TINY_MODELS, 'tiny-vit-gpt2'),
      maxNewTokens: 2,
    });
    const request = requestOf('red_circle_grey');
    const results = await captioner.captionEach!([request, request], signal);
    for (const result of results)
      expect(result).toMatchObject({ code: 'model-failed', details: { fault: 'cut-off' } });
  });

  it('describes a clip of which it sees some frames, and binds the caption to all of them', async () => {
    await using captioner = await visionChatCaptioner({
      model: join(TINY_MODELS, 'tiny-idefics3'),
      maxPictures: 2,
      maxNewTokens: 200,
    });
    const request = requestOf('red_circle_grey', 'blue_square_black', 'green_triangle_grey');
    const [outcome] = await captioner.captionEach!([request], signal);
    // Its weights are random: where nothing that it says passes the checks, that must be an error and no caption.
    if (outcome instanceof Error) {
      expect(outcome).toMatchObject({
        code: 'model-failed',
        details: { fault: expect.any(String) },
      });
      return;
    }
    const [caption] = outcome!.captions;
    expect(caption).toMatchObject({
      scale: 'clip',
      framesSha256: framesSha256(request.frames.map((frame) => frame.sha256)),
    });
    expect(caption?.text).toMatch(/[.!?]$/);
  });
});

function requestOf(...names: readonly string[]): CaptionRequest {
  const span = { startMs: 0, endMs: names.length * 1000 };
  const clip: Clip = {
    id: 'clip',
    video: { id: 'v', uri: '/v.mp4', metadata: {} },
    span,
    facts: {},
  };
  const frames = names.map((name, at) => {
    const bytes = new Uint8Array(readFileSync(join(TINY_MODELS, 'images', `${name}.png`)));
    return { timeMs: at * 1000, sha256: sha256(bytes), read: () => Promise.resolve(bytes) };
  });
  return { clip, frames };
}
