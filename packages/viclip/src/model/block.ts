import type { Builder, Value } from './builder.js';
import { blockPrefix } from './parameters.js';

/** How attention is written: as one node, or as the steps that it is made of. */
export type AttentionForm = 'fused' | 'steps';

/** What the blocks of a tower have in common. */
export type BlockOptions = {
  readonly tower: 'vision_encoder' | 'text_encoder';
  /** First word of the names of its steps. */
  readonly name: 'vision' | 'text';
  readonly heads: number;
  readonly causal: boolean;
  readonly attention: AttentionForm;
};

/**
 * The residual blocks of a transformer, layer norm first: x + attention(ln_1 x), then x + mlp(ln_2 x). The steps of block i are
 * named `<tower>.block<i>.ln_1`, `.attn`, `.after_attn`, `.ln_2`, `.c_fc`, `.gelu`, `.mlp`, and its result `<tower>.block<i>`.
 *
 * @param pick chooses from the tokens those that are wanted in the end. The last block then computes only these, from all:
 * keys and values of every token, queries and all that follows of the chosen.
 */
export function transformer(
  g: Builder,
  x: Value,
  layers: number,
  options: BlockOptions,
  pick?: (tokens: Value) => Value,
): Value {
  for (let layer = 0; layer < layers; layer++) {
    x = block(g, x, layer, options, layer === layers - 1 ? pick : undefined);
  }
  return x;
}

function block(
  g: Builder,
  x: Value,
  layer: number,
  options: BlockOptions,
  pick: ((tokens: Value) => Value) | undefined,
): Value {
  const prefix = blockPrefix(options.tower, layer);
  const name = `${options.name}.block${layer}`;
  const step = (suffix: string, value: Value): Value => g.named(`${name}.${suffix}`, value);
  const affine = (part: string): readonly [Value, Value] => [
    g.weight(`${prefix}.${part}.weight`),
    g.weight(`${prefix}.${part}.bias`),
  ];

  const normal = step('ln_1', g.layerNorm(x, ...affine('ln_1')));
  const attended =
    pick === undefined
      ? selfAttention(g, normal, prefix, options)
      : pickedAttention(g, normal, pick, prefix, options);
  const attention = step('attn', g.linear(attended, ...affine('attn.out_proj')));
  const residual = step('after_attn', g.add(pick === undefined ? x : pick(x), attention));
  const second = step('ln_2', g.layerNorm(residual, ...affine('ln_2')));
  const hidden = step('c_fc', g.linear(second, ...affine('mlp.c_fc')));
  const gelu = step('gelu', g.quickGelu(hidden));
  const mlp = step('mlp', g.linear(gelu, ...affine('mlp.c_proj')));
  return g.named(name, g.add(residual, mlp));
}

function selfAttention(g: Builder, x: Value, prefix: string, options: BlockOptions): Value {
  const width = widthOf(g, x);
  const packed = g.linear(
    x,
    g.weight(`${prefix}.attn.in_proj_weight`),
    g.weight(`${prefix}.attn.in_proj_bias`),
  );
  const [query = -1, key = -1, value = -1] = thirds(g, packed, width);
  return attend(g, [query, key, value], options);
}

/** Queries of the chosen tokens only. A causal mask would need to know where they stand, so it is left to whole sequences. */
function pickedAttention(
  g: Builder,
  x: Value,
  pick: (tokens: Value) => Value,
  prefix: string,
  options: BlockOptions,
): Value {
  const width = widthOf(g, x);
  const weight = g.weight(`${prefix}.attn.in_proj_weight`);
  const bias = g.weight(`${prefix}.attn.in_proj_bias`);
  const rows = (start: number, end: number): readonly [Value, Value] => [
    g.slice(weight, 0, start * width, end * width),
    g.slice(bias, 0, start * width, end * width),
  ];
  const query = g.linear(pick(x), ...rows(0, 1));
  const packed = g.linear(x, ...rows(1, 3));
  const key = g.slice(packed, 2, 0, width);
  const value = g.slice(packed, 2, width, 2 * width);
  return attend(g, [query, key, value], options);
}

function thirds(g: Builder, packed: Value, width: number): readonly Value[] {
  return [0, 1, 2].map((part) => g.slice(packed, 2, part * width, (part + 1) * width));
}

function attend(
  g: Builder,
  [query, key, value]: readonly [Value, Value, Value],
  { heads, causal, attention }: BlockOptions,
): Value {
  if (attention === 'fused') return g.attention(query, key, value, { heads, causal });
  const width = widthOf(g, query);
  const split = (x: Value): Value => {
    const tokens = g.shape(x)[1] ?? 0;
    return g.transpose(g.reshape(x, ['batch', tokens, heads, width / heads]), [0, 2, 1, 3]);
  };
  const scaled = g.scale(split(query), 1 / Math.sqrt(width / heads));
  const scores = g.matmul(scaled, split(key), { transposeB: true });
  const weights = g.softmax(causal ? g.causalMask(scores) : scores);
  const mixed = g.transpose(g.matmul(weights, split(value)), [0, 2, 1, 3]);
  return g.reshape(mixed, g.shape(query));
}

function widthOf(g: Builder, x: Value): number {
  return Number(g.shape(x).at(-1));
}
