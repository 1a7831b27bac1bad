import { describe, expect, it } from '@jest/globals';
import { fieldOf, formatCondition, judge, parseCondition } from '../src/condition.js';

describe('a condition', () => {
  it.each([
    ['score >= 0.3', { field: 'score', is: '>=', value: 0.3 }],
    ['camera=static', { field: 'camera', is: '=', value: 'static' }],
    ['camera != "pan right"', { field: 'camera', is: '!=', value: 'pan right' }],
    ['viclip-similarity < -1e-3', { field: 'viclip-similarity', is: '<', value: -0.001 }],
    ['hasText = true', { field: 'hasText', is: '=', value: true }],
  ])('reads %s and writes it again', (text, condition) => {
    expect(parseCondition(text)).toEqual(condition);
    expect(parseCondition(formatCondition(parseCondition(text)))).toEqual(condition);
  });

  it.each(['', 'score', '>= 3', 'score >', 'score ~ 3', 'score >= many', '1x = 2'])(
    'refuses "%s"',
    (text) => expect(() => parseCondition(text)).toThrow(/condition|number/),
  );

  it('takes no value, and one of another type, as missing', () => {
    const condition = parseCondition('score != 3');
    expect(judge(condition, undefined)).toBe('missing');
    expect(judge(condition, 'three')).toBe('missing');
    expect(judge(condition, 4)).toBe('passes');
    expect(judge(condition, 3)).toBe('fails');
  });
});

describe('a field', () => {
  it('is found by its name, and inside another by a dotted one', () => {
    const values = { 'a.b': 1, a: { b: 2, c: 3 }, list: [1] };
    expect(fieldOf(values, 'a.b')).toBe(1);
    expect(fieldOf(values, 'a.c')).toBe(3);
    expect(fieldOf(values, 'a.d')).toBeUndefined();
    expect(fieldOf(values, 'list.0')).toBeUndefined();
    expect(fieldOf(values, 'constructor')).toBeUndefined();
  });
});
