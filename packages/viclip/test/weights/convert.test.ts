import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { parameterShapes } from '../../src/model/parameters.js';
import { convertCheckpoint, writeCheckpoint } from '../../src/weights/convert.js';
import { describeCheckpoint } from '../../src/weights/describe.js';
import { openWeights } from '../../src/weights/open-weights.js';
import { openSafetensors } from '../../src/weights/safetensors.js';
import { seededWeights } from '../../src/weights/seeded.js';
import type { Weights } from '../../src/weights/weights.js';
import { writeTensors } from '../../src/weights/write-tensors.js';
import { furthest } from '../golden/check.js';
import { describeWith, shared } from '../shared-files.js';
import { SMALL } from '../small-model.js';
import { workplace } from './drawn-files.js';

/** Largest difference of two models, over all their parameters. */
async function difference(a: Weights, b: Weights): Promise<number> {
  let worst = 0;
  for (const name of parameterShapes(a.config).keys()) {
    const gap = furthest(await a.read(name), await b.read(name));
    if (!(gap <= worst)) worst = gap;
  }
  return worst;
}

/** A checkpoint of the small model with some tensors renamed, left out or reshaped. */
async function spoiled(
  path: string,
  change: (
    name: string,
    shape: readonly number[],
  ) => readonly [name: string, shape: readonly number[]] | undefined,
): Promise<string> {
  const tensors = [...parameterShapes(SMALL)].flatMap(([name, shape]) => {
    const changed = change(name, shape);
    if (changed === undefined) return [];
    const elements = changed[1].reduce((product, size) => product * size, 1);
    return [
      {
        name: changed[0],
        shape: changed[1],
        type: 'F32' as const,
        read: async () => new Uint8Array(4 * elements),
      },
    ];
  });
  await writeTensors(path, tensors, { metadata: { 'viclip.heads': '4,2' } });
  return path;
}

