import { describe, expect, it } from '@jest/globals';
import { parsePythonLiteral } from '../../src/sources/python-literal.js';

describe('Python literals', () => {
  it('become what they hold', () => {
    expect(parsePythonLiteral(`[['0:00:13.123', "0:00:15.2"], ('a', 'b',)]`)).toEqual([
      ['0:00:13.123', '0:00:15.2'],
      ['a', 'b'],
    ]);
    expect(parsePythonLiteral('[0.43, -1, 2e-3, .5, True, None, nan, False]')).toEqual([
      0.43,
      -1,
      0.002,
      0.5,
      true,
      null,
      null,
      false,
    ]);
    expect(parsePythonLiteral(`{'a': {"b": []}, 'c': ()}`)).toEqual({ a: { b: [] }, c: [] });
  });

  it('keep the escapes and both quotes of their strings', () => {
    expect(
      parsePythonLiteral(String.raw`['it\'s', "a 'b' \"c\"", '\x41\u00e9\U0001F3AC\n\\', 'a\q']`),
    ).toEqual(["it's", `a 'b' "c"`, 'Aé🎬\n\\', 'a\\q']);
  });

  it.each([
    '',
    '[1, 2',
    "['a'",
    "['a' 'b']",
    '[1] x',
    '[1,,2]',
    '__import__("os").system("x")',
    '[x for x in y]',
    '{1: 2}',
    "'a' + 'b'",
    '1_000_000',
    '0x10',
    '['.repeat(1000),
    "'\\U99999999'",
    '1e999',
  ])('refuse %p', (text) => {
    expect(() => parsePythonLiteral(text)).toThrow(SyntaxError);
  });

  it('do not reach the prototype of anything', () => {
    const value = parsePythonLiteral("{'__proto__': {'polluted': 1}}") as object;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
