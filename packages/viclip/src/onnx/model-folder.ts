import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ToolkitError } from '@internvid/core';
import { z } from 'zod';

import { parameterShapes } from '../model/parameters.js';
import { textGraph } from '../model/text.js';
import { visionGraph } from '../model/vision.js';
import type { Graph } from '../model/graph.js';
import type { AttentionForm } from '../model/block.js';
import { checkConfig, type ViclipConfig } from '../variants.js';
import { fromFloat32 } from '../weights/data-types.js';
import { HEADS_WORD } from '../weights/infer-config.js';
import type { Weights } from '../weights/weights.js';
import {
  writeTensors,
  type TensorToWrite,
  type WriteProgress,
  type WrittenTensors,
} from '../weights/write-tensors.js';
import { realTypeOf, type Precision } from './precision.js';
import { levelsOf, scalesOf, type Matrix } from './quantise.js';
import { levelsName, scalesName, toOnnx } from './translate.js';
import { linearViews, type WeightView } from './weight-views.js';

/** Names of the files of a model folder. */
export const modelFiles = {
  about: 'viclip.json',
  weights: 'weights.safetensors',
  /** The video tower for clips of all frames. */
  vision: 'vision.onnx',
  /** The video tower for one picture. */
  image: 'image.onnx',
  text: 'text.onnx',
} as const;

/** What a model folder says of itself. */
export type ModelFolder = {
  readonly directory: string;
  readonly config: ViclipConfig;
  readonly precision: Precision;
  /** SHA-256 of the file of weights, lower-case hex: the identity of the model. */
  readonly sha256: string;
  /** What was done to the numbers since the checkpoint was published. */
  readonly changes: readonly string[];
};

/** How a model folder is written. */
export type ModelFolderOptions = {
  /** Default `fp32`. */
  readonly precision?: Precision | undefined;
  /** How attention is written. Default `fused`, which is onnxruntime's own operator. */
  readonly attention?: AttentionForm | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: WriteProgress) => void) | undefined;
};

const FORMAT = 'internvid-viclip';
const VERSION = 1;

/**
 * Writes weights as a model that runs: three small ONNX graphs (clips, single pictures, texts) that read their weights where they
 * lie in one safetensors file beside them. In `fp32` and `fp16` that file is a whole checkpoint under the published names; in `int8`
 * the matrices of linear layers are there in 8 bits instead.
 *
 * `viclip.json` is written last: a folder without it is not a model.
 *
 * @throws ToolkitError `store-failed` where the folder cannot be written; what reading the weights throws.
 */
export async function writeModelFolder(
  weights: Weights,
  directory: string,
  options: ModelFolderOptions = {},
): Promise<ModelFolder> {
  const { precision = 'fp32', attention = 'fused', signal, onProgress } = options;
  const { config, changes } = weights;
  const graphs = {
    vision: visionGraph(config, { attention }),
    image: visionGraph(config, { attention, frames: 1 }),
    text: textGraph(config, { attention }),
  };
  await rm(join(directory, modelFiles.about), { force: true });
  const written = await writeTensors(
    join(directory, modelFiles.weights),
    tensorsFor(weights, Object.values(graphs), precision),
    { metadata: checkpointWords(config), signal, onProgress },
  );
  await writeGraphs(directory, graphs, precision, written);
  const about = {
    format: FORMAT,
    version: VERSION,
    config,
    precision,
    sha256: written.sha256,
    changes,
  };
  await writeWhole(join(directory, modelFiles.about), `${JSON.stringify(about, null, 2)}\n`);
  return { directory, config, precision, sha256: written.sha256, changes };
}

/** The words that a checkpoint written here carries: what its shapes do not tell. */
export function checkpointWords(config: ViclipConfig): Readonly<Record<string, string>> {
  return { format: 'pt', [HEADS_WORD]: `${config.vision.heads},${config.text.heads}` };
}

