import { cp, mkdtemp, open, readdir, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { internvid } from './internvid.js';
import { drawSmallFilms } from './small-films.js';

const emptyFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'internvid-cli-'));

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

async function flipByte(path: string, position: number): Promise<void> {
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, position);
  await file.write(Uint8Array.of((byte[0] ?? 0) ^ 0xff), 0, 1, position);
  await file.close();
}

describe('internvid', () => {
  it('says in its help which commands there are and how to begin', async () => {
    const { code, out } = await internvid(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('internvid run videos/ --out dataset');
    for (const name of [
      'run',
      'collect',
      'split',
      'sample',
      'caption',
      'embed',
      'score',
      'select',
      'generate',
      'export',
      'search',
      'viclip',
      'status',
      'validate',
      'doctor',
      'demo',
    ]) {
      expect(out).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'));
    }
  });

  it('ends with 2 when it is used wrongly', async () => {
    const folder = await emptyFolder();
    for (const args of [
      ['dance'],
      ['run', '--out'],
      ['run', 'x.mp4'],
      ['run', 'x.mp4', '--out', folder, '--concurrency', 'two'],
    ]) {
      const { code, err } = await internvid(args, folder);
      expect({ args, code }).toEqual({ args, code: 2 });
      expect(err).not.toContain('    at ');
    }
  });

  it('names the path of a setting that does not fit', async () => {
    const folder = await emptyFolder();
    await writeFile(
      join(folder, 'internvid.config.json'),
      '{ "split": { "minClipMs": "long" }, "colour": 1 }',
    );
    const { code, err } = await internvid(['run', 'x.mp4', '--out', 'd'], folder);
    expect(code).toBe(2);
    expect(err).toContain('split.minClipMs');
    expect(err).toContain('colour');
  });

  it('reads a config in TypeScript and in YAML, and flags win', async () => {
    const folder = await emptyFolder();
    await writeFile(
      join(folder, 'internvid.config.ts'),
      "export default { ffmpeg: '/no/such/ffmpeg' as string };\n",
    );
    const typescript = await internvid(['doctor', '--json'], folder);
    expect(typescript.code).toBe(1);
    expect(typescript.out).toContain('/no/such/ffmpeg');
    await writeFile(join(folder, 'other.yaml'), 'ffmpeg: /from/yaml\n');
    expect((await internvid(['doctor', '--config', 'other.yaml', '--json'], folder)).out).toContain(
      '/from/yaml',
    );
    const flagged = await internvid(
      ['doctor', '--config', 'other.yaml', '--ffmpeg', '/from/flag', '--json'],
      folder,
    );
    expect(flagged.out).toContain('/from/flag');
  });

  it('says what to do when no video is there', async () => {
    const folder = await emptyFolder();
    const { code, err } = await internvid(['run', 'nothing.mp4', '--out', 'd'], folder);
    expect(code).toBe(1);
    expect(err).toContain('nothing.mp4');
  });

  it('fails when nothing comes of the videos, and says why', async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, 'page.mp4'), '<html>403</html>');
    const { code, out, err } = await internvid(['run', 'page.mp4', '--out', 'd'], folder);
    expect(code).toBe(1);
    expect(err).toContain('HTML');
    expect(out).toContain('Nothing was kept');
  });

  it('names the command to run first', async () => {
    const folder = await emptyFolder();
    const { code, err } = await internvid(['caption', 'empty'], folder);
    expect(code).toBe(1);
    expect(err).toContain('internvid sample');
  });
});

