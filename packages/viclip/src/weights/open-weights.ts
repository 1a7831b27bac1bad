import { open } from 'node:fs/promises';

import { ToolkitError } from '@internvid/core';

import { parameterShapes } from '../model/parameters.js';
import { checkConfig, type ViclipConfig } from '../variants.js';
import { checkParameters, inferConfig, type HeadCounts } from './infer-config.js';
import { nameParameters, PLACES, TEXT_POSITIONS, TIMES } from './layout.js';
import { resizeGrid, resizeLine } from './position-tables.js';
import { openSafetensors } from './safetensors.js';
import type { TensorFile } from './tensor-file.js';
import { openTorchFile } from './torch-file.js';
import type { Weights } from './weights.js';

/** Sizes that the position tables of a model are stretched or cut to. Those that are not given stay as they are. */
export type ResizeOptions = {
  /** Frames of a clip: rows of the table of times. */
  readonly frames?: number | undefined;
  /** Side of the picture in pixels, a multiple of the patch. */
  readonly image?: number | undefined;
  /** Tokens of a text. */
  readonly context?: number | undefined;
};

/** How a checkpoint is read. */
export type OpenWeightsOptions = {
  /** Attention heads, where the widths are no multiples of 64 and the file does not say them. */
  readonly heads?: HeadCounts | undefined;
  readonly resize?: ResizeOptions | undefined;
  /** What a model gets that starts from an image CLIP. Default 8 frames and 32 tokens, as published. */
  readonly start?: { readonly frames?: number; readonly context?: number } | undefined;
};

const START = { frames: 8, context: 32 };
/** A zip archive, or a pickle of PyTorch's old magic number. A safetensors file begins with its length, which may be any byte. */
const TORCH_STARTS = ['PK\x03\x04', '\x80\x02\x8a\x0al\xfc'];
/** The published start of the temperature, a divisor. */
const START_TEMPERATURE = 0.01;

/** Opens a file of tensors in any form that is read here, by its first bytes. */
export async function openTensorFile(path: string): Promise<TensorFile> {
  const first = await firstBytes(path);
  const isTorch = TORCH_STARTS.some((start) => first.startsWith(start));
  return isTorch ? openTorchFile(path) : openSafetensors(path);
}

/**
 * Opens a ViCLIP checkpoint, or an image CLIP as the start of one: `.safetensors` or PyTorch's `.pth` and `.pt` in their zip and
 * older forms. The names and shapes are checked before a number is read.
 *
 * @throws ToolkitError `corrupt`, `invalid-config`, `not-found`, `unreadable`; RangeError for sizes that make no model.
 */
export async function openWeights(
  path: string,
  options: OpenWeightsOptions = {},
): Promise<Weights> {
  const file = await openTensorFile(path);
  try {
    return resized(weightsOf(file, options), options.resize ?? {});
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
}

async function firstBytes(path: string): Promise<string> {
  try {
    await using handle = await open(path, 'r');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(6), 0, 6, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const message = missing ? `There is no file ${path}.` : `The file ${path} cannot be read.`;
    throw new ToolkitError(missing ? 'not-found' : 'unreadable', message, { cause });
  }
}

function weightsOf(file: TensorFile, options: OpenWeightsOptions): Weights {
  const start = { ...START, ...options.start };
  const named = nameParameters(file, start);
  const config = inferConfig(file, named, { heads: options.heads, start });
  checkParameters(file, named, config);
  const shapes = parameterShapes(config);
  return {
    config,
    changes:
      named.layout === 'viclip'
        ? []
        : [
            `started from an image CLIP: ${start.context} text positions, ${start.frames} frames with times of zero, temperature ${START_TEMPERATURE}`,
          ],
    async read(name, signal) {
      const shape = shapes.get(name);
      if (shape === undefined) throw new RangeError(`The model has no parameter ${name}.`);
      const elements = shape.reduce((product, size) => product * size, 1);
      const source = named.found.get(name)?.source;
      if (source === undefined) {
        return new Float32Array(elements).fill(name === 'temp' ? START_TEMPERATURE : 0);
      }
      // Of an image CLIP's text positions the first rows are kept; all else has just these elements.
      return (await file.read(source, signal)).subarray(0, elements);
    },
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

/**
 * The same weights with position tables of other sizes: times and text positions by `resizeLine`, places by `resizeGrid`.
 * Disposing of them disposes of the weights that they are made of.
 *
 * @throws RangeError for sizes that make no model.
 */
export function resized(weights: Weights, wanted: ResizeOptions): Weights {
  const { vision, text } = weights.config;
  const { frames = vision.frames, image = vision.image, context = text.context } = wanted;
  const config: ViclipConfig = {
    ...weights.config,
    vision: { ...vision, frames, image },
    text: { ...text, context },
  };
  checkConfig(config);
  const changes = [
    ...resizeChange('times', vision.frames, frames),
    ...resizeChange('places, side in pixels', vision.image, image),
    ...resizeChange('text positions', text.context, context),
  ];
  if (changes.length === 0) return weights;
  const remake: Readonly<Record<string, (values: Float32Array) => Float32Array>> = {
    [TIMES]: (values) => resizeLine({ values, width: vision.width }, frames),
    [PLACES]: (values) => resizeGrid({ values, width: vision.width }, image / vision.patch),
    [TEXT_POSITIONS]: (values) => resizeLine({ values, width: text.width }, context),
  };
  return {
    config,
    changes: [...weights.changes, ...changes],
    async read(name, signal) {
      const values = await weights.read(name, signal);
      return remake[name]?.(values) ?? values;
    },
    [Symbol.asyncDispose]: () => weights[Symbol.asyncDispose](),
  };
}

function resizeChange(what: string, from: number, to: number): readonly string[] {
  return from === to ? [] : [`table of ${what}: from ${from} to ${to}`];
}
