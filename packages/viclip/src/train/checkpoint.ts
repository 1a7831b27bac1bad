import { canonicalJson, ToolkitError, type JsonValue } from '@internvid/core';
import { z } from 'zod';

import { parameterShapes } from '../model/parameters.js';
import { checkConfig, type ViclipConfig } from '../variants.js';
import { fromFloat32 } from '../weights/data-types.js';
import { openSafetensors, type SafetensorsFile } from '../weights/safetensors.js';
import { writeTensors, type TensorToWrite, type WrittenTensors } from '../weights/write-tensors.js';
import { storedSettings, trainSettings, type TrainSettings } from './settings.js';
import { trainedKeys, type TrainState } from './train-state.js';

/** A training run as it was left. */
export type Checkpoint = {
  readonly state: TrainState;
  readonly settings: TrainSettings;
  /** Words of whoever wrote it. */
  readonly note?: string | undefined;
};

const FORMAT = 'internvid-viclip-training-1';

const size = z.number().int().positive();
const storedConfig: z.ZodType<ViclipConfig> = z.object({
  vision: z.object({
    width: size,
    layers: size,
    heads: size,
    patch: size,
    image: size,
    frames: size,
  }),
  text: z.object({ width: size, layers: size, heads: size, context: size, vocabulary: size }),
  dimension: size,
});
const stored = z.object({
  config: storedConfig,
  settings: storedSettings,
  step: z.number().int().nonnegative(),
});

/**
 * Writes a run into one safetensors file, which appears when it is whole: the parameters under their keys, the moments as
 * `first/<key>` and `second/<key>`, averages, where they are kept, as `average/<key>`, all float32, and sizes, settings and step as
 * JSON in its metadata.
 *
 * @throws ToolkitError `store-failed`.
 */
export function writeCheckpoint(
  path: string,
  { state, settings, note }: Checkpoint,
  signal?: AbortSignal,
): Promise<WrittenTensors> {
  const { config, weights, moments, averages = new Map<string, never>(), step } = state;
  const shapes = parameterShapes(config);
  const tensor = (name: string, key: string, values: Float32Array): TensorToWrite => ({
    name,
    type: 'F32',
    shape: shapes.get(key) ?? [],
    read: () => Promise.resolve(fromFloat32(values, 'F32')),
  });
  const tensors = [
    ...[...weights].map(([key, values]) => tensor(key, key, values)),
    ...[...moments].map(([key, { first }]) => tensor(`first/${key}`, key, first)),
    ...[...moments].map(([key, { second }]) => tensor(`second/${key}`, key, second)),
    ...[...averages].map(([key, values]) => tensor(`average/${key}`, key, values)),
  ];
  // In one order of keys, so that equal runs give equal bytes.
  const run = canonicalJson(JSON.parse(JSON.stringify({ config, settings, step })) as JsonValue);
  const metadata = { format: FORMAT, run, ...(note === undefined ? {} : { note }) };
  return writeTensors(path, tensors, { metadata, signal });
}

/**
 * Reads a run back.
 *
 * @throws ToolkitError `not-found`, `unreadable`, `corrupt` for a file that is no checkpoint or lacks something.
 */
export async function readCheckpoint(path: string, signal?: AbortSignal): Promise<Checkpoint> {
  await using file = await openSafetensors(path);
  const { config, settings, step } = readRun(file);
  const shapes = parameterShapes(config);
  const read = (name: string, key: string): Promise<Float32Array> => {
    const found = file.tensors.get(name);
    const shape = shapes.get(key) ?? [];
    if (found?.type !== 'F32' || String(found.shape) !== String(shape)) {
      throw notACheckpoint(path, `it has no float32 tensor ${name} [${shape.join(', ')}]`);
    }
    return file.read(name, signal);
  };
  const weights = new Map<string, Float32Array>();
  for (const key of shapes.keys()) weights.set(key, await read(key, key));
  const moments = new Map<string, { first: Float32Array; second: Float32Array }>();
  for (const key of trainedKeys(config, settings.trainsText)) {
    const first = await read(`first/${key}`, key);
    moments.set(key, { first, second: await read(`second/${key}`, key) });
  }
  const averages = new Map<string, Float32Array>();
  for (const key of settings.averageDecay === undefined ? [] : moments.keys()) {
    averages.set(key, await read(`average/${key}`, key));
  }
  const kept = averages.size === 0 ? {} : { averages };
  return {
    state: { config, weights, moments, ...kept, step },
    settings,
    note: file.metadata['note'],
  };
}

/**
 * The words that a checkpoint was written with, and its step, without reading its numbers.
 *
 * @throws ToolkitError as `readCheckpoint`.
 */
export async function readNote(
  path: string,
): Promise<{ readonly step: number; readonly note: string | undefined }> {
  await using file = await openSafetensors(path);
  return { step: readRun(file).step, note: file.metadata['note'] };
}

function readRun({ path, metadata }: SafetensorsFile): z.infer<typeof stored> {
  if (metadata['format'] !== FORMAT) {
    throw notACheckpoint(path, `its metadata does not say ${FORMAT}`);
  }
  try {
    const run = stored.parse(JSON.parse(metadata['run'] ?? ''));
    checkConfig(run.config);
    return { ...run, settings: trainSettings(run.settings) };
  } catch (cause) {
    throw notACheckpoint(path, 'the run that its metadata describes cannot be', cause);
  }
}

function notACheckpoint(path: string, why: string, cause?: unknown): ToolkitError {
  return new ToolkitError('corrupt', `${path} is not a training checkpoint: ${why}.`, { cause });
}
