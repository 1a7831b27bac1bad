import type { Picture } from '@internvid/core/media';
import { resizePicture, type Box } from './pictures.js';
import type { Tensor, TensorModel } from './tensor-model.js';
import { decodeLine } from './text-line.js';
import { textRegions } from './text-regions.js';

/** A line of text in a frame. */
export type TextLine = {
  readonly text: string;
  /** Mean probability of its characters, 0 to 1. */
  readonly confidence: number;
  /** Shares of the picture. */
  readonly box: Box;
};

/** Reads the text in a picture: a detector finds lines, a recogniser reads each. */
export type TextReaderOptions = {
  /** PP-OCR detector: `[1, 3, height, width]` to one probability per pixel; sides are multiples of 32. */
  readonly detector: TensorModel;
  /** PP-OCR recogniser: `[1, 3, 48, width]` to `[1, steps, classes]`. */
  readonly recogniser: TensorModel;
  readonly dictionary: readonly string[];
};

/** Longest side that the detector looks at, in pixels. Cost grows with its square: see the captions page for the figures. */
const DETECTOR_SIDE = 640;
/** Lower lines, in the detector's pixels, are misread: on the shared videos nearly all of them, and hardly any of the others. */
const MIN_LINE_HEIGHT = 14;
const LINE_HEIGHT = 48;
/** Wider lines are cut here: the recogniser's cost grows with the width. */
const MAX_LINE_WIDTH = 1280;
const MAX_LINES = 40;

/** All lines of a picture that are large enough to be read, in reading order, however unsure: judging is the caller's. */
export async function readText(
  picture: Picture,
  options: TextReaderOptions,
): Promise<readonly TextLine[]> {
  const scale = Math.min(1, DETECTOR_SIDE / Math.max(picture.width, picture.height));
  const width = toMultipleOf32(picture.width * scale);
  const height = toMultipleOf32(picture.height * scale);
  const map = await options.detector.run(
    detectorInput(await resizePicture(picture, width, height)),
  );
  const lines: TextLine[] = [];
  const regions = textRegions(map.data, width, height).filter(
    ([, , , lineHeight]) => lineHeight >= MIN_LINE_HEIGHT,
  );
  for (const region of regions.slice(0, MAX_LINES)) {
    const box: Box = [region[0] / width, region[1] / height, region[2] / width, region[3] / height];
    const output = await options.recogniser.run(await lineInput(picture, box));
    lines.push({ ...decodeLine(output, options.dictionary), box });
  }
  return lines;
}

function toMultipleOf32(pixels: number): number {
  return Math.max(32, Math.round(pixels / 32) * 32);
}

/** Planes of blue, green, red, scaled by ImageNet's means and deviations in that order, as PaddleOCR feeds its detector. */
function detectorInput(picture: Picture): Tensor {
  return planes(picture, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
}

async function lineInput(picture: Picture, box: Box): Promise<Tensor> {
  const left = Math.floor(box[0] * picture.width);
  const top = Math.floor(box[1] * picture.height);
  const width = Math.min(picture.width - left, Math.ceil(box[2] * picture.width));
  const height = Math.min(picture.height - top, Math.ceil(box[3] * picture.height));
  const lineWidth = Math.min(
    MAX_LINE_WIDTH,
    Math.max(LINE_HEIGHT, Math.round((width * LINE_HEIGHT) / height)),
  );
  const line = await resizePicture(picture, lineWidth, LINE_HEIGHT, [left, top, width, height]);
  return planes(line, [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]);
}

function planes(
  { width, height, data }: Picture,
  means: readonly [number, number, number],
  deviations: readonly [number, number, number],
): Tensor {
  const size = width * height;
  const result = new Float32Array(3 * size);
  for (let plane = 0; plane < 3; plane++) {
    const scale = 1 / (255 * (deviations[plane] ?? 1));
    const shift = (means[plane] ?? 0) / (deviations[plane] ?? 1);
    for (let pixel = 0; pixel < size; pixel++) {
      result[plane * size + pixel] = (data[pixel * 3 + 2 - plane] ?? 0) * scale - shift;
    }
  }
  return { data: result, shape: [1, 3, height, width] };
}
