import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { modelProcess } from '../../src/transformers/model-process.js';
import { placeModel } from '../../src/transformers/model-source.js';
import { describeWith, TINY_MODELS } from './shared-models.js';

const signal = new AbortController().signal;
const texts = ['a red circle'];

describeWith('golden/tiny-models', 'modelProcess', () => {
  it('says which model cannot be loaded, and leaves no process behind', async () => {
    const place = await placeModel({ model: join(TINY_MODELS, 'tiny-clip') });
    const wrong = { kind: 'image-to-text', place } as const;
    await expect(modelProcess(wrong)).rejects.toMatchObject({
      code: 'model-failed',
      message: expect.stringContaining('tiny-clip'),
    });
  });

  it('answers on after a question that it cannot answer', async () => {
    const place = await placeModel({ model: join(TINY_MODELS, 'tiny-clip') });
    await using model = await modelProcess({ kind: 'clip', place });
    const broken = { pictures: [Uint8Array.of(1, 2, 3)] };
    await expect(model.ask(broken, signal)).rejects.toMatchObject({ code: 'corrupt' });
    expect((await model.ask({ texts }, signal)).vectors).toHaveLength(1);
  });

  it('stops waiting when it is told to, and takes no questions once it is disposed of', async () => {
    const place = await placeModel({ model: join(TINY_MODELS, 'tiny-clip') });
    const model = await modelProcess({ kind: 'clip', place });
    const controller = new AbortController();
    const asked = model.ask({ texts }, controller.signal);
    controller.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    await model[Symbol.asyncDispose]();
    await expect(model.ask({ texts }, signal)).rejects.toThrow(TypeError);
  });
});