describe('convertCheckpoint', () => {
  it('writes a checkpoint that holds the same numbers and tells its heads', async () => {
    await using folder = await workplace();
    const [first, second] = ['a.safetensors', 'b.safetensors'].map((name) =>
      join(folder.path, name),
    ) as [string, string];
    await writeCheckpoint(seededWeights(SMALL), first);
    const report = await convertCheckpoint(first, second);
    expect(report).toMatchObject({
      format: 'safetensors',
      precision: 'fp32',
      config: SMALL,
      changes: [],
    });
    await using weights = await openWeights(second);
    expect(weights.config).toEqual(SMALL);
    expect(await difference(weights, seededWeights(SMALL))).toBe(0);
  });

  it.each([
    ['fp16', 2 ** -11],
    ['bf16', 2 ** -8],
  ] as const)(
    'rounds to %s and stays within half a unit of its last place',
    async (precision, unit) => {
      await using folder = await workplace();
      const [first, second] = ['a.safetensors', 'b.safetensors'].map((name) =>
        join(folder.path, name),
      ) as [string, string];
      await writeCheckpoint(seededWeights(SMALL), first);
      await convertCheckpoint(first, second, { precision });
      await using weights = await openWeights(second);
      const worst = await difference(weights, seededWeights(SMALL));
      expect(worst).toBeGreaterThan(0);
      // The largest weights lie between 1 and 2, where half a unit is the precision itself.
      expect(worst).toBeLessThanOrEqual(unit);
    },
  );

  it('lists every missing, extra and misshapen name at once, and writes nothing', async () => {
    await using folder = await workplace();
    const path = await spoiled(join(folder.path, 'bad.safetensors'), (name, shape) => {
      if (name === 'temp' || name === 'text_encoder.ln_final.bias') return undefined;
      if (name === 'vision_encoder.ln_post.weight') return ['vision_encoder.ln_post.gamma', shape];
      if (name === 'vision_encoder.proj') return [name, [...shape].reverse()];
      return [name, shape];
    });
    const failure = convertCheckpoint(path, join(folder.path, 'out.safetensors'));
    await expect(failure).rejects.toMatchObject({
      code: 'corrupt',
      details: {
        missing: expect.arrayContaining([
          'temp',
          'text_encoder.ln_final.bias',
          'vision_encoder.ln_post.weight',
        ]) as unknown,
        extra: ['vision_encoder.ln_post.gamma'],
        misshapen: expect.arrayContaining([
          expect.stringContaining('text_encoder.text_projection [32, 24] instead of [32, 48]'),
        ]) as unknown,
      },
      message: expect.stringMatching(/3 missing: .*\n1 extra: .*\n\d misshapen: /) as unknown,
    });
    expect(await readdir(folder.path)).toEqual(['bad.safetensors']);
  });

  it('refuses files that hold other models', async () => {
    await using folder = await workplace();
    const path = await spoiled(join(folder.path, 'other.safetensors'), (name, shape) => [
      name.replace('vision_encoder', 'encoder'),
      shape,
    ]);
    await expect(openWeights(path)).rejects.toMatchObject({
      message: expect.stringContaining('neither ViCLIP') as unknown,
    });
  });

  it('asks for the heads where widths do not tell them', async () => {
    await using folder = await workplace();
    const path = join(folder.path, 'x.safetensors');
    const shapes = [...parameterShapes(SMALL)];
    const read = async (): Promise<Uint8Array> => new Uint8Array();
    await writeTensors(
      path,
      shapes.map(([name]) => ({ name, shape: [0], type: 'F32', read })),
    );
    await expect(openWeights(path)).rejects.toMatchObject({ code: 'corrupt' });
    const whole = await spoiled(path, (name, shape) => [name, shape]);
    const bytes = await readFile(whole);
    await writeFile(
      whole,
      Buffer.from(bytes.toString('latin1').replace('viclip.heads', 'viclip.hands'), 'latin1'),
    );
    await expect(openWeights(whole)).rejects.toMatchObject({
      code: 'invalid-config',
      message: expect.stringContaining('heads') as unknown,
    });
    await using weights = await openWeights(whole, { heads: { vision: 4, text: 2 } });
    expect(weights.config).toEqual(SMALL);
  });

  it('stretches the position tables on request and says so', async () => {
    await using folder = await workplace();
    const [first, second] = ['a.safetensors', 'b.safetensors'].map((name) =>
      join(folder.path, name),
    ) as [string, string];
    await writeCheckpoint(seededWeights(SMALL), first);
    const report = await convertCheckpoint(first, second, {
      resize: { frames: 8, image: 48, context: 12 },
    });
    expect(report.config.vision).toMatchObject({ frames: 8, image: 48 });
    expect(report.config.text.context).toBe(12);
    expect(report.changes).toEqual([
      'table of times: from 4 to 8',
      'table of places, side in pixels: from 32 to 48',
      'table of text positions: from 16 to 12',
    ]);
    await using file = await openSafetensors(second);
    expect(file.tensors.get('vision_encoder.positional_embedding')?.shape).toEqual([37, 48]);
    await expect(convertCheckpoint(first, second, { resize: { image: 50 } })).rejects.toThrow(
      RangeError,
    );
  });

  it('averages with the initial weights, all but the table of times', async () => {
    await using folder = await workplace();
    const paths = ['tuned', 'initial', 'mixed'].map((name) =>
      join(folder.path, `${name}.safetensors`),
    ) as [string, string, string];
    const [tuned, initial] = [seededWeights(SMALL, 'tuned/'), seededWeights(SMALL, 'initial/')];
    await writeCheckpoint(tuned, paths[0]);
    await writeCheckpoint(initial, paths[1]);
    const report = await convertCheckpoint(paths[0], paths[2], {
      wiseFt: { initial: paths[1], coefficient: 0.25 },
    });
    expect(report.changes).toEqual([
      'averaged with the initial weights: 0.25 x tuned + 0.75 x initial',
    ]);
    await using mixed = await openWeights(paths[2]);
    const bias = 'vision_encoder.ln_post.bias';
    const [a, b] = [(await tuned.read(bias))[3]!, (await initial.read(bias))[3]!];
    expect((await mixed.read(bias))[3]).toBeCloseTo(0.25 * a + 0.75 * b, 7);
    const times = 'vision_encoder.temporal_positional_embedding';
    expect(await mixed.read(times)).toEqual(await tuned.read(times));
    await expect(
      convertCheckpoint(paths[0], paths[2], { wiseFt: { initial: paths[1], coefficient: 2 } }),
    ).rejects.toThrow(RangeError);
  });

  it('stops at an abort and leaves nothing behind', async () => {
    await using folder = await workplace();
    const path = join(folder.path, 'a.safetensors');
    await writeCheckpoint(seededWeights(SMALL), path);
    const control = new AbortController();
    const failure = convertCheckpoint(path, join(folder.path, 'b'), {
      signal: control.signal,
      onProgress: () => control.abort(),
    });
    await expect(failure).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readdir(join(folder.path, 'b'))).toEqual([]);
  });

  it('refuses precisions that a format does not have', async () => {
    await using folder = await workplace();
    const path = join(folder.path, 'a.safetensors');
    await writeCheckpoint(seededWeights(SMALL), path);
    await expect(
      convertCheckpoint(path, join(folder.path, 'b.safetensors'), { precision: 'int8' }),
    ).rejects.toThrow('int8');
    await expect(
      convertCheckpoint(path, join(folder.path, 'b'), { precision: 'bf16' }),
    ).rejects.toThrow('bf16');
  });
});

