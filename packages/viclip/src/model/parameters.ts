import type { ViclipConfig } from '../variants.js';

/**
 * Name and shape of every parameter, in the order of the published state dict. Weights of linear layers are
 * `[out, in]`, `proj` and `text_projection` `[in, out]`; query, key and value lie in this order in `in_proj_*`.
 */
export function parameterShapes(config: ViclipConfig): ReadonlyMap<string, readonly number[]> {
  const { vision, text, dimension } = config;
  const patches = (vision.image / vision.patch) ** 2;
  return new Map<string, readonly number[]>([
    ['temp', []],
    ['vision_encoder.class_embedding', [vision.width]],
    ['vision_encoder.positional_embedding', [patches + 1, vision.width]],
    ['vision_encoder.temporal_positional_embedding', [1, vision.frames, vision.width]],
    ['vision_encoder.proj', [vision.width, dimension]],
    ['vision_encoder.conv1.weight', [vision.width, 3, 1, vision.patch, vision.patch]],
    ...affine('vision_encoder.ln_pre', [vision.width]),
    ...blocks('vision_encoder', vision),
    ...affine('vision_encoder.ln_post', [vision.width]),
    ['text_encoder.positional_embedding', [text.context, text.width]],
    ['text_encoder.text_projection', [text.width, dimension]],
    ...blocks('text_encoder', text),
    ['text_encoder.token_embedding.weight', [text.vocabulary, text.width]],
    ...affine('text_encoder.ln_final', [text.width]),
  ]);
}

/** Where the parameters of a transformer block are named. */
export function blockPrefix(tower: 'vision_encoder' | 'text_encoder', layer: number): string {
  return `${tower}.transformer.resblocks.${layer}`;
}

type Entry = readonly [name: string, shape: readonly number[]];

function blocks(
  tower: 'vision_encoder' | 'text_encoder',
  { layers, width }: { readonly layers: number; readonly width: number },
): readonly Entry[] {
  return Array.from({ length: layers }, (_, layer) => {
    const prefix = blockPrefix(tower, layer);
    return [
      [`${prefix}.attn.in_proj_weight`, [3 * width, width]] as const,
      [`${prefix}.attn.in_proj_bias`, [3 * width]] as const,
      ...affine(`${prefix}.attn.out_proj`, [width, width]),
      ...affine(`${prefix}.ln_1`, [width]),
      ...affine(`${prefix}.mlp.c_fc`, [4 * width, width]),
      ...affine(`${prefix}.mlp.c_proj`, [width, 4 * width]),
      ...affine(`${prefix}.ln_2`, [width]),
    ];
  }).flat();
}

/** A weight and its bias, which is as long as the weight's first dimension. */
function affine(name: string, shape: readonly number[]): readonly Entry[] {
  return [
    [`${name}.weight`, shape],
    [`${name}.bias`, shape.slice(0, 1)],
  ];
}
