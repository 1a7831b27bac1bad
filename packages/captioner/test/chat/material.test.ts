import { describe, expect, it } from '@jest/globals';

import { materialOf } from '../../src/chat/material.js';
import { drawnRequest } from './drawn-request.js';

describe('materialOf', () => {
  it.each([
    [
      { camera: 'pan-left', motionWidthsPerSecond: 0.2 },
      { camera: 'pan left', movement: 'much' },
    ],
    [{ camera: 'unclear', motionWidthsPerSecond: 0.05 }, { movement: 'some' }],
    [{ motionWidthsPerSecond: 0.002, freezeRatio: 0.1 }, { movement: 'little' }],
    [{ motionWidthsPerSecond: 0.002, freezeRatio: 0.97 }, { movement: 'none' }],
    [{ silenceRatio: 1, freezeRatio: 0.1 }, { sound: 'silence' }],
    [{}, {}],
  ])('says what was measured, %j, in words', (facts, words) => {
    expect(materialOf(drawnRequest('clip', 1, { facts })).measured).toEqual(words);
  });

  it('holds what is written and said about the clip, as a reader sees it', () => {
    const request = drawnRequest('clip', 1, {
      metadata: { title: 'Har\u200bbour\n at  dusk', tags: ['sea', 'boats'], views: 3 },
      context: { transcript: 'mind the step', onScreenText: ['EXIT', 'PIER 4'] },
    });
    expect(materialOf(request).texts).toEqual({
      title: 'Harbour at dusk',
      tags: 'sea | boats',
      transcript: 'mind the step',
      onScreenText: 'EXIT | PIER 4',
    });
  });
});