describe('openWeights', () => {
  it('knows a safetensors file whose first byte is that of a pickle', async () => {
    await using folder = await workplace();
    const path = join(folder.path, 'x.safetensors');
    const tensors = [...parameterShapes(SMALL)].map(([name, shape]) => ({
      name,
      shape,
      type: 'F32' as const,
      read: async () => new Uint8Array(4 * shape.reduce((product, size) => product * size, 1)),
    }));
    // Grows the header by 8 bytes a turn until its length ends in 0x80.
    for (let padding = ''; ; padding += '........') {
      await writeTensors(path, tensors, { metadata: { 'viclip.heads': '4,2', padding } });
      if ((await readFile(path))[0] === 0x80) break;
    }
    await using weights = await openWeights(path);
    expect(weights.config).toEqual(SMALL);
  });
});

describe('describeCheckpoint', () => {
  it('describes a checkpoint and a model folder without reading numbers', async () => {
    await using folder = await workplace();
    const path = join(folder.path, 'a.safetensors');
    await writeCheckpoint(seededWeights(SMALL), path);
    expect(await describeCheckpoint(path)).toMatchObject({
      kind: 'checkpoint',
      format: 'safetensors',
      tensors: parameterShapes(SMALL).size,
      types: { F32: parameterShapes(SMALL).size },
      model: { layout: 'viclip', config: SMALL },
    });
    const report = await convertCheckpoint(path, join(folder.path, 'model'), { precision: 'fp16' });
    expect(await describeCheckpoint(join(folder.path, 'model'))).toMatchObject({
      kind: 'model-folder',
      precision: 'fp16',
      sha256: report.sha256,
      model: { config: SMALL },
    });
  });

  it('says what keeps a checkpoint from being a model', async () => {
    await using folder = await workplace();
    const path = await spoiled(join(folder.path, 'x.safetensors'), (name, shape) =>
      name === 'temp' ? undefined : [name, shape],
    );
    expect(await describeCheckpoint(path)).toMatchObject({
      problem: expect.stringContaining('1 missing: temp') as unknown,
    });
    await expect(describeCheckpoint(join(folder.path, 'none'))).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describeWith('golden/viclip/tiny', 'openWeights on an image CLIP', () => {
  it('starts a model from it and says so', async () => {
    const path = shared('golden/viclip/tiny/openai-clip.pth');
    await using weights = await openWeights(path, {
      heads: { vision: 4, text: 4 },
      start: { frames: 4, context: 16 },
    });
    expect(weights.changes).toEqual([expect.stringContaining('started from an image CLIP')]);
    expect(await weights.read('temp')).toEqual(Float32Array.of(0.01));
    expect(await describeCheckpoint(path, { heads: { vision: 4, text: 4 } })).toMatchObject({
      model: { layout: 'image-clip' },
    });
  });
});
