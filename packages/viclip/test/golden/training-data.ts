import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { exclusions, softTargets } from '../../src/train/contrastive-loss.js';
import type { StepInput } from '../../src/train/gradient-engine.js';
import type { ViclipConfig } from '../../src/variants.js';
import { seededValues } from '../../src/weights/seeded.js';
import { GOLDEN } from './shared.js';

/** Rows of numbers as JSON has them. */
export type Rows = readonly (readonly number[])[];
/** `inputs.json`. */
export type RecordedInputs = {
  readonly clips: readonly string[];
  readonly tokens: Rows;
  readonly kept_mask90: Rows;
  readonly drop_path: {
    readonly per_block: readonly number[];
    readonly token: Readonly<Record<string, readonly number[]>>;
    readonly sample: Readonly<Record<string, readonly number[]>>;
  };
};

/** The model of the reference numbers. */
export const TRAINING_CONFIG: ViclipConfig = {
  vision: { width: 64, layers: 3, heads: 4, patch: 16, image: 64, frames: 4 },
  text: { width: 48, layers: 2, heads: 4, context: 16, vocabulary: 512 },
  dimension: 32,
};

const FRAME_SIZES = [4, 3, 64, 64] as const;

/** A run of 60 updates. */
export type Curve = {
  readonly loss: readonly number[];
  readonly temp: readonly number[];
  readonly final_cosine: Rows;
  readonly final_r1: { readonly video_to_text: number; readonly text_to_video: number };
  readonly kept?: readonly Rows[];
};
/** `curve.json`. */
export type Curves = {
  readonly clips: readonly string[];
  readonly tokens: Rows;
  readonly order: Rows;
  readonly trained: Curve;
  readonly masked: Curve;
};

/** What the authors' code was given for a step. */
export function recordedInputs(name: string, idx: readonly number[]): Map<string, StepInput> {
  const { clips, tokens, kept_mask90: kept } = readRecorded('inputs.json') as RecordedInputs;
  const samples = clips.length;
  return new Map<string, StepInput>([
    ['frames', { values: recordedFrames(clips), sizes: [samples, ...FRAME_SIZES] }],
    ['tokens', { values: Int32Array.from(tokens.flat()), sizes: [samples, 16] }],
    ['targets', { values: softTargets(idx), sizes: [samples, samples] }],
    ['exclusions', { values: exclusions(idx), sizes: [samples, samples] }],
    ['kept', { values: Int32Array.from(kept.flat()), sizes: [samples, 7] }],
    ...dropInputs(name === 'droppath-token' ? 'token' : 'sample'),
  ]);
}

/** The recorded decisions. Of the last block only the class token, the first, is computed. */
function dropInputs(unit: 'token' | 'sample'): readonly (readonly [string, StepInput])[] {
  const { per_block: rates, [unit]: decisions } = (readRecorded('inputs.json') as RecordedInputs)
    .drop_path;
  return Object.entries(decisions).map(([name, keeps]) => {
    const [, block = '', branch = ''] = /^block(\d)\/branch(\d)$/.exec(name) ?? [];
    const rate = rates[Number(block)]!;
    const all = keeps.map((keep) => keep / (1 - rate));
    const isLast = Number(block) === TRAINING_CONFIG.vision.layers - 1;
    const values = Float32Array.from(unit === 'token' && isLast ? all.slice(0, 1) : all);
    const sizes = unit === 'token' ? [1, values.length, 1] : [values.length, 1, 1];
    const input = `drop/vision.block${block}.${branch === '1' ? 'attn' : 'mlp'}`;
    return [input, { values, sizes, isShared: unit === 'token' }] as const;
  });
}

/** Frames of named clips. */
export function recordedFrames(clips: readonly string[]): Float32Array {
  const length = FRAME_SIZES.reduce((product, size) => product * size, 1);
  const values = new Float32Array(clips.length * length);
  for (const [at, clip] of clips.entries()) {
    values.set(seededValues(`frames/${clip}`, length, { amplitude: 2 }), at * length);
  }
  return values;
}

/** Path of a file of the reference numbers of training. */
export function recordedPath(name: string): string {
  return join(GOLDEN, 'viclip-training', name);
}

/** What a JSON file of them holds. */
export function readRecorded(name: string): unknown {
  return JSON.parse(readFileSync(recordedPath(name), 'utf8')) as unknown;
}
