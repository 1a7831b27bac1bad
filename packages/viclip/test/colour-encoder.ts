import type { Producer } from '@internvid/core';

import { checkClips, refuseBlank } from '../src/check-inputs.js';
import type { VideoTextEncoder } from '../src/encoder.js';
import { resample } from '../src/preprocess/resample.js';

const COLOURS: Readonly<Record<string, readonly [number, number, number]>> = {
  red: [1, 0, 0],
  green: [0, 1, 0],
  blue: [0, 0, 1],
  white: [1, 1, 1],
};

/**
 * An encoder that sees the mean colour of a clip, in four places, and reads the names of colours: enough for a truth that tests
 * know. Other words shift a text a little, each in its own way.
 */
export function colourEncoder(options: Partial<VideoTextEncoder> = {}): VideoTextEncoder {
  const producer: Producer = { name: 'colours', version: '1', config: { places: 4 } };
  let isDisposed = false;
  const check = (signal?: AbortSignal): void => {
    if (isDisposed) throw new Error('The encoder was disposed of.');
    signal?.throwIfAborted();
  };
  const encoder: VideoTextEncoder = {
    producer,
    dimension: 16,
    languages: ['en'],
    framesPerClip: 4,
    frameSize: 2,
    maxBatch: 3,
    async embedClips(clips, signal) {
      checkClips(clips, encoder);
      check(signal);
      return clips.map((frames) => {
        const vector = new Float32Array(16).fill(0.001);
        for (const picture of frames) {
          const means = resample(picture, 2, 2, 'antialiased-bicubic');
          for (const [place, value] of means.entries()) {
            vector[place] = (vector[place] ?? 0) + value / 255 / frames.length;
          }
        }
        return unit(vector);
      });
    },
    async embedTexts(texts, signal) {
      refuseBlank(texts);
      check(signal);
      return texts.map((text) => {
        const vector = new Float32Array(16);
        for (const word of text.toLowerCase().split(/\W+/)) {
          const colour = COLOURS[word];
          if (colour === undefined) vector[12 + (word.length % 4)]! += 0.01;
          else for (let place = 0; place < 12; place++) vector[place]! += colour[place % 3] ?? 0;
        }
        return unit(vector);
      });
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true;
    },
    ...options,
  };
  return encoder;
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
