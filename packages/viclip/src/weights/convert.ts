import { parameterShapes } from '../model/parameters.js';
import { checkpointWords, writeModelFolder } from '../onnx/model-folder.js';
import type { Precision } from '../onnx/precision.js';
import type { ViclipConfig } from '../variants.js';
import { fromFloat32, type RealType } from './data-types.js';
import { openWeights, type OpenWeightsOptions } from './open-weights.js';
import { averaged } from './wise-ft.js';
import type { Weights } from './weights.js';
import { writeTensors, type WriteProgress } from './write-tensors.js';

/** How a checkpoint is converted. */
export type ConvertOptions = OpenWeightsOptions & {
  /**
   * `safetensors`: a checkpoint under the published names, which the authors' code reads. `onnx`: a folder that `onnxViclip` and
   * `tfjsViclip` run. Default: safetensors where the output's name ends so, else onnx.
   */
  readonly format?: 'safetensors' | 'onnx' | undefined;
  /** Element type of the weights. `bf16` is for safetensors only, `int8` for onnx only. Default `fp32`. */
  readonly precision?: Precision | 'bf16' | undefined;
  /** Averages with the weights that the model was tuned from. The published evaluation does so with 0.5, the default. */
  readonly wiseFt?: { readonly initial: string; readonly coefficient?: number } | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: WriteProgress) => void) | undefined;
};

/** What a conversion did. */
export type ConversionReport = {
  readonly output: string;
  readonly format: 'safetensors' | 'onnx';
  readonly precision: Precision | 'bf16';
  readonly config: ViclipConfig;
  readonly parameters: number;
  /** Of the file of weights, lower-case hex. */
  readonly sha256: string;
  /** What was done to the numbers, a sentence each. */
  readonly changes: readonly string[];
};

const REAL_TYPES: Readonly<Record<'fp32' | 'fp16' | 'bf16', RealType>> = {
  fp32: 'F32',
  fp16: 'F16',
  bf16: 'BF16',
};

/**
 * Reads a checkpoint in any form that `openWeights` reads and writes it as safetensors or as a model that runs. Tensors pass one at a
 * time: memory stays near the largest.
 *
 * @throws ToolkitError `corrupt` (listing missing, extra and misshapen names), `invalid-config`, `not-found`, `unreadable`,
 * `store-failed`; RangeError for options that do not fit together.
 */
export async function convertCheckpoint(
  input: string,
  output: string,
  options: ConvertOptions = {},
): Promise<ConversionReport> {
  const { precision = 'fp32', signal, onProgress } = options;
  const format = options.format ?? (output.endsWith('.safetensors') ? 'safetensors' : 'onnx');
  await using weights = await openWhole(input, options);
  const { config, changes } = weights;
  const parameters = [...parameterShapes(config).values()].reduce(
    (sum, shape) => sum + shape.reduce((product, size) => product * size, 1),
    0,
  );
  const report = { output, format, precision, config, parameters, changes };
  if (format === 'safetensors') {
    if (precision === 'int8') throw new RangeError('options.precision int8 needs the format onnx.');
    return {
      ...report,
      sha256: await writeCheckpoint(weights, output, {
        type: REAL_TYPES[precision],
        signal,
        onProgress,
      }),
    };
  }
  if (precision === 'bf16')
    throw new RangeError('options.precision bf16 needs the format safetensors.');
  const { sha256 } = await writeModelFolder(weights, output, { precision, signal, onProgress });
  return { ...report, sha256 };
}

async function openWhole(input: string, options: ConvertOptions): Promise<Weights> {
  const tuned = await openWeights(input, options);
  if (options.wiseFt === undefined) return tuned;
  const opened = [tuned];
  try {
    const { initial, coefficient = 0.5 } = options.wiseFt;
    // A start from an image CLIP must get the sizes of the model that was made from it.
    const { frames } = tuned.config.vision;
    const start = { frames, context: tuned.config.text.context };
    opened.push(await openWeights(initial, { ...options, start }));
    return averaged(tuned, opened[1] ?? tuned, coefficient);
  } catch (error) {
    for (const weights of opened) await weights[Symbol.asyncDispose]();
    throw error;
  }
}

/** Writes weights as a checkpoint under the published names. @returns its SHA-256, lower-case hex. */
export async function writeCheckpoint(
  weights: Weights,
  path: string,
  {
    type = 'F32',
    signal,
    onProgress,
  }: {
    readonly type?: RealType | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((progress: WriteProgress) => void) | undefined;
  } = {},
): Promise<string> {
  const tensors = [...parameterShapes(weights.config)].map(([name, shape]) => ({
    name,
    shape,
    type,
    read: async (stop: AbortSignal | undefined) =>
      fromFloat32(await weights.read(name, stop), type),
  }));
  const metadata = checkpointWords(weights.config);
  return (await writeTensors(path, tensors, { metadata, signal, onProgress })).sha256;
}
