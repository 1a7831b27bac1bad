import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { fileStore, readTable } from '@internvid/core';
import { encodeJpeg } from '@internvid/core/media';
import { samplesTable } from '@internvid/generation';
import { viclipVariants, type ViclipConfig } from '@internvid/viclip';
import { seededWeights, writeModelFolder } from '@internvid/viclip/testing';

import { internvid, type Finished } from './internvid.js';
import { drawSmallFilms } from './small-films.js';

/** The published merges, which are checked by their hash, so that none can be made up for a test. */
const MERGES = fileURLToPath(
  new URL(
    '../../../../shared/golden/viclip/tokenizer/bpe_simple_vocab_16e6.txt.gz',
    import.meta.url,
  ),
);

/** A model of the published vocabulary, small enough for a test. */
const SMALL: ViclipConfig = {
  vision: { width: 48, layers: 2, heads: 4, patch: 16, image: 64, frames: 8 },
  text: { ...viclipVariants.b16.text, width: 32, layers: 2, heads: 2 },
  dimension: 32,
};

const emptyFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'internvid-viclip-'));

/** A model folder with seeded weights; another seed gives another model. Its weights are a checkpoint too. */
async function smallModel(folder: string, seed = ''): Promise<string> {
  await writeModelFolder(seededWeights(SMALL, seed), folder);
  return join(folder, 'weights.safetensors');
}

/** A linear predictor as safetensors: `weight` [1, dimension] and `bias` [1]. */
function predictor(dimension: number): Buffer {
  const numbers = Float32Array.from({ length: dimension + 1 }, (_, at) =>
    at < dimension ? Math.sin(at) : 5,
  );
  const weight = { dtype: 'F32', shape: [1, dimension], data_offsets: [0, 4 * dimension] };
  const bias = { dtype: 'F32', shape: [1], data_offsets: [4 * dimension, 4 * dimension + 4] };
  const header = Buffer.from(JSON.stringify({ weight, bias }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.from(numbers.buffer)]);
}

type Json = { readonly [name: string]: unknown };
const json = ({ out }: Finished): Json => JSON.parse(out) as Json;

