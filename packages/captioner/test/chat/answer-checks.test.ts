import { describe, expect, it } from '@jest/globals';

import { judgeText } from '../../src/chat/answer-checks.js';
import { asSentence } from '../../src/chat/as-sentence.js';
import { isOtherLanguage } from '../../src/chat/language-check.js';
import { clipQuestion } from '../../src/chat/scale-questions.js';
import { estimatedTokens } from '../../src/chat/token-estimates.js';
import { thinnedTo, windowsOf } from '../../src/chat/windows.js';
import { PROMPTS } from '../../src/prompts/prompts.js';
import { drawnRequest } from './drawn-request.js';

const request = drawnRequest('clip', 2, {
  metadata: { title: 'Funny dogs, part two' },
  context: { transcript: 'and then we put the flour into the big bowl and stir' },
});
const question = clipQuestion(request, request.frames, { prompts: PROMPTS, language: 'en' });

describe('judgeText', () => {
  it.each([
    ['A man in a red coat rides a bicycle past two parked cars and waves.'],
    ['Sorry-looking flowers stand in a vase on a table.'],
    ['Hands put flour into a bowl.'],
    ['A sign says "Sure, here is your coffee" above a door.'],
    ['Two men shake hands; then two men sit down and the dog lies under the table.'],
  ])('takes a plain caption: %s', (text) => {
    expect(judgeText(text, question)).toBeUndefined();
  });

  it.each([
    ['empty', ' . '],
    ['refused', "I'm sorry, but I can't help with identifying people."],
    ['refused', 'As an AI language model, I have no eyes.'],
    ['boilerplate-opener', 'Sure, here is a description of a dog on a lawn.'],
    ['boilerplate-opener', 'The video shows a dog that runs over a lawn.'],
    ['boilerplate-opener', 'In this clip, a dog runs over a lawn.'],
    ['boilerplate-opener', 'The short video clip depicts a dog on a lawn.'],
    ['prompt-echo', 'Write plain whole sentences in English, without a heading, a list or marks.'],
    ['repetition', 'A dog runs and runs and runs and runs and runs and runs and runs and runs.'],
    ['repetition', 'A dog runs over a lawn. A dog runs over a lawn.'],
    ['wrong-language', 'Ein Hund läuft über die Wiese und ein Mann mit einem Hut sieht ihm zu.'],
    ['wrong-language', '一只狗在草地上跑。'],
    ['too-short', 'A dog.'],
    ['too-long', Array.from({ length: 121 }, (_, at) => `thing${at}`).join(' ')],
    ['copied-data', 'Somebody will put the flour into the big bowl and stir it.'],
    ['copied-data', 'Funny dogs, part two.'],
  ])('finds what is wrong: %s in "%s"', (fault, text) => {
    expect(judgeText(text, question)?.fault).toBe(fault);
  });

  it('names the data that was copied', () => {
    expect(judgeText('Funny dogs, part two.', question)?.fields).toEqual(['title']);
  });
});

describe('asSentence', () => {
  it.each([
    ['a dog\n runs', 'A dog runs.'],
    ['"A dog runs."', 'A dog runs.'],
    ['<think>What do I see?\nA dog.</think>\n\nA dog runs!', 'A dog runs!'],
    ['A sign reads "Stop."', 'A sign reads "Stop."'],
    ['"Stop" stands on a sign', '"Stop" stands on a sign.'],
    ['', ''],
  ])('makes one line of %j', (answer, text) => {
    expect(asSentence(answer, 'en')).toBe(text);
  });
});

describe('isOtherLanguage', () => {
  it.each([
    ['Un chien court dans le pré et les enfants sont avec lui.', 'fr', false],
    ['A dog runs in the field and the children are with it.', 'fr', true],
    ['Собака бежит по лугу.', 'ru', false],
    ['A dog runs over the meadow.', 'ja', true],
    ['犬が草原を走っています。', 'ja', false],
    ['Koira juoksee niityllä.', 'fi', false],
  ])('judges %j for %s', (text, tag, isOther) => {
    expect(isOtherLanguage(text, tag)).toBe(isOther);
  });

  const ENGLISH = 'A dog runs over the meadow while a man with a hat is watching from the fence.';
  it.each([
    ['de', 'Ein Hund läuft über die Wiese, und der Mann mit dem Hut sieht ihm von dem Zaun zu.'],
    ['es', 'Un perro corre por el prado mientras un hombre con sombrero lo mira y los niños ríen.'],
    ['it', 'Un cane corre nel prato mentre un uomo con il cappello guarda e gli altri ridono.'],
    [
      'pt',
      'Um cão corre no prado enquanto o homem de chapéu olha e as crianças riem com uma bola.',
    ],
    ['nl', 'Een hond rent naar het hek terwijl een man met een hoed op het gras staat.'],
    ['sv', 'En hund springer över ängen medan mannen med hatt är vid staketet och ett barn ler.'],
    ['da', 'En hund løber over engen, mens manden med hat står ved hegnet og ser på den.'],
    ['no', 'En hund løper over enga mens mannen med hatt står ved gjerdet og ser på den.'],
    [
      'pl',
      'Pies biegnie przez łąkę, podczas gdy mężczyzna, który jest obok płotu, patrzy na niego.',
    ],
    ['cs', 'Pes běží přes louku a muž, který je vedle plotu, se na něj dívá ve svém klobouku.'],
    ['tr', 'Bir köpek çayırda koşuyor ve bu adam şapkası ile çitin üzerinde onun için bekliyor.'],
    [
      'id',
      'Seekor anjing berlari di padang rumput dan seorang pria dengan topi itu sedang melihat.',
    ],
    ['vi', 'Một con chó đang chạy trên đồng cỏ và người đàn ông với chiếc mũ là chủ của nó.'],
    [
      'ro',
      'Un câine aleargă pe pajiște, iar bărbatul cu pălărie este lângă gard și râde în timp ce cântă.',
    ],
    ['hu', 'Egy kutya fut a réten, miközben az ember és egy gyerek a kerítés mellett nevet.'],
    [
      'fi',
      'Koira juoksee niityllä, ja mies, joka seisoo aidan vieressä, nauraa samalla kun hän katsoo.',
    ],
  ])('tells %s from English, both ways', (tag, text) => {
    expect(isOtherLanguage(text, tag)).toBe(false);
    expect(isOtherLanguage(text, 'en')).toBe(true);
    expect(isOtherLanguage(ENGLISH, tag)).toBe(true);
    expect(isOtherLanguage(ENGLISH, 'en')).toBe(false);
  });
});

describe('estimatedTokens', () => {
  it('counts both end marks, words by their length, and marks and digits one each', () => {
    expect(estimatedTokens('')).toBe(2);
    expect(estimatedTokens('A dog.')).toBe(5);
    expect(estimatedTokens('extraordinary 42')).toBe(2 + 3 + 2);
    expect(estimatedTokens('犬')).toBe(5);
  });
});

describe('windowsOf', () => {
  it('gives neighbours in windows of nearly one length, each item once', () => {
    const items = Array.from({ length: 35 }, (_, at) => at);
    const windows = windowsOf(items, 16);
    expect(windows.map(({ length }) => length)).toEqual([11, 12, 12]);
    expect(windows.flat()).toEqual(items);
    expect(thinnedTo(items, 16)).toHaveLength(12);
    expect(windowsOf([], 16)).toEqual([]);
  });
});
