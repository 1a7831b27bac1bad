import { fileURLToPath } from 'node:url';

import { onnxViclip, type OnnxViclipOptions } from '../backends/onnx.js';
import type { ViclipEncoder } from '../backends/viclip-encoder.js';
import { clipTokenizer, type ClipTokenizer } from '../tokenizer/clip-tokenizer.js';
import { captionWords, mergesFor } from './vocabulary.js';

/** How viclip-shapes runs. */
export type ShapesViclipOptions = Pick<OnnxViclipOptions, 'provider' | 'threads' | 'batchBytes'> & {
  /** A model folder of the same vocabulary. Default: the one that this package ships. */
  readonly model?: string;
};

/** Sources lie one folder deeper than what is built. */
const SHIPPED = import.meta.url.endsWith('.ts')
  ? '../../models/viclip-shapes/'
  : '../models/viclip-shapes/';

/** The tokenizer of viclip-shapes: each word of its captions is one token, any other word is spelled. */
export function shapesTokenizer(): ClipTokenizer {
  return clipTokenizer(mergesFor(captionWords()));
}

/**
 * Starts viclip-shapes, a small ViCLIP that was trained from nothing on drawn films (`npm run train:shapes`) and knows the words of
 * their captions alone: good for trying things out and for tests, not for real videos.
 *
 * @throws ToolkitError as `onnxViclip`.
 */
export function shapesViclip(options: ShapesViclipOptions = {}): Promise<ViclipEncoder> {
  const { model = fileURLToPath(new URL(SHIPPED, import.meta.url)), ...rest } = options;
  return onnxViclip({ ...rest, model, tokenizer: shapesTokenizer() });
}
