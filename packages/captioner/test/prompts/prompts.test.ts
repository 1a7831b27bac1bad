import { describe, expect, it } from '@jest/globals';

import { PROMPTS, promptsIdentity } from '../../src/prompts/prompts.js';
import { fillIn, promptId } from '../../src/prompts/prompt.js';

/** What each version says. A prompt whose words change gets a new version, and a new line here. */
const WORDS = {
  'frame@1': 'e241f51a24fe',
  'clip@1': '423b7de770e0',
  'merge@1': 'ae5de6bdf424',
  'shorten@1': '0f0689fdccc8',
  'structured@1': '4b6225dd5687',
  'video-summary@2': 'daa4c7b3e380',
};

describe('the prompts', () => {
  it('change their version when they change a word', () => {
    expect(promptsIdentity(Object.values(PROMPTS))).toEqual(WORDS);
  });

  it('are told apart by their names', () => {
    const ids = Object.values(PROMPTS).map(promptId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('are known by their words too, so that a forgotten version does no harm', () => {
    const changed = { ...PROMPTS.clip, ask: `${PROMPTS.clip.ask} Rhyme.` };
    expect(promptsIdentity([changed])).not.toEqual(promptsIdentity([PROMPTS.clip]));
  });

  it('keep braces that name no value', () => {
    expect(fillIn('{words} of {unknown}', { words: '5' })).toBe('5 of {unknown}');
  });
});
