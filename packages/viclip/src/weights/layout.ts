import { ToolkitError } from '@internvid/core';

import type { TensorFile } from './tensor-file.js';

/** Whose names a checkpoint uses: ViCLIP's, or those of an image CLIP (OpenAI, OpenCLIP), from which ViCLIP starts. */
export type CheckpointLayout = 'viclip' | 'image-clip';

/** Frames of a clip and tokens of a text for a model that starts from an image CLIP. */
export type StartSizes = { readonly frames: number; readonly context: number };

/** Where a parameter is in a file, and the shape that it has once it is ViCLIP's. */
export type FoundParameter = { readonly source: string; readonly shape: readonly number[] };

/** The tensors of a file by the names that ViCLIP gives them. */
export type NamedParameters = {
  readonly layout: CheckpointLayout;
  readonly found: ReadonlyMap<string, FoundParameter>;
};

/** The table of times: an image CLIP has none, and ViCLIP starts with zeros. */
export const TIMES = 'vision_encoder.temporal_positional_embedding';
/** The table of places in a text. */
export const TEXT_POSITIONS = 'text_encoder.positional_embedding';
/** The table of places in a picture. */
export const PLACES = 'vision_encoder.positional_embedding';
const KERNEL = 'vision_encoder.conv1.weight';

/** What image CLIPs have and ViCLIP leaves behind. */
const LEFT_BEHIND = [
  'logit_scale',
  'input_resolution',
  'context_length',
  'vocab_size',
  'attn_mask',
];

/**
 * Gives the tensors of a checkpoint ViCLIP's names. For an image CLIP that is what the published code does: `visual.` is the
 * vision tower and all else the text tower, the kernel gets one time slice, and of the text's positions the first are kept.
 *
 * @throws ToolkitError `corrupt` where the names are neither's.
 */
export function nameParameters(file: TensorFile, start: StartSizes): NamedParameters {
  const names = [...file.tensors.keys()];
  const has = (prefix: string): boolean => names.some((name) => name.startsWith(prefix));
  if (has('vision_encoder.')) {
    const found = [...file.tensors].map(
      ([name, { shape }]) => [name, { source: name, shape }] as const,
    );
    return { layout: 'viclip', found: new Map(found) };
  }
  if (!has('visual.')) {
    throw new ToolkitError(
      'corrupt',
      `${file.path} holds neither ViCLIP (vision_encoder.*) nor an image CLIP (visual.*): it begins with ${names.slice(0, 3).join(', ')}.`,
    );
  }
  const found = new Map<string, FoundParameter>();
  for (const [source, { shape }] of file.tensors) {
    if (LEFT_BEHIND.includes(source)) continue;
    const name = source.startsWith('visual.')
      ? source.replace('visual.', 'vision_encoder.')
      : `text_encoder.${source}`;
    found.set(name, { source, shape: startShape(name, shape, start) });
  }
  return { layout: 'image-clip', found };
}

function startShape(
  name: string,
  shape: readonly number[],
  { context }: StartSizes,
): readonly number[] {
  if (name === KERNEL) return [...shape.slice(0, 2), 1, ...shape.slice(2)];
  if (name === TEXT_POSITIONS) return [Math.min(shape[0] ?? 0, context), ...shape.slice(1)];
  return shape;
}
