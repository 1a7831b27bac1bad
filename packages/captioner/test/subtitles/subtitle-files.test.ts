import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeText } from '../../src/subtitles/decode-text.js';
import {
  findSubtitleFiles,
  languageTag,
  readSubtitleFile,
} from '../../src/subtitles/subtitle-files.js';

const CUE = '1\n00:00:01,000 --> 00:00:02,000\nDéjà vu, ça va?\n';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'subtitles-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('decodeText', () => {
  const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
  it.each([
    ['utf-8', Buffer.from(CUE)],
    ['utf-8', Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), Buffer.from(CUE)])],
    ['utf-16le', Buffer.concat([Buffer.of(0xff, 0xfe), utf16(CUE)])],
    ['utf-16be', Buffer.concat([Buffer.of(0xfe, 0xff), utf16(CUE).swap16()])],
    ['windows-1252', Buffer.from(CUE, 'latin1')],
  ])('reads %s', (encoding, bytes) => {
    expect(decodeText(bytes)).toEqual({ text: CUE, encoding });
  });
});

describe('findSubtitleFiles', () => {
  it('finds by name what belongs to a video, written before automatic', async () => {
    const names = [
      "it's 100% [x] 视频.auto.vtt",
      "it's 100% [x] 视频.en.auto.vtt",
      "it's 100% [x] 视频.EN-gb.SRT",
      "it's 100% [x] 视频.srt",
      "it's 100% [x] 视频.en.forced.srt",
      "it's 100% [x] 视频.part2.en.srt",
      "it's 100% [x] 视频.txt",
      "it's 100% [x] 视频 2.srt",
    ];
    for (const name of names) await writeFile(join(folder, name), CUE);
    expect(await findSubtitleFiles(join(folder, "it's 100% [x] 视频.mp4"))).toEqual([
      { fileName: "it's 100% [x] 视频.EN-gb.SRT", language: 'en-GB', isAutomatic: false },
      { fileName: "it's 100% [x] 视频.srt", language: 'und', isAutomatic: false },
      { fileName: "it's 100% [x] 视频.auto.vtt", language: 'und', isAutomatic: true },
      { fileName: "it's 100% [x] 视频.en.auto.vtt", language: 'en', isAutomatic: true },
    ]);
  });

  it('finds subtitles of all formats, and reads them by what they hold', async () => {
    const ass = '[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,Said in ASS';
    const ttml = '<tt><body><p begin="1s" end="2s">Said in TTML</p></body></tt>';
    await writeFile(join(folder, 'show.en.ass'), ass);
    await writeFile(join(folder, 'show.de.dfxp'), ttml);
    // Named wrongly, as many are.
    await writeFile(join(folder, 'show.fr.srt'), ttml);
    const found = await findSubtitleFiles(join(folder, 'show.mkv'));
    expect(found.map(({ language }) => language)).toEqual(['de', 'en', 'fr']);
    const read = await Promise.all(
      found.map(({ fileName }) => readSubtitleFile(join(folder, fileName))),
    );
    expect(read.map(({ format, cues }) => [format, cues[0]?.text])).toEqual([
      ['ttml', 'Said in TTML'],
      ['ass', 'Said in ASS'],
      ['ttml', 'Said in TTML'],
    ]);
  });

  it('finds none in a folder that is not there', async () => {
    expect(await findSubtitleFiles('/no/such/folder/a.mp4')).toEqual([]);
  });
});

describe('languageTag', () => {
  it('knows tags by their letters and writes them as is usual', () => {
    expect(['pt-br', 'zh_hans', 'EN', 'eng', 'notalanguage', 'e', ''].map(languageTag)).toEqual([
      'pt-BR',
      'zh-Hans',
      'en',
      'en',
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('readSubtitleFile', () => {
  it('says how it read the bytes', async () => {
    const path = join(folder, 'old.srt');
    await writeFile(path, Buffer.from(CUE, 'latin1'));
    expect(await readSubtitleFile(path)).toMatchObject({
      encoding: 'windows-1252',
      cues: [{ text: 'Déjà vu, ça va?' }],
    });
  });

  it('fails on a folder, a file that is not there and one that is too large', async () => {
    const large = join(folder, 'large.srt');
    await writeFile(large, Buffer.alloc(16 * 1024 * 1024 + 1));
    await expect(readSubtitleFile(folder)).rejects.toMatchObject({ code: 'not-found' });
    await expect(readSubtitleFile(join(folder, 'none.srt'))).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(readSubtitleFile(large)).rejects.toMatchObject({ code: 'unreadable' });
  });
});
