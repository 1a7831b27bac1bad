/** The video tower: a transformer over the patches of all frames at once. */
export type VisionConfig = {
  /** Length of a token. */
  readonly width: number;
  readonly layers: number;
  /** Divides the width. */
  readonly heads: number;
  /** Side of a patch in pixels; divides `image`. */
  readonly patch: number;
  /** Side of the square picture in pixels. */
  readonly image: number;
  /** Frames of a clip: rows of the table of times. */
  readonly frames: number;
};

/** The text tower: a transformer in which a token sees itself and those before it. */
export type TextConfig = {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Tokens of a text, padding included. */
  readonly context: number;
  /** Token ids that there are. */
  readonly vocabulary: number;
};

/** The sizes of a ViCLIP model: with the weights, all that tells one from another. */
export type ViclipConfig = {
  readonly vision: VisionConfig;
  readonly text: TextConfig;
  /** Length of the vectors of both towers. */
  readonly dimension: number;
};

/** Names of the published sizes. */
export type ViclipVariant = 'b16' | 'l14';

const CONTEXT = 32;
const VOCABULARY = 49_408;

/** The published sizes (InternVid, arXiv 2307.06942): 150 and 428 million parameters. */
export const viclipVariants: Readonly<Record<ViclipVariant, ViclipConfig>> = {
  b16: {
    vision: { width: 768, layers: 12, heads: 12, patch: 16, image: 224, frames: 8 },
    text: { width: 512, layers: 12, heads: 8, context: CONTEXT, vocabulary: VOCABULARY },
    dimension: 512,
  },
  l14: {
    vision: { width: 1024, layers: 24, heads: 16, patch: 14, image: 224, frames: 8 },
    text: { width: 768, layers: 12, heads: 12, context: CONTEXT, vocabulary: VOCABULARY },
    dimension: 768,
  },
};

/**
 * Checks that the sizes fit each other.
 *
 * @throws RangeError naming the first that does not.
 */
export function checkConfig(config: ViclipConfig): void {
  for (const [tower, sizes] of [
    ['vision', config.vision],
    ['text', config.text],
  ] as const) {
    for (const [name, size] of Object.entries(sizes)) checkSize(`${tower}.${name}`, size);
    if (sizes.width % sizes.heads !== 0) {
      throw new RangeError(
        `config.${tower}.heads must divide the width ${sizes.width}, got ${sizes.heads}.`,
      );
    }
  }
  checkSize('dimension', config.dimension);
  const { image, patch } = config.vision;
  if (image % patch !== 0) {
    throw new RangeError(`config.vision.patch must divide the image side ${image}, got ${patch}.`);
  }
}

function checkSize(name: string, size: number): void {
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new RangeError(`config.${name} must be a positive whole number, got ${size}.`);
  }
}
