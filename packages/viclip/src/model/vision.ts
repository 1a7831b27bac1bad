import { checkConfig, type ViclipConfig } from '../variants.js';
import { transformer, type AttentionForm } from './block.js';
import { graphBuilder, type Builder, type Value } from './builder.js';
import type { Graph } from './graph.js';
import { parameterShapes } from './parameters.js';

/** Which form of the tower is wanted. */
export type VisionGraphOptions = {
  /** Frames of a clip: as many as the table of times has rows (default), or 1, which gets the mean of the rows. */
  readonly frames?: number;
  /**
   * Only this many patch tokens of each clip go through the blocks: those that the input `kept` names, as in masked training.
   * Default: all.
   */
  readonly kept?: number;
  /** `all` computes the last block and `vision.ln_post` for every token, `class` (default) only for the one that is read. */
  readonly tokens?: 'class' | 'all';
  /** Default `steps`. */
  readonly attention?: AttentionForm;
};

/**
 * The video tower. Input `frames`: real `[batch, frames, 3, image, image]`, normalised RGB; with `kept` also `kept`: int32
 * `[batch, kept]`, places of patch tokens. Output: `[batch, dimension]`, not of unit length.
 *
 * Patch tokens are ordered space first: place = patch * frames + frame, patch = row * grid + column. Named steps: `vision.conv1`,
 * `.spatial`, `.tokens`, `.cls`, `.ln_pre`, those of `transformer`, `.ln_post`, `.pooled`, `.projected`.
 *
 * @throws RangeError for sizes that do not fit, or frames that the tables do not hold.
 */
export function visionGraph(config: ViclipConfig, options: VisionGraphOptions = {}): Graph {
  checkConfig(config);
  const { vision } = config;
  const { frames = vision.frames, kept, tokens = 'class', attention = 'steps' } = options;
  if (frames !== vision.frames && frames !== 1) {
    throw new RangeError(
      `options.frames must be ${vision.frames} or 1, got ${frames}: resize the weights' table of times for others.`,
    );
  }
  const g = graphBuilder(parameterShapes(config));
  const patches = patchTokens(g, config, frames);
  const seen = kept === undefined ? patches : keptTokens(g, patches, kept);
  const sequence = g.concat([g.repeat(classToken(g), patches), seen], 1);
  const normal = g.named('vision.ln_pre', layerNorm(g, sequence, 'ln_pre'));
  const first = (x: Value): Value => g.slice(x, 1, 0, 1);
  const blocks = transformer(
    g,
    normal,
    vision.layers,
    { tower: 'vision_encoder', name: 'vision', heads: vision.heads, causal: false, attention },
    tokens === 'class' ? first : undefined,
  );
  const last = g.named('vision.ln_post', layerNorm(g, blocks, 'ln_post'));
  const pooled = g.named(
    'vision.pooled',
    g.reshape(tokens === 'class' ? last : first(last), ['batch', vision.width]),
  );
  const projected = g.project(pooled, g.weight('vision_encoder.proj'));
  return g.graph(g.named('vision.projected', projected));
}

/** The convolution has no overlap and no bias, so it is a linear map of flattened patches. */
function patchTokens(g: Builder, { vision }: ViclipConfig, frames: number): Value {
  const { width, patch, image } = vision;
  const grid = image / patch;
  const patches = grid * grid;
  const pixels = 3 * patch * patch;
  const input = g.input('frames', ['batch', frames, 3, image, image], 'real');
  const cut = g.reshape(input, ['batch', frames * 3, grid, patch, grid, patch]);
  const flat = g.reshape(g.transpose(cut, [0, 2, 4, 1, 3, 5]), ['batch', patches * frames, pixels]);
  const kernel = g.reshape(g.weight('vision_encoder.conv1.weight'), [width, pixels]);
  const tokens = g.named('vision.conv1', g.linear(flat, kernel));

  const rows = g.slice(g.weight('vision_encoder.positional_embedding'), 0, 1, patches + 1);
  const places = g.reshape(rows, [patches, 1, width]);
  const spatial = g.add(g.reshape(tokens, ['batch', patches, frames, width]), places);
  const timed = g.add(g.named('vision.spatial', spatial), times(g, vision.frames, frames));
  return g.named('vision.tokens', g.reshape(timed, ['batch', patches * frames, width]));
}

function times(g: Builder, rows: number, frames: number): Value {
  const table = g.weight('vision_encoder.temporal_positional_embedding');
  return rows === frames ? table : g.mean(table, 1);
}

function classToken(g: Builder): Value {
  const embedding = g.weight('vision_encoder.class_embedding');
  const row = g.slice(g.weight('vision_encoder.positional_embedding'), 0, 0, 1);
  return g.named('vision.cls', g.add(row, embedding));
}

function keptTokens(g: Builder, tokens: Value, kept: number): Value {
  return g.gather(tokens, g.input('kept', ['batch', kept], 'int32'));
}

function layerNorm(g: Builder, x: Value, name: string): Value {
  return g.layerNorm(
    x,
    g.weight(`vision_encoder.${name}.weight`),
    g.weight(`vision_encoder.${name}.bias`),
  );
}
