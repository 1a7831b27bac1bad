import { expect, it, beforeAll, describe } from '@jest/globals';

import { cleanText, preText } from '../../src/tokenizer/clean-text.js';
import { clipTokenizer, type ClipTokenizer } from '../../src/tokenizer/clip-tokenizer.js';
import { fixText } from '../../src/tokenizer/fix-text.js';
import { loadClipMerges } from '../../src/tokenizer/merges.js';
import { describeWith, shared, sharedJson } from '../shared-files.js';

const GOLDEN = 'golden/viclip/tokenizer';

type Case = {
  readonly text: string;
  readonly ftfy_changed: boolean;
  readonly after_ftfy: string | null;
  readonly clean: string;
  readonly bpe: readonly number[];
  readonly t32: readonly number[];
  readonly t77: readonly number[];
};

describeWith(GOLDEN, 'clipTokenizer against the published one', () => {
  let tokenizer: ClipTokenizer;
  let cases: readonly Case[];
  beforeAll(async () => {
    const path = shared(`${GOLDEN}/bpe_simple_vocab_16e6.txt.gz`);
    tokenizer = clipTokenizer(await loadClipMerges({ path }));
    ({ cases } = sharedJson(`${GOLDEN}/cases.json`) as { cases: readonly Case[] });
  });

  it('has its vocabulary', () => {
    expect(tokenizer.vocabularySize).toBe(49_408);
    expect(cases).toHaveLength(470);
  });

  it('mends and cleans every text as it does', () => {
    expect(cases.map(({ text }) => fixText(text))).toEqual(
      cases.map(({ text, ftfy_changed, after_ftfy }) => (ftfy_changed ? after_ftfy : text)),
    );
    expect(cases.map(({ text }) => cleanText(text))).toEqual(cases.map(({ clean }) => clean));
  });

  it('gives every text its tokens', () => {
    expect(cases.map(({ text }) => tokenizer.encode(text))).toEqual(cases.map(({ bpe }) => bpe));
  });

  it.each([
    [32, 't32' as const],
    [77, 't77' as const],
  ])('cuts and pads every text to %i tokens', (contextLength, key) => {
    const rows = tokenizer.tokenize(
      cases.map(({ text }) => text),
      contextLength,
    );
    const expected = cases.flatMap((one) => [
      ...one[key],
      ...Array.from({ length: contextLength - one[key].length }, () => 0),
    ]);
    expect(Array.from(rows)).toEqual(expected);
  });

  it('has 32 tokens in a row where nothing else is asked for', () => {
    expect(tokenizer.tokenize(['a dog', 'a cat'])).toHaveLength(64);
    expect(tokenizer.tokenize([])).toHaveLength(0);
    expect(() => tokenizer.tokenize(['a dog'], 1)).toThrow(/contextLength/);
  });

  it('takes long words in a time near their length', () => {
    const word = Array.from({ length: 100_000 }, (_, place) =>
      String.fromCharCode(97 + ((place * place * 7 + (place >> 3)) % 26)),
    ).join('');
    const started = performance.now();
    expect(tokenizer.tokenize([word])).toHaveLength(32);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('cleans captions as the published evaluation does', () => {
    const pre = sharedJson(`${GOLDEN}/pre_text.json`) as {
      cases: readonly { readonly in: string; readonly out: string }[];
    };
    expect(pre.cases).toHaveLength(90);
    expect(pre.cases.map((one) => preText(one.in))).toEqual(pre.cases.map(({ out }) => out));
  });
});

describe('fixText', () => {
  it('mends encodings in layers, in parts of a text, and Windows characters read as Latin-1', () => {
    expect(fixText('ÃƒÂ©tÃƒÂ©')).toBe('été');
    expect(fixText('Привет, she said â€œhiâ€\x9d')).toBe('Привет, she said "hi"');
    expect(fixText('caf\xe9 \x93open\x94 \x85')).toBe('café "open" …');
    expect(fixText('в€љ 2 в‰¤ 3')).toBe('√ 2 ≤ 3');
    expect(fixText('lost â€� quote')).toBe('lost � quote');
  });

  it('leaves sound text of any language alone', () => {
    const texts = [
      '¿Qué? ¡Sí!',
      'Größe × Maß',
      'ΑΒΓ αβγ',
      'Ёлки',
      '日本語',
      'naïve — “n”'.replace(/[“”]/g, '"'),
    ];
    expect(texts.map(fixText)).toEqual(texts);
  });

  it('takes HTML references for text only where there are no tags', () => {
    expect(fixText('P&EACUTE;REZ &amp; &nTILDE; &#x2019;')).toBe("PÉREZ & &nTILDE; '");
    expect(fixText('<b>&amp;</b>\n&amp;')).toBe('<b>&amp;</b>\n&amp;');
  });

  it('mends a long line without delay', () => {
    const long = 'â€” '.repeat(50_000);
    const started = performance.now();
    expect(fixText(long)).toBe('— '.repeat(50_000));
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
