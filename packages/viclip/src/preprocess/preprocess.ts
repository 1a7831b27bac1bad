import type { Picture } from '@internvid/core/media';

import { halfToEven, resample, type ResampleFilter } from './resample.js';

type Channels = readonly [number, number, number];

/** What is done to the pictures of a clip before the model sees them. */
export type Preprocessing = {
  readonly name: string;
  /** `squash` stretches the picture to the square; `crop` scales its shorter side and cuts out the centre. */
  readonly fit: 'squash' | 'crop';
  readonly filter: ResampleFilter;
  /** Of red, green and blue, on the scale 0 to 1: a value becomes `(value - mean) / deviation`. */
  readonly mean: Channels;
  readonly deviation: Channels;
};

const IMAGENET = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] } as const;
const CLIP = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  deviation: [0.26862954, 0.26130258, 0.27577711],
} as const;

/** Preprocessings by name. */
export const PREPROCESSINGS: {
  /** The published evaluation of ViCLIP: the default everywhere. */
  readonly viclip: Preprocessing;
  /** The published demonstration of ViCLIP. */
  readonly 'viclip-demo': Preprocessing;
  /** CLIP, and what VBench feeds to ViCLIP. */
  readonly clip: Preprocessing;
} = {
  viclip: { name: 'viclip', fit: 'squash', filter: 'bicubic', ...IMAGENET },
  'viclip-demo': { name: 'viclip-demo', fit: 'squash', filter: 'bilinear', ...IMAGENET },
  clip: { name: 'clip', fit: 'crop', filter: 'antialiased-bicubic', ...CLIP },
};

/**
 * The pictures as the model wants them: `[pictures, 3, size, size]`, row-major, red, green, blue.
 *
 * @param size side of the square in pixels, 224 in the published models.
 * @param into where to write; as long as the result. Default: a new array.
 */
export function preprocess(
  pictures: readonly Picture[],
  size: number,
  preprocessing: Preprocessing = PREPROCESSINGS.viclip,
  into: Float32Array = new Float32Array(pictures.length * 3 * size * size),
): Float32Array {
  const plane = size * size;
  if (into.length !== pictures.length * 3 * plane) {
    const wanted = `${pictures.length} x 3 x ${size} x ${size}`;
    throw new RangeError(`into has ${into.length} numbers; ${wanted} are needed.`);
  }
  for (const [index, picture] of pictures.entries()) {
    const pixels = squarePixels(picture, size, preprocessing);
    normalise(pixels, preprocessing, into.subarray(index * 3 * plane, (index + 1) * 3 * plane));
  }
  return into;
}

/** The pixels before their values are normalised: `size * size * 3` bytes, row-major, red, green, blue. */
export function squarePixels(
  picture: Picture,
  size: number,
  { fit, filter }: Pick<Preprocessing, 'fit' | 'filter'>,
): Uint8Array {
  if (fit === 'squash') return resample(picture, size, size, filter);
  const shorter = Math.min(picture.width, picture.height);
  const width = Math.trunc((size * picture.width) / shorter);
  const height = Math.trunc((size * picture.height) / shorter);
  const scaled = resample(picture, width, height, filter);
  const left = halfToEven((width - size) / 2);
  const top = halfToEven((height - size) / 2);
  const square = new Uint8Array(size * size * 3);
  for (let row = 0; row < size; row++) {
    const start = ((top + row) * width + left) * 3;
    square.set(scaled.subarray(start, start + size * 3), row * size * 3);
  }
  return square;
}

/**
 * Writes pixels of the right size as the model wants them.
 *
 * @param pixels `size * size * 3` bytes, row-major, red, green, blue.
 * @param into `[3, size, size]`.
 */
export function normalise(
  pixels: Uint8Array,
  { mean, deviation }: Pick<Preprocessing, 'mean' | 'deviation'>,
  into: Float32Array,
): void {
  const plane = pixels.length / 3;
  for (const channel of [0, 1, 2] as const) {
    const table = Float32Array.from(
      { length: 256 },
      (_, value) => (value / 255 - mean[channel]) / deviation[channel],
    );
    for (let pixel = 0; pixel < plane; pixel++) {
      into[channel * plane + pixel] = table[pixels[pixel * 3 + channel] ?? 0] ?? 0;
    }
  }
}
