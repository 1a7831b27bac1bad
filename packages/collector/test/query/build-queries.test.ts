import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readLabelList } from '../../src/query/action-labels.js';
import { ACTIVITIES } from '../../src/query/activities.js';
import { buildQueries } from '../../src/query/build-queries.js';
import { queryDiversity } from '../../src/query/query-diversity.js';
import { queryRequests } from '../../src/query/query-requests.js';
import type { Query } from '../../src/query/query.js';
import { listingTarget } from '../../src/sources/listing-target.js';
import { temporaryFolder } from '../drawn-video.js';

const folder = temporaryFolder();

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('the activity list', () => {
  it('becomes queries without a loss: hundreds of actions, none twice, all within the rules', () => {
    const { queries, refused } = buildQueries();
    expect(refused).toEqual([]);
    expect(queries.length).toBe(Object.values(ACTIVITIES).flat().length);
    expect(queries.length).toBeGreaterThan(400);
  });
});

describe('building queries', () => {
  it('takes each action once, in order, and says why it refuses others', () => {
    const labels = {
      name: 'mine',
      labels: [
        'Slicing Bread',
        '3',
        'naked run',
        'x'.repeat(61),
        'a b c d e f g h i',
        'juggling_swords',
      ],
    };
    const pairs = [
      { phrase: 'juggle swords', verb: 'juggle', object: 'swords', textId: 't' },
      { phrase: 'fold a tent', verb: 'fold', object: 'tent', textId: 't' },
    ];
    const { queries, refused } = buildQueries({ activities: ['cooking'], labels: [labels], pairs });
    expect(queries.slice(-2)).toEqual([
      { text: 'juggling swords', language: 'en', category: 'labels', origin: 'labels:mine' },
      {
        text: 'fold a tent',
        language: 'en',
        category: 'texts',
        origin: 'texts',
        prompt: 'noun-verb-pairs@1',
      },
    ]);
    expect(refused.map(({ reason }) => reason)).toEqual([
      'duplicate',
      'no-words',
      'naked',
      'too-long',
      'too-many-words',
      'duplicate',
    ]);
    expect(buildQueries({ activities: ['cooking'], labels: [labels], pairs })).toEqual({
      queries,
      refused,
    });
  });

  it('makes nothing up where there is nothing', () => {
    expect(buildQueries({ activities: false })).toEqual({ queries: [], refused: [] });
    expect(() => buildQueries({ activities: ['coking'] })).toThrow('"coking"');
  });
});

describe('label lists', () => {
  it('are read from texts, tables and JSON', async () => {
    const expected = ['abseiling', 'air drumming'];
    expect(
      (await readLabelList(file('a.txt', 'abseiling\nair drumming\nabseiling\n'))).labels,
    ).toEqual(expected);
    expect(
      (await readLabelList(file('b.csv', 'label,youtube_id\nabseiling,x\nair drumming,y\n')))
        .labels,
    ).toEqual(expected);
    expect((await readLabelList(file('c.csv', 'abseiling\nair drumming\n'))).labels).toEqual(
      expected,
    );
    expect(
      (await readLabelList(file('d.json', '{"abseiling":0,"air drumming":1}'))).labels,
    ).toEqual(expected);
    expect(await readLabelList(file('e.json', '["abseiling","air drumming",3]'))).toEqual({
      name: 'e',
      labels: expected,
    });
  });

  it('say what is missing', async () => {
    await expect(readLabelList(join(folder, 'none.json'))).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(readLabelList(file('f.csv', 'a,b\n1,2\n'))).rejects.toThrow(
      'Its columns are a, b',
    );
    await expect(readLabelList(file('g.json', '{"a'))).rejects.toMatchObject({
      code: 'unreadable',
    });
  });
});

describe('the diversity of queries', () => {
  const query = (text: string, category: string, language = 'en'): Query => ({
    text,
    category,
    language,
    origin: 'activities',
  });

  it('is computed as its definitions say', () => {
    const queries = [
      query('play the piano', 'music'),
      query('playing a guitar', 'music'),
      query('slice bread', 'cooking'),
      query('切面包', 'cooking', 'zh'),
    ];
    const report = queryDiversity(queries);
    // Verbs: play twice, slice once. Words: play, piano, play, guitar, slice, bread, of which five differ.
    const entropy = -(2 / 3) * Math.log2(2 / 3) - (1 / 3) * Math.log2(1 / 3);
    expect(report).toMatchObject({
      queries: 4,
      distinctVerbs: 2,
      distinctNouns: 3,
      typeTokenRatio: 5 / 6,
      categoryBalance: 1,
      perLanguage: { en: 3, zh: 1 },
      topVerbs: [
        ['plai', 2],
        ['slic', 1],
      ],
    });
    expect(report.verbEntropyBits).toBeCloseTo(entropy, 12);
    expect(report.verbEvenness).toBeCloseTo(entropy, 12);
  });

  it('is defined for no queries', () => {
    expect(queryDiversity([])).toMatchObject({
      queries: 0,
      typeTokenRatio: 0,
      verbEntropyBits: 0,
      categoryBalance: 1,
    });
  });
});

describe('searches for queries', () => {
  it('are what the listing takes, with the query for the quotas', () => {
    const requests = queryRequests(buildQueries({ activities: ['music'] }).queries, {
      hitsPerQuery: 5,
    });
    expect(requests[0]).toEqual({
      target: 'ytsearch5:play the piano',
      metadata: { query: 'play the piano', queryLanguage: 'en', queryCategory: 'music' },
    });
    for (const { target } of requests) expect(listingTarget(target).text).toBe(target);
  });
});
