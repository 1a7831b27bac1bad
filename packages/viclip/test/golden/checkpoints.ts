import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parameterShapes } from '../../src/model/parameters.js';
import { openWeights, type OpenWeightsOptions } from '../../src/weights/open-weights.js';
import { viclipVariants } from '../../src/variants.js';
import { resizeGrid, resizeLine } from '../../src/weights/position-tables.js';
import { openSafetensors } from '../../src/weights/safetensors.js';
import { seededWeights } from '../../src/weights/seeded.js';
import type { Weights } from '../../src/weights/weights.js';
import { averaged } from '../../src/weights/wise-ft.js';
import { furthest, type GoldenCheck } from './check.js';
import { GOLDEN } from './shared.js';
import { TINY, TINY_HEADS, tinyWeights } from './tiny-model.js';

/** Compares what is read from every form of checkpoint with the numbers that went in: they must be equal. */
export async function checkCheckpoints(): Promise<readonly GoldenCheck[]> {
  const checks: GoldenCheck[] = [];
  for (const file of ['model.safetensors', 'model.pth', 'model-legacy.pth', 'training.pth']) {
    checks.push(await sameNumbers(file, 'model.safetensors', {}));
  }
  const start = { frames: 4, context: 16 };
  checks.push(await sameNumbers('openai-clip.pth', 'openai-clip-expected.safetensors', { start }));
  return [...checks, ...(await checkResizing()), ...(await checkFormula()), await checkWiseFt()];
}

async function sameNumbers(
  file: string,
  expected: string,
  options: OpenWeightsOptions,
): Promise<GoldenCheck> {
  await using weights = await openWeights(join(TINY, file), { heads: TINY_HEADS, ...options });
  return {
    name: `checkpoints/${file}`,
    worst: await differenceTo(weights, join(TINY, expected)),
    tolerance: 0,
  };
}

async function differenceTo(weights: Weights, path: string): Promise<number> {
  await using reference = await openSafetensors(path);
  const names = [...parameterShapes(weights.config).keys()];
  if (String([...names].sort()) !== String([...reference.tensors.keys()].sort())) return Number.NaN;
  let worst = 0;
  for (const name of names) {
    const gap = furthest(await weights.read(name), await reference.read(name));
    if (!(gap <= worst)) worst = gap;
  }
  return worst;
}

/** Tolerance: the second route of the reference agrees within 1.3e-7. */
async function checkResizing(): Promise<readonly GoldenCheck[]> {
  await using file = await openSafetensors(join(TINY, 'resize.safetensors'));
  const names = [...file.tensors.keys()].filter((name) => name.endsWith('.in'));
  const checks: GoldenCheck[] = [];
  for (const name of names.map((input) => input.slice(0, -'.in'.length))) {
    const table = {
      values: await file.read(`${name}.in`),
      width: file.tensors.get(`${name}.in`)?.shape.at(-1) ?? 0,
    };
    const size = Number(name.split('to').at(-1));
    const found = name.startsWith('spatial') ? resizeGrid(table, size) : resizeLine(table, size);
    const worst = furthest(found, await file.read(`${name}.out`));
    checks.push({ name: `resize/${name}`, worst, tolerance: 3e-7 });
  }
  return checks;
}

type Spots = {
  readonly weight_spots: readonly {
    readonly key: string;
    readonly first4: readonly number[];
    readonly last: number;
  }[];
};

/** The weight formula at full size, where its spots are recorded with seven digits. */
async function checkFormula(): Promise<readonly GoldenCheck[]> {
  await using tiny = await tinyWeights();
  await using made = seededWeights(tiny.config);
  const worst = await differenceTo(made, join(TINY, 'model.safetensors'));
  return [
    { name: 'formula/tiny', worst, tolerance: 0 },
    ...(await checkSpots('b16')),
    ...(await checkSpots('l14')),
  ];
}

async function checkSpots(variant: 'b16' | 'l14'): Promise<readonly GoldenCheck[]> {
  const { weight_spots: spots } = JSON.parse(
    await readFile(join(GOLDEN, `viclip/full/${variant}.json`), 'utf8'),
  ) as Spots;
  await using weights = seededWeights(viclipVariants[variant]);
  let worst = 0;
  for (const { key, first4, last } of spots) {
    const values = await weights.read(key);
    worst = Math.max(
      worst,
      furthest(values.subarray(0, first4.length), first4),
      Math.abs((values.at(-1) ?? 9) - last),
    );
  }
  return [{ name: `formula/${variant}`, worst, tolerance: 1e-6 }];
}

async function checkWiseFt(): Promise<GoldenCheck> {
  await using tiny = await tinyWeights();
  const made = (seed: string, temperature: number): Weights => {
    const weights = seededWeights(tiny.config, `${seed}/`);
    return {
      ...weights,
      read: async (name) => (name === 'temp' ? Float32Array.of(temperature) : weights.read(name)),
    };
  };
  const mixed = averaged(made('tuned', 0.03), made('init', 0.01), 0.5);
  const worst = await differenceTo(mixed, join(GOLDEN, 'viclip-training/wiseft-05.safetensors'));
  return { name: 'wise-ft/0.5', worst, tolerance: 0 };
}
