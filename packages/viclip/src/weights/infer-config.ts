import { ToolkitError } from '@internvid/core';

import { parameterShapes } from '../model/parameters.js';
import { checkConfig, type ViclipConfig } from '../variants.js';
import { PLACES, TEXT_POSITIONS, TIMES, type NamedParameters, type StartSizes } from './layout.js';
import type { TensorFile } from './tensor-file.js';

/** Attention heads of both towers: the one size that the shapes of a checkpoint do not tell. */
export type HeadCounts = { readonly vision: number; readonly text: number };

/** Word of a safetensors file that tells the heads, written by this package. */
export const HEADS_WORD = 'viclip.heads';

/** Width of a head in every published CLIP. */
const HEAD_WIDTH = 64;
/** What ViCLIP has and image CLIPs lack. */
const OWN = new Set(['temp', TIMES]);

/**
 * The sizes of the model that a checkpoint holds, from the shapes in it.
 *
 * @throws ToolkitError `corrupt` where a shape that tells one is missing or absurd, `invalid-config` where the heads must be said.
 */
export function inferConfig(
  file: TensorFile,
  { found }: NamedParameters,
  { heads: given, start }: { readonly heads?: HeadCounts | undefined; readonly start: StartSizes },
): ViclipConfig {
  const size = (name: string, axis: number): number => {
    const known = found.get(name)?.shape[axis];
    if (known !== undefined) return known;
    throw new ToolkitError(
      'corrupt',
      `${file.path} lacks ${name}, without which its model is not known.`,
    );
  };
  const vision = size('vision_encoder.class_embedding', 0);
  const text = size('text_encoder.ln_final.weight', 0);
  const patch = size('vision_encoder.conv1.weight', 4);
  const heads = given ?? saidHeads(file) ?? usualHeads(file, { vision, text });
  const config: ViclipConfig = {
    vision: {
      width: vision,
      layers: layersOf(found, 'vision_encoder'),
      heads: heads.vision,
      patch,
      image: Math.round(Math.sqrt(size(PLACES, 0) - 1)) * patch,
      frames: found.get(TIMES)?.shape[1] ?? start.frames,
    },
    text: {
      width: text,
      layers: layersOf(found, 'text_encoder'),
      heads: heads.text,
      context: size(TEXT_POSITIONS, 0),
      vocabulary: size('text_encoder.token_embedding.weight', 0),
    },
    dimension: size('vision_encoder.proj', 1),
  };
  try {
    checkConfig(config);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new ToolkitError('corrupt', `The sizes in ${file.path} make no model: ${why}`, { cause });
  }
  return config;
}

function layersOf(found: NamedParameters['found'], tower: string): number {
  const pattern = new RegExp(`^${tower}\\.transformer\\.resblocks\\.\\d+\\.ln_1\\.weight$`);
  return [...found.keys()].filter((name) => pattern.test(name)).length;
}

function saidHeads({ metadata }: TensorFile): HeadCounts | undefined {
  const said = /^(\d{1,4}),(\d{1,4})$/.exec(metadata[HEADS_WORD] ?? '');
  return said === null ? undefined : { vision: Number(said[1]), text: Number(said[2]) };
}

function usualHeads({ path }: TensorFile, width: HeadCounts): HeadCounts {
  const heads = { vision: width.vision / HEAD_WIDTH, text: width.text / HEAD_WIDTH };
  if (Number.isInteger(heads.vision) && Number.isInteger(heads.text)) return heads;
  throw new ToolkitError(
    'invalid-config',
    `${path} has towers of width ${width.vision} and ${width.text}, no multiples of ${HEAD_WIDTH}: say how many heads they have.`,
  );
}

/**
 * Compares the names and shapes of a checkpoint with those that its model has.
 *
 * @throws ToolkitError `corrupt` listing every missing, extra and misshapen name.
 */
export function checkParameters(
  file: TensorFile,
  named: NamedParameters,
  config: ViclipConfig,
): void {
  const wanted = parameterShapes(config);
  const isOwn = (name: string): boolean => named.layout === 'image-clip' && OWN.has(name);
  const missing = [...wanted.keys()].filter((name) => !named.found.has(name) && !isOwn(name));
  const extra = [...named.found.keys()].filter((name) => !wanted.has(name));
  const misshapen = [...wanted].flatMap(([name, shape]) => {
    const stored = named.found.get(name)?.shape;
    return stored === undefined || String(stored) === String(shape)
      ? []
      : [`${name} [${stored.join(', ')}] instead of [${shape.join(', ')}]`];
  });
  const lines = [
    ...listed('missing', missing),
    ...listed('extra', extra),
    ...listed('misshapen', misshapen),
  ];
  if (lines.length === 0) return;
  throw new ToolkitError(
    'corrupt',
    `${file.path} is not a ViCLIP checkpoint of the sizes that it has:\n${lines.join('\n')}`,
    { details: { missing, extra, misshapen } },
  );
}

function listed(what: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${names.length} ${what}: ${names.join(', ')}`];
}
