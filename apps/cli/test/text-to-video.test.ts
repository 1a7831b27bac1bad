import { cp, mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { contentsOf, internvid } from './internvid.js';
import { drawSmallFilms } from './small-films.js';

describe('internvid generate t2v', () => {
  let folder: string;
  let dataset: string;
  const flags = ['--sides', '96', '--frames', '9', '17', '--fps', '8', '--clips', '--tars'];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'internvid-t2v-'));
    dataset = join(folder, 'films');
    const { code, err } = await internvid(['run', await drawSmallFilms(2), '--out', dataset]);
    if (code !== 0) throw new Error(err);
    const made = await internvid(['generate', 't2v', dataset, ...flags]);
    if (made.code !== 0) throw new Error(made.err);
  }, 180_000);
  afterAll(async () => rm(folder, { recursive: true }));

  const set = (): string => join(dataset, 'generated', 'films-t2v');

  it('cuts each clip to its bucket and says where every one went', async () => {
    const manifest = JSON.parse(await readFile(join(set(), 'manifest.json'), 'utf8')) as {
      in: number;
      kept: number;
      buckets: Record<string, number>;
    };
    expect(manifest).toMatchObject({ in: 4, kept: 4, buckets: { '176x96-17f-8fps': 4 } });
    const clips = await readdir(join(set(), 'clips', '176x96-17f-8fps'));
    expect(clips).toHaveLength(4);
    const page = await readFile(join(set(), 'preview.html'), 'utf8');
    expect(page).toContain('<h2>176x96-17f-8fps</h2><p>4 clips</p>');
  });

  it('makes nothing anew and gives the same bytes when it is run again', async () => {
    const before = await contentsOf(set());
    const { code } = await internvid(['generate', 't2v', dataset, ...flags]);
    expect(code).toBe(0);
    expect(await contentsOf(set())).toEqual(before);
  });

  it('is found sound, and a clip that was cut off is named', async () => {
    expect(await internvid(['validate', dataset])).toMatchObject({ code: 0 });
    const touched = join(folder, 'touched');
    await cp(dataset, touched, { recursive: true });
    const clips = 'generated/films-t2v/clips/176x96-17f-8fps';
    const [clip = ''] = await readdir(join(touched, clips));
    await truncate(join(touched, clips, clip), 2_000);
    const { code, out } = await internvid(['validate', touched, '--json']);
    expect(code).toBe(1);
    const { findings } = JSON.parse(out) as { findings: { file: string; problem: string }[] };
    expect(findings.map(({ file, problem }) => [file, problem])).toEqual([
      [`${clips}/${clip}`, 'unreadable-clip'],
      [`${clips}/${clip}`, 'changed-clip'],
    ]);
  });

  it('ends with code 1 where no clip is left, and with 2 for rules that cannot be', async () => {
    const none = ['--where', 'aesthetic >= 4.5', '--name', 'none'];
    const { code, out } = await internvid(['generate', 't2v', dataset, ...none]);
    expect({ code, out }).toMatchObject({ code: 1 });
    expect(out).toContain('aesthetic >= 4.5');
    for (const wrong of [
      ['--aspects', 'wide'],
      ['--captions', 'long=0.5'],
      ['--captions', 'loud=1'],
      ['--max-crop', '2'],
      ['--tars'],
      ['--name', '../out'],
    ]) {
      const refused = await internvid(['generate', 't2v', dataset, '--name', 'wrong', ...wrong]);
      expect({ wrong, code: refused.code }).toEqual({ wrong, code: 2 });
    }
  });
});

describe('internvid diff', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'internvid-diff-'));
    const films = await drawSmallFilms(2);
    const commands = [
      ['run', films, '--out', 'films'],
      ['select', 'films', '--name', 'few', '--draw', '3'],
      ['export', 'films', '--subset', 'few', '--format', 'webdataset'],
    ];
    for (const command of commands) {
      const { code, err } = await internvid(command, folder);
      if (code !== 0) throw new Error(err);
    }
  }, 180_000);
  afterAll(async () => rm(folder, { recursive: true }));

  const OLD = 'films/exports/films-few-webdataset';
  const NEW = 'films/exports/films-webdataset';

  it('says what changed, writes it, and makes the new version of it', async () => {
    const said = await internvid(['diff', OLD, NEW, '--json'], folder);
    expect(JSON.parse(said.out)).toMatchObject({
      added: 1,
      changed: 0,
      withdrawn: 0,
      unchanged: 3,
    });
    const written = await internvid(['diff', OLD, NEW, '--out', 'change'], folder);
    expect(written).toMatchObject({ code: 0 });
    const applied = await internvid(['diff', OLD, '--apply', 'change', '--out', 'made'], folder);
    expect(applied).toMatchObject({ code: 0 });
    expect(await contentsOf(join(folder, 'made'))).toEqual(await contentsOf(join(folder, NEW)));
  });

  it('refuses what is no export, and half a command', async () => {
    expect(await internvid(['diff', OLD, 'films'], folder)).toMatchObject({ code: 1 });
    expect(await internvid(['diff', OLD], folder)).toMatchObject({ code: 2 });
    expect(await internvid(['diff', OLD, '--apply', 'change'], folder)).toMatchObject({ code: 2 });
  });
});