describe('internvid viclip', () => {
  it('converts a checkpoint and says what came of it', async () => {
    const folder = await emptyFolder();
    const checkpoint = await smallModel(join(folder, 'made'));
    const args = ['viclip', 'convert', checkpoint, 'model', '--precision', 'int8', '--frames', '4'];
    const converted = await internvid([...args, '--json'], folder);
    expect(converted).toMatchObject({ code: 0 });
    expect(json(converted)).toMatchObject({ format: 'onnx', precision: 'int8' });
    const found = json(await internvid(['viclip', 'info', 'model', '--json'], folder));
    expect(found).toMatchObject({
      kind: 'model-folder',
      precision: 'int8',
      sha256: json(converted)['sha256'],
      changes: [expect.stringContaining('from 8 to 4')],
      model: { config: { vision: { frames: 4 }, dimension: 32 } },
    });
    const { out } = await internvid(['viclip', 'info', checkpoint], folder);
    expect(out).toContain('8 frames of 64 pixels');
    expect(out).toContain('32 tokens of 49408');
  });

  it('ends with 2 at options that do not fit, and with 1 at files that do not', async () => {
    const folder = await emptyFolder();
    const checkpoint = await smallModel(join(folder, 'made'));
    await writeFile(join(folder, 'page.pth'), '<html>403</html>');
    const convert = ['viclip', 'convert', checkpoint, 'x'];
    const wrong: readonly (readonly [number, string, readonly string[]])[] = [
      [2, 'bf16', [...convert, '--precision', 'bf16']],
      [2, '--precision', [...convert, '--precision', 'double']],
      [2, '--heads', [...convert, '--heads', '12']],
      [2, '--wise-ft', [...convert, '--coefficient', '0.5']],
      [2, 'patch', [...convert, '--image', '50']],
      [1, 'page.pth', ['viclip', 'convert', 'page.pth', 'x']],
      [1, 'page.pth', ['viclip', 'info', 'page.pth']],
      [2, 'viclip-l14-flt', ['viclip', 'fetch', 'viclip']],
      [2, '--model', ['viclip', 'eval', 'retrieval', 'viclip', 'page.pth', folder]],
    ];
    const done = await Promise.all(wrong.map(([, , args]) => internvid(args, folder)));
    for (const [place, [code, word, args]] of wrong.entries()) {
      const err = done[place]?.err ?? '';
      expect({ args, code: done[place]?.code }).toEqual({ args, code });
      expect(err).toContain(word);
      expect(err).not.toContain('    at ');
    }
    expect(await readdir(folder)).not.toContain('x');
  });

  it('fetches what is named, goes on where it stopped, and keeps nothing that is not the one asked for', async () => {
    const folder = await emptyFolder();
    const bytes = Buffer.from('no weights, but bytes');
    const ranges: (string | undefined)[] = [];
    const server = createServer(({ headers: { range } }, response) => {
      ranges.push(range);
      const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
      response.writeHead(from > 0 ? 206 : 200).end(bytes.subarray(from));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const fetch = ['viclip', 'fetch', 'viclip-b16-flt', '--to', 'kept', '--endpoint', endpoint];
    const sha256 = '0'.repeat(64);
    const refused = await internvid([...fetch, '--sha256', sha256], folder);
    const right = createHash('sha256').update(bytes).digest('hex');
    await writeFile(join(folder, 'kept', 'viclip-b16-flt-model.safetensors.part'), 'no weights');
    const fetched = await internvid([...fetch, '--sha256', right, '--json'], folder);
    server.close();
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.err).toContain(sha256);
    expect(fetched).toMatchObject({ code: 0 });
    expect(ranges).toEqual([undefined, 'bytes=10-']);
    expect(await readFile(join(folder, String(json(fetched)['path'])))).toEqual(bytes);
  });

  it('lists what can be fetched, and fetches nothing for it', async () => {
    const { code, out } = await internvid(['viclip', 'fetch', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      checkpoints: expect.arrayContaining([expect.objectContaining({ name: 'viclip-l14-flt' })]),
    });
  });
});

const withMerges = existsSync(MERGES) ? describe : describe.skip;

withMerges('a dataset with a ViCLIP model (needs the merges of ../shared/golden/viclip)', () => {
  let films: string;
  let folder: string;
  let run: Finished;
  const model = (name: string): string[] => ['--model', name, '--merges', MERGES];
  const search = async (...args: readonly string[]): Promise<Json> => {
    const done = await internvid(['search', 'dataset', ...args, '--json'], folder);
    expect({ args, code: done.code, err: done.err }).toMatchObject({ args, code: 0 });
    return json(done);
  };
  const clipsOf = (found: Json): string[] =>
    (found['clips'] as { clip: string }[]).map(({ clip }) => clip);

  beforeAll(async () => {
    films = await drawSmallFilms(2);
    folder = join(films, '..');
    await smallModel(join(folder, 'model'));
    run = await internvid(
      ['run', 'films', '--out', 'dataset', '--json', ...model('model')],
      folder,
    );
    if (run.code !== 0) throw new Error(run.err);
  }, 120_000);

  it('gets vectors of its clips and scores of its captions', async () => {
    const kept = Object.fromEntries(
      (json(run)['steps'] as { step: string; stages: { kept: number }[] }[]).map(
        ({ step, stages }) => [step, stages.at(-1)?.kept],
      ),
    );
    expect(kept['embed-clips']).toBeGreaterThan(2);
    expect(kept).toMatchObject({ score: kept['embed-clips'], caption: kept['embed-clips'] });
    const [parquet = ''] = (await readdir(join(folder, 'dataset/exports/dataset-parquet'))).filter(
      (name) => name.endsWith('.parquet'),
    );
    const key = `exports/dataset-parquet/${parquet}`;
    for await (const { scores } of readTable(fileStore(join(folder, 'dataset')), key, samplesTable))
      expect(JSON.parse(scores)).toEqual({ 'viclip-similarity': expect.any(Number) });
  });

  it('makes no vector and no score again that is there', async () => {
    const written = async (): Promise<number[]> => {
      const tables = join(folder, 'dataset', 'tables');
      const names = await readdir(tables, { recursive: true });
      const made = names.filter((name) => /^(?:embeddings|scores)\b.*\.parquet$/.test(name));
      return Promise.all(made.map(async (name) => (await stat(join(tables, name))).mtimeMs));
    };
    const before = await written();
    const { code } = await internvid(['score', 'dataset', ...model('model')], folder);
    expect(code).toBe(0);
    expect(before).toHaveLength(6);
    expect(await written()).toEqual(before);
  });

  it('says how pleasing clips are found, with the predictor that the config names', async () => {
    await smallModel(join(folder, 'clip'), 'clip/');
    await writeFile(join(folder, 'head.safetensors'), predictor(SMALL.dimension));
    const aesthetics = { model: 'clip', head: 'head.safetensors' };
    const config = { viclip: { merges: MERGES, aesthetics } };
    await writeFile(join(folder, 'pleasing.json'), JSON.stringify(config));
    const args = ['score', 'dataset', '--config', 'pleasing.json', '--json'];
    const scored = await internvid(args, folder);
    expect({ code: scored.code, err: scored.err }).toMatchObject({ code: 0 });
    const chosen = await internvid(
      ['select', 'dataset', '--name', 'pleasing', '--where', 'aesthetic > 0', '--json'],
      folder,
    );
    expect(json(chosen)).toMatchObject({ clips: 4, funnel: [{ in: 4, kept: 4, missing: 0 }] });
  });

  it('gives up the half that fits its captions best', async () => {
    const args = ['select', 'dataset', '--name', 'best', '--top', 'viclip-similarity=0.5'];
    const chosen = json(await internvid([...args, '--json'], folder));
    expect(chosen).toMatchObject({ clips: 2, funnel: [{ in: 4, kept: 2, missing: 0 }] });
    expect(chosen['of']).toHaveProperty('score');
  });

  it('is searched by pictures and words, by a clip, by an image, and among some clips only', async () => {
    const byText = await search('a circle', ...model('model'));
    expect(byText).toMatchObject({ searched: 'pictures and caption words' });
    const [first = ''] = clipsOf(byText);
    const like = await search('--like', first);
    expect(like).toMatchObject({ searched: 'pictures', by: 'clip' });
    expect(clipsOf(like)).not.toContain(first);
    expect(clipsOf(like)).toHaveLength(3);
    const data = Uint8Array.from({ length: 64 * 36 * 3 }, (_, at) => (at % 3 === 0 ? 200 : 30));
    const picture = { width: 64, height: 36, format: 'rgb24', data } as const;
    await writeFile(join(folder, 'red.jpg'), await encodeJpeg(picture));
    const byImage = await search('--image', 'red.jpg', ...model('model'));
    expect(byImage).toMatchObject({ searched: 'pictures', by: 'image', query: 'red.jpg' });
    expect(clipsOf(byImage)).toHaveLength(4);
    const some = await search('--like', first, '--where', 'duration_ms >= 2250');
    expect(some).toMatchObject({ where: [{ rule: 'duration_ms >= 2250', in: 4 }] });
    expect(clipsOf(some).length).toBeLessThan(3);
    expect(await search('a circle')).toMatchObject({ searched: 'caption text' });
    const none = await search('a circle', '--where', 'viclip-similarity > 1');
    expect(none).toMatchObject({ searched: 'caption text', clips: [] });
  });

  it('refuses to search with another model than the one that made its vectors', async () => {
    await smallModel(join(folder, 'other'), 'other');
    const { code, err } = await internvid(
      ['search', 'dataset', 'a circle', ...model('other')],
      folder,
    );
    expect(code).toBe(2);
    expect(err).toContain('embed the clips with the encoder that searches');
  });

  it('leaves out scores and vectors of older clips until they are made anew', async () => {
    await cp(join(folder, 'dataset'), join(folder, 'changed'), { recursive: true });
    const like = ['search', 'changed', '--like', clipsOf(await search('a star'))[0] ?? ''];
    const select = ['select', 'changed', '--name', 'best', '--top', 'viclip-similarity=0.5'];
    for (const step of [
      ['split', 'changed', '--filters', 'strict'],
      ['sample', 'changed'],
    ])
      expect(await internvid(step, folder)).toMatchObject({ code: 0 });
    const unscored = await internvid(select, folder);
    expect(unscored).toMatchObject({ code: 1, err: expect.stringContaining('internvid score') });
    const old = await internvid(like, folder);
    expect(old).toMatchObject({ code: 1, err: expect.stringContaining('internvid embed') });
    for (const step of [
      ['caption', 'changed'],
      ['score', 'changed', ...model('model')],
      select,
      like,
    ])
      expect(await internvid(step, folder)).toMatchObject({ code: 0 });
  });

  it('tests a model on videos that are there, and says which are not', async () => {
    await symlink(join(films, 'film 0.mp4'), join(films, 'linked.mp4'));
    await writeFile(join(films, 'broken.mp4'), 'nothing');
    await writeFile(
      join(folder, 'test.json'),
      JSON.stringify([
        { video: 'film 1.mp4', caption: ['a green circle', 'a star'] },
        { video: 'linked.mp4', caption: 'a red circle' },
        { video: 'broken.mp4', caption: 'noise' },
        { video: 'gone.mp4', caption: 'nothing' },
      ]),
    );
    const args = ['viclip', 'eval', 'retrieval', 'viclip', 'test.json', 'films', '--out', 'report'];
    const done = await internvid([...args, ...model('model'), '--json'], folder);
    expect(done).toMatchObject({ code: 0 });
    expect(json(done)).toMatchObject({
      videos: 2,
      texts: 3,
      missing: ['gone'],
      failed: [{ code: 'unreadable' }],
      textToVideo: { queries: 3, r5: 100 },
    });
    const report = JSON.parse(await readFile(join(folder, 'report/report.json'), 'utf8')) as Json;
    expect(report).toMatchObject({
      kind: 'retrieval',
      captions: expect.arrayContaining(['a star']),
    });
  });

  it('is told by doctor whether its model runs', async () => {
    const config = { viclip: { model: 'model', merges: MERGES, engine: 'tfjs' } };
    await writeFile(join(folder, 'tfjs.json'), JSON.stringify(config));
    const { out } = await internvid(['doctor', '--config', 'tfjs.json'], folder);
    expect(out).toMatch(/✓ viclip {8}model: 32 numbers of 8 frames, .*tfjs/);
  });
});
