import { stat } from 'node:fs/promises';

import { canonicalJson, ToolkitError } from '@internvid/core';

import { readModelFolder } from '../onnx/model-folder.js';
import type { Precision } from '../onnx/precision.js';
import { viclipVariants, type ViclipConfig, type ViclipVariant } from '../variants.js';
import { checkParameters, inferConfig, type HeadCounts } from './infer-config.js';
import { nameParameters, type CheckpointLayout } from './layout.js';
import { openTensorFile } from './open-weights.js';
import type { TensorFile } from './tensor-file.js';

/** What a checkpoint says of itself, without its numbers being read. */
export type CheckpointDescription = {
  readonly kind: 'checkpoint';
  readonly path: string;
  readonly format: TensorFile['format'];
  readonly bytes: number;
  readonly tensors: number;
  readonly parameters: number;
  /** Number of tensors of each element type. */
  readonly types: Readonly<Record<string, number>>;
  /** What a training run keeps beside its weights. */
  readonly beside: readonly string[];
  /** Undefined where it holds no model that is known here; `problem` then says why. */
  readonly model?: DescribedModel;
  readonly problem?: string;
};

/** What a model folder says of itself. */
export type ModelFolderDescription = {
  readonly kind: 'model-folder';
  readonly path: string;
  readonly precision: Precision;
  readonly sha256: string;
  readonly changes: readonly string[];
  readonly model: DescribedModel;
};

/** The model in a checkpoint. */
export type DescribedModel = {
  readonly layout: CheckpointLayout;
  readonly config: ViclipConfig;
  /** Which published size it has, if any. */
  readonly variant?: ViclipVariant;
};

/** How a checkpoint is looked at. */
export type DescribeOptions = { readonly heads?: HeadCounts | undefined };

/**
 * Describes a checkpoint or a model folder. A checkpoint that holds no ViCLIP is described too, with what keeps it from being one.
 *
 * @throws ToolkitError `not-found`, `unreadable`, and `corrupt` for what is no checkpoint at all.
 */
export async function describeCheckpoint(
  path: string,
  { heads }: DescribeOptions = {},
): Promise<CheckpointDescription | ModelFolderDescription> {
  if (await isDirectory(path)) {
    const { precision, sha256, changes, config } = await readModelFolder(path);
    return {
      kind: 'model-folder',
      path,
      precision,
      sha256,
      changes,
      model: described('viclip', config),
    };
  }
  await using file = await openTensorFile(path);
  const types: Record<string, number> = {};
  let parameters = 0;
  for (const { type, shape } of file.tensors.values()) {
    types[type] = (types[type] ?? 0) + 1;
    parameters += shape.reduce((product, size) => product * size, 1);
  }
  return {
    kind: 'checkpoint',
    path,
    format: file.format,
    bytes: file.bytes,
    tensors: file.tensors.size,
    parameters,
    types,
    beside: file.beside,
    ...modelIn(file, heads),
  };
}

function modelIn(
  file: TensorFile,
  heads: HeadCounts | undefined,
): { readonly model: DescribedModel } | { readonly problem: string } {
  const start = { frames: 8, context: 32 };
  try {
    const named = nameParameters(file, start);
    const config = inferConfig(file, named, { heads, start });
    checkParameters(file, named, config);
    return { model: described(named.layout, config) };
  } catch (error) {
    if (!ToolkitError.is(error)) throw error;
    return { problem: error.message };
  }
}

function described(layout: CheckpointLayout, config: ViclipConfig): DescribedModel {
  const variant = (['b16', 'l14'] as const).find(
    (name) => canonicalJson(viclipVariants[name]) === canonicalJson(config),
  );
  return { layout, config, ...(variant === undefined ? {} : { variant }) };
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw new ToolkitError('not-found', `There is no file ${path}.`, { cause });
  }
}
