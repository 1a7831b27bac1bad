import { expect, it } from '@jest/globals';
import { ytDlpArguments } from '../../../src/download/yt-dlp/yt-dlp-arguments.js';

const call = (url: string, version = '2023.03.04'): readonly string[] =>
  ytDlpArguments({
    program: { path: '/x', version, foundIn: 'path' },
    ...{ url, maxBytes: 1, stallMs: 1_000, subtitleLanguages: ['en'] },
  });

it('puts the URL last, behind the end of all options, whatever it looks like', () => {
  for (const url of ['--exec=id', '-o/etc/x', 'https://example.org/?a=$(id)']) {
    expect(call(url).slice(-2)).toEqual(['--', url]);
  }
  expect(call('--exec=id').slice(0, -1)).toEqual(call('https://example.org').slice(0, -1));
});

it('lends its own JavaScript runtime to versions that need one', () => {
  expect(call('https://example.org')).not.toContain('--js-runtimes');
  expect(call('https://example.org', '2025.11.12')).toContain(`node:${process.execPath}`);
});
