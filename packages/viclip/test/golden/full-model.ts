import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { textGraph } from '../../src/model/text.js';
import { visionGraph } from '../../src/model/vision.js';
import { viclipVariants, type ViclipVariant } from '../../src/variants.js';
import { seededValues } from '../../src/weights/seeded.js';
import { angle, cosines, furthest, type GoldenCheck } from './check.js';
import type { GraphRunner } from './graph-runners.js';
import { GOLDEN } from './shared.js';

/** The README's limits for float32. */
const LIMITS = { embedding: 5e-5, checkpoint: 1e-4, sims: 5e-5, angle: 1e-9 };
const TEMPERATURE = 0.02;
const RECORDED = 16;

type FullGolden = {
  readonly tokens: readonly (readonly number[])[];
  readonly video_embedding: readonly (readonly number[])[];
  readonly text_embedding: readonly (readonly number[])[];
  readonly sims: readonly (readonly number[])[];
  readonly checkpoint_names: readonly string[];
  /** Clip, stage, token (class, first patch, last), first values. */
  readonly checkpoints: readonly (readonly (readonly (readonly number[])[])[])[];
  /** Block, text, first values at the pooled place. */
  readonly text_checkpoints: readonly (readonly (readonly number[])[])[];
};

/** How much of the full size is compared: both clips one after the other, or the first alone where a runner takes minutes. */
export type FullOptions = { readonly clips: 1 | 2 };

/** Compares a full-size model with seeded weights. */
export async function checkFull(
  runner: GraphRunner,
  variant: ViclipVariant,
  { clips }: FullOptions,
): Promise<readonly GoldenCheck[]> {
  const path = join(GOLDEN, `viclip/full/${variant}.json`);
  const golden = JSON.parse(readFileSync(path, 'utf8')) as FullGolden;
  const texts = await checkTexts(runner, variant, golden);
  const videos: Float32Array[] = [];
  const checks: GoldenCheck[] = [...texts.checks];
  for (let clip = 0; clip < clips; clip++) {
    const video = await checkClip(runner, variant, { golden, clip });
    videos.push(video.result);
    checks.push(...video.checks);
  }
  const { dimension } = viclipVariants[variant];
  const all = Float32Array.from(videos.flatMap((row) => [...row]));
  const sims = cosines(all, texts.result, dimension).map((cosine) => cosine / TEMPERATURE);
  checks.push({
    name: 'sims',
    worst: furthest(sims, golden.sims.slice(0, clips).flat()),
    tolerance: LIMITS.sims,
  });
  return checks.map((check) => ({ ...check, name: `${variant}/${runner.name}/${check.name}` }));
}

type Compared = { readonly checks: readonly GoldenCheck[]; readonly result: Float32Array };

async function checkClip(
  runner: GraphRunner,
  variant: ViclipVariant,
  { golden, clip }: { readonly golden: FullGolden; readonly clip: number },
): Promise<Compared> {
  const config = viclipVariants[variant];
  const { frames, image, width } = config.vision;
  const length = frames * 3 * image * image;
  const values = seededValues('frames/full', 2 * length, { amplitude: 2 }).subarray(
    clip * length,
    (clip + 1) * length,
  );
  // All tokens: the reference recorded the last block's too. tfjs has no attention in one node.
  const graph = visionGraph(config, {
    tokens: 'all',
    attention: runner.name === 'onnx' ? 'fused' : 'steps',
  });
  const names = golden.checkpoint_names.map((name) => `vision.${name}`);
  const found = await runner.run(
    graph,
    { frames: { values, sizes: [1, frames, 3, image, image] } },
    names,
  );
  const checks = names.map((name, stage): GoldenCheck => {
    const steps = found.get(name) ?? new Float32Array();
    const starts = [0, width, steps.length - width];
    const rows = starts.flatMap((start) => [...steps.subarray(start, start + RECORDED)]);
    const worst = furthest(rows, (golden.checkpoints[clip]?.[stage] ?? []).flat());
    return { name: `clip${clip}/${name}`, worst, tolerance: LIMITS.checkpoint };
  });
  const result = found.get('vision.projected') ?? new Float32Array();
  return {
    checks: [...checks, ...asEmbedding(`clip${clip}`, result, golden.video_embedding[clip] ?? [])],
    result,
  };
}

async function checkTexts(
  runner: GraphRunner,
  variant: ViclipVariant,
  golden: FullGolden,
): Promise<Compared> {
  const { text, dimension } = viclipVariants[variant];
  const names = golden.text_checkpoints.map((_, block) => `text.block${block}`);
  const tokens = {
    values: Int32Array.from(golden.tokens.flat()),
    sizes: [golden.tokens.length, text.context],
  };
  const found = await runner.run(textGraph(viclipVariants[variant]), { tokens }, names);
  const ends = golden.tokens.map((row) => row.indexOf(Math.max(...row)));
  const checks = names.map((name, block): GoldenCheck => {
    const steps = found.get(name) ?? new Float32Array();
    const rows = ends.flatMap((end, row) => {
      const start = (row * text.context + end) * text.width;
      return [...steps.subarray(start, start + RECORDED)];
    });
    return {
      name,
      worst: furthest(rows, golden.text_checkpoints[block]?.flat() ?? []),
      tolerance: LIMITS.checkpoint,
    };
  });
  const result = found.get('text.projected') ?? new Float32Array();
  const embeddings = golden.text_embedding.flatMap((row, at) =>
    asEmbedding(`text${at}`, result.subarray(at * dimension, (at + 1) * dimension), row),
  );
  return { checks: [...checks, ...embeddings], result };
}

function asEmbedding(
  name: string,
  found: Float32Array,
  expected: readonly number[],
): readonly GoldenCheck[] {
  return [
    { name: `${name}/embedding`, worst: furthest(found, expected), tolerance: LIMITS.embedding },
    { name: `${name}/angle`, worst: Math.abs(angle(found, expected)), tolerance: LIMITS.angle },
  ];
}