describe('a dataset', () => {
  let films: string;
  let folder: string;

  beforeAll(async () => {
    films = await drawSmallFilms(2);
    folder = join(films, '..');
    const { code, err } = await internvid(['run', 'films', '--out', 'dataset'], folder);
    if (code !== 0) throw new Error(err);
  }, 120_000);

  it('is the same when its steps are run one by one', async () => {
    const steps = [
      ['collect', 'films', '--out', 'by-step'],
      ...['split', 'sample', 'caption', 'embed', 'export'].map((step) => [step, 'by-step']),
    ];
    for (const args of steps) {
      const { code, err } = await internvid(args, folder);
      expect({ args, code, err: code === 0 ? '' : err }).toEqual({ args, code: 0, err: '' });
    }
    const [whole, byStep] = await Promise.all(
      ['dataset', 'by-step'].map(
        async (name) =>
          JSON.parse((await internvid(['status', name, '--json'], folder)).out) as {
            steps: unknown;
          },
      ),
    );
    expect(byStep?.steps).toEqual(whole?.steps);
  });

  it('is found sound, and unsound once a file is touched', async () => {
    expect(await internvid(['validate', 'dataset'], folder)).toMatchObject({ code: 0 });
    await cp(join(folder, 'dataset'), join(folder, 'touched'), { recursive: true });
    const [table] = await filesUnder(join(folder, 'touched', 'tables', 'captions'));
    const [pictures] = await filesUnder(join(folder, 'touched', 'assets', 'frames'));
    if (table === undefined || pictures === undefined)
      throw new Error('The dataset has no captions or frames.');
    await truncate(table, 100);
    await flipByte(pictures, 1_000);
    const { code, out } = await internvid(['validate', 'touched', '--json'], folder);
    expect(code).toBe(1);
    const { findings } = JSON.parse(out) as { findings: { file: string; problem: string }[] };
    expect(findings.map(({ problem }) => problem)).toEqual(
      expect.arrayContaining(['changed', 'corrupt', 'wrong-picture']),
    );
  });

  it('is searched by what its captions say', async () => {
    const { code, out } = await internvid(
      ['search', 'dataset', 'a purple picture', '--json', '-n', '2'],
      folder,
    );
    expect(code).toBe(0);
    const result = JSON.parse(out) as { clips: { similarity: number; caption: string }[] };
    expect(result.clips).toHaveLength(2);
    expect(result.clips[0]?.similarity).toBeGreaterThanOrEqual(result.clips[1]?.similarity ?? 1);
  });

  it('does not find the clips of a withdrawn video, and names them in what was exported before', async () => {
    const copy = join(folder, 'withdrawn');
    await cp(join(folder, 'dataset'), copy, { recursive: true });
    const find = async (): Promise<{ err: string; videos: readonly string[] }> => {
      const { out, err } = await internvid(['search', copy, 'a picture', '--json', '-n', '99']);
      const { clips } = JSON.parse(out) as { clips: { video: string }[] };
      return { err, videos: clips.map(({ video }) => video) };
    };
    const before = await find();
    const [video = ''] = before.videos;
    await internvid(['export', copy, '--format', 'jsonl', '--name', 'early']);
    await internvid(['withdraw', copy, '--url', video, '--reason', 'owner asked']);
    const after = await find();
    const left = before.videos.filter((each) => each !== video);
    expect([...after.videos].sort()).toEqual([...left].sort());
    const lost = before.videos.length - left.length;
    expect(after.err).toContain(`Left out: ${lost} clip`);
    const { code, out } = await internvid(['validate', copy, '--json']);
    expect(code).toBe(1);
    const { findings } = JSON.parse(out) as { findings: { file: string; problem: string }[] };
    const early = findings.filter(({ file }) => file.startsWith('exports/early-jsonl/'));
    expect(early.map(({ problem }) => problem)).toEqual(Array(lost).fill('withdrawn-sample'));
  }, 60_000);

  it('gives up a subset of itself, which is exported alone', async () => {
    const chosen = await internvid(
      [
        'select',
        'dataset',
        '--name',
        'few',
        '--where',
        'duration_ms >= 1',
        '--draw',
        '1',
        '--json',
      ],
      folder,
    );
    expect(chosen).toMatchObject({ code: 0 });
    expect(JSON.parse(chosen.out)).toMatchObject({ name: 'few', clips: 1 });
    const exported = await internvid(
      ['export', 'dataset', '--subset', 'few', '--format', 'jsonl', '--json'],
      folder,
    );
    expect(JSON.parse(exported.out)).toMatchObject({ exports: [{ format: 'jsonl', samples: 1 }] });
    const unknown = await internvid(['export', 'dataset', '--subset', 'many'], folder);
    expect(unknown).toMatchObject({ code: 1 });
    expect(unknown.err).toContain('There is: few');
    const nonsense = await internvid(['select', 'dataset', '--name', 'x', '--top', 'y=3'], folder);
    expect(nonsense.code).toBe(2);
  });

  it('is cut into files, which validation knows and an export takes along', async () => {
    expect(await internvid(['cut', 'dataset'], folder)).toMatchObject({ code: 0 });
    const exported = await internvid(
      ['export', 'dataset', '--clips', '--name', 'files', '--format', 'webdataset', '--json'],
      folder,
    );
    const { exports } = JSON.parse(exported.out) as { exports: { samples: number }[] };
    const files = await filesUnder(join(folder, 'dataset', 'assets', 'clips'));
    expect(exports[0]?.samples).toBe(files.length);
    expect(await internvid(['validate', 'dataset'], folder)).toMatchObject({ code: 0 });
    await flipByte(files[0] ?? '', 500);
    const { code, out } = await internvid(['validate', 'dataset'], folder);
    expect(code).toBe(1);
    expect(out).toContain('assets/clips/');
    await flipByte(files[0] ?? '', 500);
  });

  it('becomes documents of clips and captions, the same again', async () => {
    const generate = async (name: string) => {
      const args = ['generate', 'interleaved', 'dataset', '--name', name, '--json'];
      const { code, out } = await internvid(args, folder);
      expect(code).toBe(0);
      return JSON.parse(out) as { documents: number; files: { sha256: string }[] };
    };
    const [first, second] = [await generate('one'), await generate('two')];
    expect(first.documents).toBe(2);
    expect(second.files).toEqual([expect.objectContaining({ sha256: first.files[0]?.sha256 })]);
  });

  it('takes in what is added to its folder and leaves the rest alone', async () => {
    const again = await internvid(['run', 'films', '--out', 'dataset', '--json'], folder);
    expect(again.code).toBe(0);
    expect(again.err).not.toMatch(/split: [01]\/2/);
  });
});
