import { describe, expect, it } from '@jest/globals';

import { englishWords } from '../../src/index.js';

describe('englishWords', () => {
  it.each([
    ['A man is riding a small red bicycle along the river.', ['ride'], ['man', 'bicycle', 'river']],
    [
      'Two women carried three boxes, and a dog ran behind them.',
      ['carry', 'run'],
      ['woman', 'box', 'dog'],
    ],
    ['A person takes a walk in the park.', ['take'], ['person', 'walk', 'park']],
    [
      'The camera pans to the left. The picture is mostly grey.',
      ['pan'],
      ['camera', 'left', 'picture'],
    ],
    ["The dog's ball is thrown; 4 children sit.", ['throw', 'sit'], ['ball', 'child']],
    ['', [], []],
  ])('%s', (text, verbs, nouns) => {
    expect(englishWords(text)).toEqual({ verbs, nouns });
  });
});
