import {
  createWriteStream,
  existsSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from '@jest/globals';
import { ffmpegFrameReader } from '@internvid/core/media';
import { pack } from 'tar-stream';
import { webDatasetSource } from '../../src/sources/webdataset.js';
import { drawVideo, temporaryFolder } from '../drawn-video.js';
import { readAll, shardsOf } from './read-source.js';

const folder = temporaryFolder();
let files = 0;

type Header = { name: string; type?: 'symlink' | 'link' | 'fifo'; linkname?: string };
type Member = readonly [header: string | Header, content?: string | Buffer];

async function tar(...members: Member[]): Promise<string> {
  const path = join(folder, `shard ${files++}.tar`);
  const archive = pack();
  for (const [header, content] of members) {
    const entry = typeof header === 'string' ? { name: header } : header;
    if (content === undefined) archive.entry(entry);
    else archive.entry(entry, content);
  }
  archive.finalize();
  await pipeline(archive as unknown as NodeJS.ReadableStream, createWriteStream(path));
  return path;
}

const outFolder = (): string => join(folder, `out-${files++}`);
const video = readFileSync(drawVideo(join(folder, 'film.mp4'), [{ source: 'testsrc', frames: 5 }]));

describe('a WebDataset as a source', () => {
  it('gives a video file for each sample, with its caption and JSON as metadata', async () => {
    const path = await tar(
      ['a/clip one.json', '{"score":0.5,"caption":"of json","license":"CC-BY"}'],
      ['a/clip one.mp4', video],
      ['a/clip one.txt', 'a dög 🎬 runs\n'],
      ['a/clip two.mp4', video],
      ['a/clip two.json', '{"caption":"of json"}'],
    );
    const { outputs, failed, dropped } = await readAll(
      webDatasetSource(path, { folder: outFolder() }),
    );
    expect([failed, dropped]).toEqual([[], []]);
    expect(outputs).toMatchObject([
      {
        id: expect.stringMatching(/^clip-one-[0-9a-f]{12}$/),
        license: 'CC-BY',
        metadata: { score: 0.5, caption: 'a dög 🎬 runs', webdataset: { key: 'a/clip one' } },
      },
      { metadata: { caption: 'of json', webdataset: { key: 'a/clip two' } } },
    ]);
    expect((await ffmpegFrameReader().probe(outputs[0]!.uri)).video.frames).toBe(5);
    expect(readFileSync(outputs[1]!.uri).equals(video)).toBe(true);
  });

  it('takes nothing whose name leads elsewhere or that is no file, and writes only into its folder', async () => {
    const path = await tar(
      ['../evil.mp4', video],
      ['/etc/evil.mp4', video],
      ['a\\..\\evil.mp4', video],
      ['a/../../evil.mp4', video],
      [{ name: 'link.mp4', type: 'symlink', linkname: '/etc/passwd' }],
      [{ name: 'hard.mp4', type: 'link', linkname: '/etc/passwd' }],
      [{ name: 'pipe.mp4', type: 'fifo' }],
      ['--exec touch x.mp4', video],
    );
    const out = outFolder();
    const { outputs, messages } = await readAll(webDatasetSource(path, { folder: out }));
    expect(outputs).toHaveLength(1);
    expect(messages.map((message) => message.replace(/.*not taken: /, ''))).toEqual([
      'its name leads out of the folder.',
      'its name is an absolute path.',
      'its name holds a backslash or a zero.',
      'its name leads out of the folder.',
      'it is a symlink, not a file.',
      'it is a link, not a file.',
      'it is a fifo, not a file.',
    ]);
    const written = readdirSync(out, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.mp4'));
    expect(written).toHaveLength(1);
    expect(written[0]).toMatch(/^[a-z0-9.-]+[/\\]exec-touch-x-[0-9a-f]{12}\.mp4$/);
    expect(existsSync(join(folder, 'evil.mp4'))).toBe(false);
  });

  it('rejects samples without a video, with two, with a key that came before, with too large or bad parts', async () => {
    const path = await tar(
      ['1.txt', 'no video'],
      ['2.mp4', video],
      ['2.webm', video],
      ['3.mp4', video],
      ['4.mp4', Buffer.alloc(50_000)],
      ['3.txt', 'again'],
      ['5.mp4', video],
      ['5.json', '[]'],
      ['6.mp4', video],
      ['6.txt', 'x'.repeat(2 ** 20 + 1)],
    );
    const out = outFolder();
    const options = { folder: out, maxVideoBytes: 40_000 };
    const { outputs, dropped, messages } = await readAll(webDatasetSource(path, options));
    expect(outputs.map(({ metadata }) => metadata.webdataset)).toMatchObject([{ key: '3' }]);
    expect(dropped).toMatchObject([{ reason: 'no-video' }]);
    expect(messages.map((message) => message.replace(/.*not taken: /, ''))).toEqual([
      'it has two videos.',
      'its .mp4 has 50000 bytes, more than 40000.',
      'a sample with this key came before.',
      'its .json is not a JSON object.',
      'its .txt has 1048577 bytes, more than 1048576.',
    ]);
    expect(
      readdirSync(out, { recursive: true }).filter((name) => String(name).includes('.')),
    ).toHaveLength(1);
  });

  it('gives the samples before the place where a tar is cut short, and fails the rest', async () => {
    const path = await tar(['1.mp4', video], ['1.txt', 'one'], ['2.mp4', video], ['2.txt', 'two']);
    truncateSync(path, 512 + Math.ceil(video.length / 512) * 512 + 1024 + 512 + 700);
    const out = outFolder();
    const { outputs, failed } = await readAll(webDatasetSource(path, { folder: out }));
    expect(outputs.map(({ metadata }) => metadata.caption)).toEqual(['one']);
    expect(failed).toMatchObject([{ code: 'corrupt' }]);
    expect(
      readdirSync(out, { recursive: true }).filter((name) => String(name).endsWith('.part')),
    ).toEqual([]);
  });

  it('unpacks again after the tar was replaced, into another folder', async () => {
    const path = await tar(['1.mp4', video]);
    const source = webDatasetSource(path, { folder: outFolder() });
    const [before] = (await readAll(source)).outputs;
    const other = Buffer.from(video);
    other[other.length - 1] = 1;
    writeFileSync(path, readFileSync(await tar(['1.mp4', other])));
    const [after] = (await readAll(source)).outputs;
    expect(after!.uri).not.toBe(before!.uri);
    expect(after!.id).not.toBe(before!.id);
    expect((await shardsOf(source))[0]!.id).toMatch(/^shard-\d+-tar-[0-9a-f]{12}$/);
  });

  it('says what is no tar', async () => {
    await expect(shardsOf(webDatasetSource(join(folder, 'x.tar.gz'), { folder }))).rejects.toThrow(
      'not a .tar',
    );
    await expect(
      shardsOf(webDatasetSource(join(folder, 'x.tar'), { folder })),
    ).rejects.toMatchObject({ code: 'not-found' });
    const path = join(folder, 'text.tar');
    writeFileSync(path, 'this is no tar at all'.repeat(100));
    expect((await readAll(webDatasetSource(path, { folder: outFolder() }))).failed).toMatchObject([
      { code: 'corrupt' },
    ]);
  });
});
