import { describe, expect, it } from '@jest/globals';
import type { Detection } from '@internvid/core';
import {
  judgeClaims,
  supportOf,
  type GroundingEvidence,
} from '../../src/grounding/judge-claims.js';

const BY = { name: 'drawn', version: '1', config: {} };
const found = (
  label: string,
  confidence: number,
  timeMs = 0,
  kind: Detection['kind'] = 'object',
): Detection => ({ clip: 'c', timeMs, kind, label, confidence, box: [0, 0, 0.5, 0.5], by: BY });
const judge = (caption: string, evidence: Partial<GroundingEvidence>): string[] =>
  judgeClaims(caption, { facts: {}, detections: [], others: [], ...evidence }).map(
    ({ kind, verdict, by }) => `${kind} ${verdict}${by === undefined ? '' : ` by ${by}`}`,
  );

describe('judgeClaims', () => {
  it('finds a class supported by one sure sighting or by two likely ones', () => {
    const caption = 'A dog runs.';
    expect(judge(caption, { detections: [found('dog', 0.55)] })[0]).toBe(
      'object supported by detections',
    );
    expect(judge(caption, { detections: [found('dog', 0.5)] })[0]).toBe('object unknown');
    expect(judge(caption, { detections: [found('dog', 0.5), found('dog', 0.47, 1000)] })[0]).toBe(
      'object supported by detections',
    );
  });

  it('takes what was not seen for unknown, not for wrong: detectors miss most things', () => {
    expect(judge('A cup stands there.', { detections: [found('person', 0.9)] })).toEqual([
      'object unknown',
    ]);
  });

  it('finds an animal contradicted where another is plain to see and it never is', () => {
    const cat = [found('cat', 0.8), found('cat', 0.8, 1000)];
    expect(judge('A dog.', { detections: cat })).toEqual(['object contradicted by detections']);
    expect(judge('A dog.', { detections: [...cat, found('dog', 0.3)] })).toEqual([
      'object unknown',
    ]);
    expect(judge('An animal.', { detections: cat })).toEqual(['object supported by detections']);
  });

  it('counts as far as two frames agree', () => {
    const frames = (count: number): Detection[] =>
      [0, 1000].flatMap((timeMs) =>
        Array.from({ length: count }, () => found('person', 0.8, timeMs)),
      );
    expect(judge('Two men.', { detections: frames(2) })[1]).toBe('count supported by detections');
    expect(judge('Two men.', { detections: frames(4) })[1]).toBe(
      'count contradicted by detections',
    );
    expect(judge('Four men.', { detections: frames(2) })[1]).toBe('count unknown');
    expect(judge('Several men.', { detections: frames(5) })[1]).toBe(
      'count supported by detections',
    );
    expect(judge('No people here.', { detections: frames(1) })).toEqual([
      'count contradicted by detections',
    ]);
  });

  it.each([
    ['The camera pans left.', 'pan-left', 'camera supported by facts'],
    ['The camera pans left.', 'pan-right', 'camera contradicted by facts'],
    ['The camera pans left.', 'static', 'camera contradicted by facts'],
    ['The camera pans left.', 'shake', 'camera unknown'],
    ['The camera pans left.', 'unclear', 'camera unknown'],
    ['The camera is still.', 'zoom-in', 'camera contradicted by facts'],
    ['The camera is still.', 'shake', 'camera unknown'],
    ['The camera moves.', 'tilt-up', 'camera supported by facts'],
    ['The camera moves.', 'static', 'camera contradicted by facts'],
  ])('holds "%s" against a measured %s', (caption, camera, verdict) => {
    expect(judge(caption, { facts: { camera } })).toEqual([verdict]);
  });

  it('holds quotations against what was read, and tells misquoted from never read', () => {
    const detections = [found('THE PEACH OPEN', 0.99, 0, 'text'), found('MOVIE', 0.99, 0, 'text')];
    expect(judge('It says "the peach open movie".', { detections })).toEqual([
      'text supported by detections',
    ]);
    expect(judge('It says "THE BEACH OVEN".', { detections })).toEqual([
      'text supported by detections',
    ]);
    expect(judge('It says "THE REACH OVENS".', { detections })).toEqual([
      'text contradicted by detections',
    ]);
    expect(judge('It says "NO ENTRY".', { detections })).toEqual(['text unknown']);
    expect(judge('It says "NO ENTRY".', {})).toEqual(['text unknown']);
  });

  it('finds colours wrong in a clip without any, and movement wrong where nothing changes', () => {
    expect(judge('A red wall.', { facts: { colourfulness: 1.2 } })).toEqual([
      'colour contradicted by facts',
    ]);
    expect(judge('A white wall.', { facts: { colourfulness: 1.2 } })).toEqual(['colour unknown']);
    expect(judge('Someone walks.', { facts: { freezeRatio: 0.99 } })[1]).toBe(
      'action contradicted by facts',
    );
  });

  it('lets other captions speak where nothing was measured, and never against a measurement', () => {
    const others = [{ text: 'A blue boat. The camera pans right.' }];
    expect(judge('A boat on blue water.', { others })).toEqual([
      'object supported by captions',
      'colour supported by captions',
    ]);
    expect(judge('The camera pans right.', { others, facts: { camera: 'pan-left' } })).toEqual([
      'camera contradicted by facts',
    ]);
  });
});

describe('supportOf', () => {
  it('is one when all is supported, a half when nothing is known, none when all is wrong', () => {
    expect(supportOf([{ verdict: 'supported' }])).toBe(1);
    expect(supportOf([{ verdict: 'unknown' }, { verdict: 'unknown' }])).toBe(0.5);
    expect(supportOf([{ verdict: 'contradicted' }])).toBe(0);
    expect(supportOf([])).toBeUndefined();
  });
});
