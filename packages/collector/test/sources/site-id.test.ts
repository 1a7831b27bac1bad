import { describe, expect, it } from '@jest/globals';
import { siteIdOf } from '../../src/sources/site-id.js';

describe('the id of a site in an address', () => {
  it.each([
    'https://www.youtube.com/watch?v=AbC-_fGhIjK',
    'http://youtube.com/watch?feature=share&v=AbC-_fGhIjK&t=3s#x',
    'https://m.youtube.com/watch/AbC-_fGhIjK',
    'https://music.youtube.com/watch?v=AbC-_fGhIjK&list=RD',
    'https://youtu.be/AbC-_fGhIjK?si=x',
    'https://www.youtube-nocookie.com/embed/AbC-_fGhIjK?start=1',
    'https://www.youtube.com/embed/AbC-_fGhIjK',
    'https://www.youtube.com/shorts/AbC-_fGhIjK',
    'https://www.youtube.com/live/AbC-_fGhIjK?feature=share',
    'https://www.youtube.com/v/AbC-_fGhIjK',
    'https://www.youtube.com/attribution_link?a=x&u=%2Fwatch%3Fv%3DAbC-_fGhIjK%26feature%3Dshare',
    'youtu.be/AbC-_fGhIjK',
    'HTTPS://WWW.YOUTUBE.COM/watch?v=AbC-_fGhIjK',
  ])('is found in %s', (url) => {
    expect(siteIdOf(url)).toEqual({ site: 'youtube', id: 'AbC-_fGhIjK' });
  });

  it('is found in addresses of Vimeo', () => {
    expect(siteIdOf('https://player.vimeo.com/video/76979871?h=1')).toEqual({
      site: 'vimeo',
      id: '76979871',
    });
  });

  it.each([
    'https://www.youtube.com/playlist?list=PL1234567890a',
    'https://www.youtube.com/@somebody',
    'https://www.youtube.com/watch?v=short',
    'https://notyoutube.com/watch?v=AbC-_fGhIjK',
    'https://youtube.com.evil.example/watch?v=AbC-_fGhIjK',
    'https://example.org/?u=https://youtu.be/AbC-_fGhIjK',
    'not an address',
  ])('is not found in %s', (url) => {
    expect(siteIdOf(url)).toBeUndefined();
  });
});
