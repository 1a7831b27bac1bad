import { describe, expect, it } from '@jest/globals';
import { listedEntry } from '../../src/sources/listing-entry.js';
import { listingTarget } from '../../src/sources/listing-target.js';

const line = (entry: object, written = '', automatic = ''): string =>
  `@entry [${written}] [${automatic}] ${JSON.stringify(entry)}`;

describe('an entry of a list', () => {
  it('of a site becomes a candidate with what the site says of it, and what was asked for', () => {
    const entry = {
      id: 'AbCdEfGhIjK',
      url: 'https://cdn.example/expires-soon.mp4',
      webpage_url: 'https://www.youtube.com/watch?v=AbCdEfGhIjK',
      extractor: 'youtube',
      title: '切面包 “how to” --exec rm',
      channel: 'Bakers',
      channel_id: 'UC123',
      upload_date: '20230405',
      duration: 61.25,
      tags: ['bread', '', 7],
      categories: ['Howto & Style'],
      language: 'zh',
      license: 'Creative Commons Attribution license (reuse allowed)',
      view_count: 1,
    };
    expect(listedEntry(line(entry, 'en, de', 'en, fr-orig'), { query: 'slice bread' })).toEqual({
      candidate: {
        id: 'youtube-AbCdEfGhIjK',
        url: 'https://www.youtube.com/watch?v=AbCdEfGhIjK',
        via: 'yt-dlp',
        license: 'Creative Commons Attribution license (reuse allowed)',
        metadata: {
          site: 'youtube',
          siteId: 'AbCdEfGhIjK',
          title: '切面包 “how to” --exec rm',
          channel: 'Bakers',
          channelId: 'UC123',
          uploadDate: '2023-04-05',
          durationMs: 61_250,
          language: 'zh',
          category: 'Howto & Style',
          categories: ['Howto & Style'],
          tags: ['bread'],
          subtitleLanguages: { written: ['en', 'de'], automatic: ['en', 'fr-orig'] },
          query: 'slice bread',
        },
      },
    });
  });

  it('of a flat list is taken by its link', () => {
    const entry = {
      _type: 'url',
      id: 'AbCdEfGhIjK',
      url: 'https://www.youtube.com/watch?v=AbCdEfGhIjK',
      extractor: 'youtube:tab',
      title: 'x',
    };
    expect(listedEntry(line(entry, 'NA', 'NA'), {})).toMatchObject({
      candidate: { id: 'youtube-AbCdEfGhIjK' },
    });
  });

  it.each([
    [{ id: 'a', title: '[Private video]', url: 'https://x.example' }, 'private'],
    [{ id: 'a', title: '[Deleted video]', url: 'https://x.example' }, 'gone'],
    [{ id: 'a', title: 'x', availability: 'subscriber_only' }, 'private'],
    [{ id: 'a', title: 'x', live_status: 'is_live' }, 'live-stream'],
    [{ id: 'a', title: 'x', live_status: 'is_upcoming' }, 'live-stream'],
  ])('%j is dropped as %s', (entry, dropped) => {
    expect(listedEntry(line(entry), {})).toEqual({ id: 'a', dropped });
  });

  it('without an address, with a hostile one, or that is no JSON is a problem', () => {
    expect(listedEntry(line({ id: 'a' }), {})).toMatchObject({ problem: 'it has no address' });
    expect(listedEntry(line({ id: 'a', url: 'file:///etc/passwd' }), {})).toHaveProperty('problem');
    expect(listedEntry('@entry [] [] {"id":', {})).toHaveProperty('problem');
    expect(listedEntry('Deleting original file', {})).toBeUndefined();
  });
});

describe('what is to be listed', () => {
  it('is a search with its number of hits, or an address', () => {
    expect(listingTarget(' ytsearch20:slice  bread ')).toEqual({
      kind: 'search',
      text: 'ytsearch20:slice bread',
      query: 'slice bread',
      count: 20,
    });
    expect(listingTarget('ytsearchdate:x y')).toMatchObject({ text: 'ytsearchdate1:x y' });
    expect(listingTarget('HTTPS://www.youtube.com/@a b')).toEqual({
      kind: 'address',
      text: 'https://www.youtube.com/@a%20b',
    });
  });

  it.each([
    '--exec=rm',
    'ytsearch0:x',
    'ytsearch2000:x',
    'ytsearchall:x',
    'ytsearch5:',
    'file:///etc/passwd',
    'dogs',
    '',
  ])('is not %p', (text) => {
    expect(() => listingTarget(text)).toThrow('cannot be listed');
  });
});
