import { mkdtemp, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { runStage } from '@internvid/core/testing';

import { chatAsker, type ChatAsker } from '../../src/chat/chat-asker.js';
import { chatCaptioner } from '../../src/chat/chat-captioner.js';
import { mergeQuestion } from '../../src/chat/scale-questions.js';
import { modelSource, type GgufChoice } from '../../src/chat/model-source.js';
import { summariseVideos } from '../../src/chat/video-summaries.js';
import { PROMPTS } from '../../src/prompts/prompts.js';
import { drawnRequest } from './drawn-request.js';
import { tinyGguf } from './tiny-gguf.js';

const signal = new AbortController().signal;
const SENTENCE = ['A horse', ' pulls', ' a', ' cart', ' over', ' the', ' narrow', ' bridge', '.'];
const JSON_PIECES = [
  '{"summary": "',
  'A horse crosses a bridge',
  '.", "chapters": [{"firstClip": 1, "title": "',
  'Over the bridge',
  '", "summary": "',
  'A cart follows the horse',
  '."}]}',
];

function isInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve('node-llama-cpp');
    return true;
  } catch {
    return false;
  }
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'internvid-gguf-'));
  for (const [name, model] of Object.entries({
    'tiny.gguf': { says: SENTENCE },
    'json.gguf': { says: JSON_PIECES },
    'endless.gguf': { says: ['A', ' horse'], isEndless: true },
  }))
    await writeFile(join(folder, name), tinyGguf(model));
  await writeFile(join(folder, 'text.gguf'), 'GGUF and no more');
  const whole = tinyGguf({ says: SENTENCE });
  await writeFile(join(folder, 'cut.gguf'), whole.subarray(0, whole.length / 2));
});

// One thread: on a busy machine two spend nearly all of their time waiting for each other.
const at = (name: string): GgufChoice => ({
  provider: 'gguf',
  model: join(folder, name),
  threads: 1,
});

function question(): ReturnType<typeof mergeQuestion> {
  const parts = [
    { fromSeconds: 0, caption: 'A horse stands.' },
    { fromSeconds: 1, caption: 'A horse walks.' },
  ];
  return mergeQuestion(drawnRequest('clip', 2), parts, { prompts: PROMPTS, language: 'en' });
}

describe('a GGUF file as a chat model', () => {
  it('is known by its name and content, not by where it lies', () => {
    const { identity } = modelSource(`gguf:${join(folder, 'tiny.gguf')}`);
    expect(identity.model).toMatch(/^tiny\.gguf@[0-9a-f]{12}$/);
    expect(modelSource(at('json.gguf')).identity.model.split('@')[1]).not.toBe(
      identity.model.split('@')[1],
    );
  });

  it('is said at once not to be there, or to be something else', () => {
    expect(() => chatAsker({ model: at('other.gguf') })).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
    expect(() => chatAsker({ model: at('text.gguf') })).toThrow(
      expect.objectContaining({ code: 'corrupt' }),
    );
  });
});

(isInstalled() ? describe : describe.skip)(
  `a GGUF file in node-llama-cpp${isInstalled() ? '' : ' (skipped: node-llama-cpp is not installed)'}`,
  () => {
    const ask = (asker: ChatAsker): Promise<unknown> => asker.ask(question(), signal);

    it('answers, says why it ended and counts tokens', async () => {
      await using asker = chatAsker({ model: at('tiny.gguf') });
      const answers = await Promise.all([ask(asker), ask(asker)]);
      expect(answers).toEqual(
        Array(2).fill({ text: 'A horse pulls a cart over the narrow bridge.' }),
      );
      const { requests, unmetered, outputTokens, inputTokens } = asker.spending();
      // Nine pieces and the end of the text, twice.
      expect({ requests, unmetered, outputTokens }).toEqual({
        requests: 2,
        unmetered: 0,
        outputTokens: 2 * (SENTENCE.length + 1),
      });
      expect(inputTokens).toBeGreaterThan(1_000);
    });

    it('writes JSON of the form that is asked for', async () => {
      await using asker = chatAsker({ model: at('json.gguf') });
      const { clip } = drawnRequest('clip', 2);
      const clips = [{ clip, text: 'A horse crosses.', framesSha256: 'f' }];
      const { outputs, failed } = await runStage(summariseVideos({ asker }), [{ id: 'v', clips }]);
      expect(failed).toEqual([]);
      expect(outputs).toMatchObject([
        { summary: 'A horse crosses a bridge.', chapters: [{ title: 'Over the bridge' }] },
      ]);
    });

    it('stops when its tokens are used up, and when it is told to', async () => {
      await using asker = chatAsker({ model: at('endless.gguf'), attempts: 1 });
      await expect(ask(asker)).rejects.toMatchObject({ details: { fault: 'cut-off' } });
      const stop = new AbortController();
      const asked = asker.ask({ ...question(), about: 'other' }, stop.signal);
      setTimeout(() => {
        stop.abort(new Error('stopped'));
      }, 50);
      await expect(asked).rejects.toThrow('stopped');
    });

    it('refuses a request that is longer than the model can take', async () => {
      await using asker = chatAsker({ model: at('tiny.gguf'), thinkingTokens: 8_000 });
      await expect(ask(asker)).rejects.toThrow('too long for');
    });

    it('says that it sees no pictures', async () => {
      await using captioner = chatCaptioner({ model: at('tiny.gguf') });
      await expect(captioner.caption([drawnRequest('clip', 1)], signal)).rejects.toMatchObject({
        code: 'invalid-config',
      });
    });

    it('says of a file that was cut off that it cannot be run', async () => {
      await using asker = chatAsker({ model: at('cut.gguf') });
      await expect(ask(asker)).rejects.toMatchObject({ code: 'model-failed' });
    });
  },
);
