import { join } from 'node:path';

import { textGraph } from '../../src/model/text.js';
import { visionGraph, type VisionGraphOptions } from '../../src/model/vision.js';
import type { ViclipConfig } from '../../src/variants.js';
import { openWeights } from '../../src/weights/open-weights.js';
import { openSafetensors, type SafetensorsFile } from '../../src/weights/safetensors.js';
import type { Weights } from '../../src/weights/weights.js';
import { cosines, furthest, type GoldenCheck } from './check.js';
import type { GraphInput, GraphRunner } from './graph-runners.js';
import { GOLDEN } from './shared.js';

/** Folder of the small model. */
export const TINY: string = join(GOLDEN, 'viclip/tiny/');
/** Its heads, which a checkpoint does not tell. */
export const TINY_HEADS = { vision: 4, text: 4 } as const;

/** The README's limits for float32: activations, embeddings, cosine / temperature, probabilities. */
const LIMITS = { activation: 5e-5, embedding: 2e-5, sims: 2e-4, probs: 5e-6 };
const TEMPERATURE = 0.02;

/** The small model's weights. */
export function tinyWeights(): Promise<Weights> {
  return openWeights(join(TINY, 'model.safetensors'), { heads: TINY_HEADS });
}

/** Compares every recorded number of the small model with what a runner computes. */
export async function checkTiny(
  runner: GraphRunner,
  config: ViclipConfig,
): Promise<readonly GoldenCheck[]> {
  await using expected = await openSafetensors(join(TINY, 'outputs.safetensors'));
  await using inputs = await openSafetensors(join(TINY, 'inputs.safetensors'));
  const scope: Scope = { runner, config, expected, inputs };
  const video = await vision(scope);
  const text = await texts(scope);
  return [
    ...video.checks,
    ...text.checks,
    ...(await otherForms(scope)),
    ...(await similarities(scope, video.result, text.result)),
  ].map((check) => ({ ...check, name: `tiny/${runner.name}/${check.name}` }));
}

type Scope = {
  readonly runner: GraphRunner;
  readonly config: ViclipConfig;
  readonly expected: SafetensorsFile;
  readonly inputs: SafetensorsFile;
};

type Compared = { readonly checks: readonly GoldenCheck[]; readonly result: Float32Array };

async function framesOf({ inputs }: Scope, name: string): Promise<GraphInput> {
  return { values: await inputs.read(name), sizes: inputs.tensors.get(name)?.shape ?? [] };
}

async function vision(scope: Scope): Promise<Compared> {
  const { runner, config, expected } = scope;
  const names = [...expected.tensors.keys()].filter((name) => name.startsWith('vision.'));
  const graph = visionGraph(config, { tokens: 'all' });
  const found = await runner.run(graph, { frames: await framesOf(scope, 'frames') }, names);
  const checks: GoldenCheck[] = [];
  for (const name of names) {
    const reference = await expected.read(name);
    const value = asRecorded(name, found, config);
    checks.push({
      name,
      worst: furthest(value.subarray(0, reference.length), reference),
      tolerance: LIMITS.activation,
    });
  }
  return { checks, result: found.get('vision.projected') ?? new Float32Array() };
}

/** Clip 0 of a step in the order in which it was recorded: the first two steps frame by frame, `spatial` with its class tokens. */
function asRecorded(
  name: string,
  found: ReadonlyMap<string, Float32Array>,
  { vision: sizes }: ViclipConfig,
): Float32Array {
  const value = found.get(name) ?? new Float32Array();
  if (name !== 'vision.conv1' && name !== 'vision.spatial') return value;
  const patches = (sizes.image / sizes.patch) ** 2;
  const cls = name === 'vision.spatial' ? [found.get('vision.cls') ?? new Float32Array()] : [];
  const token = (patch: number, frame: number): Float32Array => {
    const at = (patch * sizes.frames + frame) * sizes.width;
    return value.subarray(at, at + sizes.width);
  };
  const rows = Array.from({ length: sizes.frames }, (_, frame) => [
    ...cls,
    ...Array.from({ length: patches }, (__, patch) => token(patch, frame)),
  ]);
  return Float32Array.from(rows.flat().flatMap((row) => [...row]));
}

async function texts({ runner, config, expected, inputs }: Scope): Promise<Compared> {
  const names = [...expected.tensors.keys()].filter((name) => name.startsWith('text.'));
  const tokens = Int32Array.from(await inputs.read('tokens'));
  const found = await runner.run(
    textGraph(config),
    { tokens: { values: tokens, sizes: [6, config.text.context] } },
    names,
  );
  const checks: GoldenCheck[] = [];
  for (const name of names) {
    const worst = furthest(found.get(name) ?? [], await expected.read(name));
    checks.push({ name, worst, tolerance: LIMITS.activation });
  }
  return { checks, result: found.get('text.projected') ?? new Float32Array() };
}

/** One frame; the form that computes only what is read; attention in one node; masking. */
async function otherForms(scope: Scope): Promise<readonly GoldenCheck[]> {
  const { runner, inputs, expected } = scope;
  const frames = await framesOf(scope, 'frames');
  const kept = { values: Int32Array.from(await inputs.read('mask.kept')), sizes: [2, 7] };
  const checks: GoldenCheck[] = [
    await compare(scope, 'out.video', { frames }, {}),
    await compare(
      scope,
      'out.video_t1',
      { frames: await framesOf(scope, 'frames_t1') },
      { frames: 1 },
    ),
    await compare(scope, 'out.video_masked', { frames, kept }, { kept: 7 }),
  ];
  if (runner.name === 'onnx') {
    const fused = await compare(scope, 'out.video', { frames }, { attention: 'fused' });
    checks.push({ ...fused, name: 'out.video/fused' });
  }
  const masked = await runner.run(visionGraph(scope.config, { kept: 7 }), { frames, kept }, [
    'vision.ln_pre',
  ]);
  const worst = furthest(masked.get('vision.ln_pre') ?? [], await expected.read('mask.ln_pre'));
  return [...checks, { name: 'mask.ln_pre', worst, tolerance: LIMITS.activation }];
}

async function compare(
  { runner, config, expected }: Scope,
  name: string,
  inputs: Readonly<Record<string, GraphInput>>,
  options: VisionGraphOptions,
): Promise<GoldenCheck> {
  const found = await runner.run(visionGraph(config, options), inputs);
  const worst = furthest(found.get('vision.projected') ?? [], await expected.read(name));
  return { name, worst, tolerance: LIMITS.embedding };
}

async function similarities(
  { config, expected }: Scope,
  video: Float32Array,
  text: Float32Array,
): Promise<readonly GoldenCheck[]> {
  const cosine = cosines(video, text, config.dimension);
  const sims = cosine.map((value) => value / TEMPERATURE);
  const columns = text.length / config.dimension;
  const probs = cosine.map((value, at) => {
    const row = cosine.slice(at - (at % columns), at - (at % columns) + columns);
    return 1 / row.reduce((sum, other) => sum + Math.exp(100 * (other - value)), 0);
  });
  return [
    {
      name: 'out.video',
      worst: furthest(video, await expected.read('out.video')),
      tolerance: LIMITS.embedding,
    },
    {
      name: 'out.text',
      worst: furthest(text, await expected.read('out.text')),
      tolerance: LIMITS.embedding,
    },
    {
      name: 'out.sims',
      worst: furthest(sims, await expected.read('out.sims')),
      tolerance: LIMITS.sims,
    },
    {
      name: 'out.probs',
      worst: furthest(probs, await expected.read('out.probs')),
      tolerance: LIMITS.probs,
    },
  ];
}
