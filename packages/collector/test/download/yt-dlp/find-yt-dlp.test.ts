import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { findYtDlp } from '../../../src/download/yt-dlp/find-yt-dlp.js';
import { temporaryFolder } from '../../drawn-video.js';

const folder = temporaryFolder();
const { PATH, INTERNVID_YT_DLP } = process.env;

afterEach(() => {
  process.env.PATH = PATH;
  if (INTERNVID_YT_DLP === undefined) delete process.env.INTERNVID_YT_DLP;
  else process.env.INTERNVID_YT_DLP = INTERNVID_YT_DLP;
});

function program(name: string, prints: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\necho '${prints}'\n`);
  chmodSync(path, 0o755);
  return path;
}

it('finds it by setting, then environment, then path', () => {
  const own = program('own', '2024.01.01');
  expect(findYtDlp(own)).toEqual({ path: own, version: '2024.01.01', foundIn: 'setting' });
  process.env.INTERNVID_YT_DLP = own;
  expect(findYtDlp()).toMatchObject({ foundIn: 'environment' });
  delete process.env.INTERNVID_YT_DLP;
  const path = program('yt-dlp', '2025.02.02');
  process.env.PATH = folder;
  expect(findYtDlp()).toEqual({ path, version: '2025.02.02', foundIn: 'path' });
});

it('says how to install it where it is missing, and never takes another program for it', () => {
  process.env.PATH = join(folder, 'empty');
  delete process.env.INTERNVID_YT_DLP;
  expect(() => findYtDlp()).toThrow('pipx install yt-dlp');
  expect(() => findYtDlp(join(folder, 'none'))).toThrow('where there is no file');
  expect(() => findYtDlp(program('other', 'hello'))).toThrow('does not answer like yt-dlp');
});
