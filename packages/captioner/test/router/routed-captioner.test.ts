import { describe, expect, it } from '@jest/globals';
import { ToolkitError, type Clip, type Detection, type JsonObject } from '@internvid/core';
import { memoryStore, runStage } from '@internvid/core/testing';
import type { Captioner, CaptionRequest } from '../../src/captioner.js';
import { routedCaptioner } from '../../src/router/routed-captioner.js';
import { captionClips } from '../../src/stages.js';

const signal = new AbortController().signal;

/** Says its name; sees a dog in clips called so; remembers what it was asked. */
function named(name: string, maxBatch = 2): Captioner & { readonly asked: string[][] } {
  const by = { name, version: '1', config: {} };
  const asked: string[][] = [];
  return {
    producer: by,
    maxBatch,
    asked,
    caption(requests) {
      asked.push(requests.map(({ clip }) => clip.id));
      if (requests.some(({ clip }) => clip.id === `${name}-breaks`))
        throw new ToolkitError('model-failed', 'broken');
      return Promise.resolve(
        requests.map(({ clip }) => ({
          captions: [
            {
              clip: clip.id,
              scale: 'fine',
              text: `${name} says ${clip.id}.`,
              language: 'en',
              framesSha256: 'f',
              by,
            },
          ],
          detections: clip.id.startsWith('dog')
            ? [
                {
                  clip: clip.id,
                  timeMs: 0,
                  kind: 'object',
                  label: 'dog',
                  confidence: 0.8,
                  box: [0, 0, 1, 1],
                  by,
                } satisfies Detection,
              ]
            : [],
        })),
      );
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function request(id: string, facts: JsonObject = {}): CaptionRequest {
  const clip: Clip = {
    id,
    video: { id: 'v', uri: '/v.mp4', metadata: {} },
    span: { startMs: 0, endMs: 1000 },
    facts,
  };
  return { clip, frames: [] };
}

describe('routedCaptioner', () => {
  it('asks the costly captioner only about clips in which the cheap one found nothing', async () => {
    const [cheap, costly] = [named('cheap'), named('costly')];
    const router = routedCaptioner({ cheap, costly });
    const clips = ['dog1', 'empty1', 'dog2', 'empty2', 'empty3'].map((id) => request(id));
    const results = await router.caption(clips, signal);
    expect(results.map(({ captions }) => captions[0]?.text)).toEqual([
      'cheap says dog1.',
      'costly says empty1.',
      'cheap says dog2.',
      'costly says empty2.',
      'costly says empty3.',
    ]);
    expect(costly.asked).toEqual([['empty1', 'empty2'], ['empty3']]);
    expect([...router.routes]).toEqual([
      ['cheap', 2],
      ['cheap.found = 0', 3],
    ]);
  });

  it('says who wrote each caption, and keeps what the cheap one found', async () => {
    const router = routedCaptioner({
      cheap: named('cheap'),
      costly: named('costly'),
      when: ['duration >= 5'],
    });
    const [worth] = await router.caption([request('dog', { duration: 9 })], signal);
    expect(worth?.captions[0]?.by.name).toBe('costly');
    expect(worth?.detections.map(({ by }) => by.name)).toEqual(['cheap', 'costly']);
  });

  it('goes by facts, by dotted names, and never by a value that is not there', async () => {
    const route = async (when: string, id: string, facts: JsonObject): Promise<string> => {
      const router = routedCaptioner({
        cheap: named('cheap'),
        costly: named('costly'),
        when: [when],
      });
      const [result] = await router.caption([request(id, facts)], signal);
      return result?.captions[0]?.by.name ?? '';
    };
    expect(await route('camera = static', 'dog', { camera: 'static' })).toBe('costly');
    expect(await route('camera = static', 'dog', { camera: 'shake' })).toBe('cheap');
    expect(await route('camera != static', 'dog', {})).toBe('cheap');
    expect(await route('cheap.confidence < 0.9', 'dog', {})).toBe('costly');
    expect(await route('cheap.confidence < 0.9', 'none', {})).toBe('cheap');
    expect(await route('cheap.support < 1', 'dog', {})).toBe('cheap');
  });

  it('has its rule and both captioners in the producer, so that a changed rule is another step', () => {
    const [cheap, costly] = [named('cheap'), named('costly')];
    const config = (when: string[]) => routedCaptioner({ cheap, costly, when }).producer.config;
    expect(config(['cheap.objects=0'])).toEqual({
      cheap: cheap.producer,
      costly: costly.producer,
      when: ['cheap.objects = 0'],
    });
    expect(config(['cheap.objects = 1'])).not.toEqual(config(['cheap.objects = 0']));
    expect(() => config(['nonsense'])).toThrow(ToolkitError);
  });

  it('never passes a cheap caption off for a costly one that failed', async () => {
    const router = routedCaptioner({ cheap: named('cheap'), costly: named('costly') });
    await expect(router.caption([request('costly-breaks')], signal)).rejects.toThrow('broken');
  });

  it('counts in the report of a run where the clips went', async () => {
    const router = routedCaptioner({ cheap: named('cheap'), costly: named('costly') });
    const clips = ['dog', 'empty', 'costly-breaks'].map((id) => ({
      id,
      clip: request(id).clip,
      frames: [],
    }));
    const { warned, failed, outputs } = await runStage(captionClips({ captioner: router }), clips, {
      store: memoryStore(),
    });
    expect(warned).toEqual([
      { id: 'dog', warning: 'captioned-by-cheap' },
      { id: 'empty', warning: 'captioned-by-costly' },
    ]);
    expect(failed).toEqual([{ id: 'costly-breaks', code: 'model-failed' }]);
    expect(outputs.length).toBe(2);
  });

  it('tells the costly captioner what the cheap one read on screen', async () => {
    const cheap = named('cheap');
    const reading: Captioner = {
      ...cheap,
      async caption(requests, during) {
        const line = (clip: string, label: string): Detection => ({
          ...{ clip, timeMs: 0, kind: 'text', label, confidence: 1 },
          ...{ box: [0, 0, 1, 1], by: cheap.producer },
        });
        return (await cheap.caption(requests, during)).map((result, at) => {
          const id = requests[at]?.clip.id ?? '';
          return { ...result, detections: [line(id, 'EXIT'), line(id, 'EXIT')] };
        });
      },
    };
    const told: CaptionRequest[] = [];
    const costly = named('costly');
    const listening: Captioner = {
      ...costly,
      caption(requests, during) {
        told.push(...requests);
        return costly.caption(requests, during);
      },
    };
    const router = routedCaptioner({
      cheap: reading,
      costly: listening,
      when: ['cheap.texts > 0'],
    });
    const said = { ...request('a'), context: { transcript: 'this way' } };
    const known = { ...request('b'), context: { onScreenText: ['WAY OUT'] } };
    await router.caption([said, known], signal);
    expect(told.map(({ context }) => context)).toEqual([
      { transcript: 'this way', onScreenText: ['EXIT'] },
      { onScreenText: ['WAY OUT'] },
    ]);
  });
});
