import { checkConfig, type ViclipConfig } from '../variants.js';
import { transformer, type AttentionForm } from './block.js';
import { graphBuilder } from './builder.js';
import type { Graph } from './graph.js';
import { parameterShapes } from './parameters.js';

/** Which form of the tower is wanted. */
export type TextGraphOptions = {
  /** Default `steps`. */
  readonly attention?: AttentionForm;
};

/**
 * The text tower. Input `tokens`: int32 `[batch, context]`. Output: `[batch, dimension]`, not of unit length, read at the first
 * place of the highest id, which is the end of the text. Named steps: `text.embed`, those of `transformer`, `text.ln_final`,
 * `text.pooled`, `text.projected`.
 *
 * @throws RangeError for sizes that do not fit.
 */
export function textGraph(config: ViclipConfig, options: TextGraphOptions = {}): Graph {
  checkConfig(config);
  const { text } = config;
  const g = graphBuilder(parameterShapes(config));
  const tokens = g.input('tokens', ['batch', text.context], 'int32');
  const words = g.embed(g.weight('text_encoder.token_embedding.weight'), tokens);
  const embedded = g.add(words, g.weight('text_encoder.positional_embedding'));
  const blocks = transformer(g, g.named('text.embed', embedded), text.layers, {
    tower: 'text_encoder',
    name: 'text',
    heads: text.heads,
    causal: true,
    attention: options.attention ?? 'steps',
  });
  const final = g.layerNorm(
    blocks,
    g.weight('text_encoder.ln_final.weight'),
    g.weight('text_encoder.ln_final.bias'),
  );
  const end = g.gather(g.named('text.ln_final', final), g.highest(tokens));
  const pooled = g.named('text.pooled', g.reshape(end, ['batch', text.width]));
  const projected = g.project(pooled, g.weight('text_encoder.text_projection'));
  return g.graph(g.named('text.projected', projected));
}