async function writeGraphs(
  directory: string,
  graphs: Readonly<Record<'vision' | 'image' | 'text', Graph>>,
  precision: Precision,
  { places }: WrittenTensors,
): Promise<void> {
  for (const name of ['vision', 'image', 'text'] as const) {
    const bytes = toOnnx(graphs[name], { precision, location: modelFiles.weights, places });
    await writeWhole(join(directory, modelFiles[name]), bytes);
  }
}

/** Parameters first, then 8-bit matrices, so that every number lies on a multiple of its size. */
function tensorsFor(
  weights: Weights,
  graphs: readonly Graph[],
  precision: Precision,
): readonly TensorToWrite[] {
  const type = realTypeOf(precision);
  const quantised = precision === 'int8' ? quantisedTensors(weights, graphs) : [];
  const replaced = new Set(quantised.map(({ key }) => key));
  const parameters = [...parameterShapes(weights.config)]
    .filter(([name]) => !replaced.has(name) || name === 'temp')
    .map(([name, shape]) => ({
      name,
      shape,
      type,
      read: async (signal: AbortSignal | undefined) =>
        fromFloat32(await weights.read(name, signal), type),
    }));
  const byPart = (part: 'scales' | 'levels'): readonly TensorToWrite[] =>
    quantised.map((matrix) => matrix[part]);
  return [...parameters, ...byPart('scales'), ...byPart('levels')];
}

type QuantisedTensors = {
  readonly key: string;
  readonly scales: TensorToWrite;
  readonly levels: TensorToWrite;
};

function quantisedTensors(weights: Weights, graphs: readonly Graph[]): readonly QuantisedTensors[] {
  const views = new Map(
    graphs.flatMap(linearViews).map((found) => [levelsName(found.view), found] as const),
  );
  return [...views.values()].map(({ view, layout }) => {
    const [rows = 0, columns = 0] = view.shape;
    const [inputs, outputs] = layout === 'out-in' ? [columns, rows] : [rows, columns];
    const matrix = async (signal: AbortSignal | undefined): Promise<Matrix> => ({
      values: await readView(weights, view, signal),
      inputs,
      outputs,
      layout,
    });
    return {
      key: view.key,
      scales: {
        name: scalesName(view),
        type: 'F32',
        shape: [outputs],
        read: async (signal) => fromFloat32(scalesOf(await matrix(signal)), 'F32'),
      },
      levels: {
        name: levelsName(view),
        type: 'I8',
        shape: [inputs, outputs],
        read: async (signal) => new Uint8Array(levelsOf(await matrix(signal)).buffer),
      },
    };
  });
}

async function readView(
  weights: Weights,
  { key, start, shape }: WeightView,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const elements = shape.reduce((product, size) => product * size, 1);
  return (await weights.read(key, signal)).subarray(start, start + elements);
}

async function writeWhole(path: string, body: string | Uint8Array): Promise<void> {
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(unfinished, body);
    await rename(unfinished, path);
  } catch (cause) {
    throw new ToolkitError('store-failed', `${path} cannot be written.`, { cause });
  } finally {
    await rm(unfinished, { force: true });
  }
}

const size = z.number().int().positive();
const aboutSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  precision: z.enum(['fp32', 'fp16', 'int8']),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  changes: z.array(z.string()),
  config: z.object({
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
  }),
});

/**
 * Reads what a model folder says of itself.
 *
 * @throws ToolkitError `not-found` where the directory is no model folder, `corrupt` where `viclip.json` is not what it should be.
 */
export async function readModelFolder(directory: string): Promise<ModelFolder> {
  const path = join(directory, modelFiles.about);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new ToolkitError(
      'not-found',
      `${directory} is not a model folder: it has no ${modelFiles.about}. Make one with: internvid viclip convert CHECKPOINT ${directory}`,
      { cause },
    );
  }
  try {
    const { config, precision, sha256, changes } = aboutSchema.parse(JSON.parse(text));
    checkConfig(config);
    return { directory, config, precision, sha256, changes };
  } catch (cause) {
    throw new ToolkitError(
      'corrupt',
      `${path} does not describe a model: convert the checkpoint again.`,
      { cause },
    );
  }
}
