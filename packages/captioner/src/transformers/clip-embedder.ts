import type { Producer } from '@internvid/core';
import { modelProcess } from './model-process.js';
import { modelIdentity, placeModel, type TransformersModel } from './model-source.js';

/** A CLIP model: pictures and texts in one space. */
export interface ClipEmbedder extends AsyncDisposable {
  readonly producer: Producer;
  /**
   * Vectors of unit length, in order; their dot product is the cosine. Texts that are too long for the model are cut.
   *
   * @throws ToolkitError `model-failed`; the signal's reason when it aborts.
   */
  embedTexts(texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]>;
  /**
   * @param pictures encoded: JPEG, PNG or WebP.
   * @throws ToolkitError also `corrupt`.
   */
  embedPictures(
    pictures: readonly Uint8Array[],
    signal: AbortSignal,
  ): Promise<readonly Float32Array[]>;
}

/** Raised when the vectors change for the same inputs. */
const VERSION = '1';

/**
 * Opens both towers of a CLIP model in transformers.js, in a process of their own.
 *
 * @throws ToolkitError `missing-dependency` where transformers.js is not installed, `not-found`, `model-failed`.
 */
export async function clipEmbedder(options: TransformersModel): Promise<ClipEmbedder> {
  const place = await placeModel(options);
  const model = await modelProcess({ kind: 'clip', place });
  return {
    producer: { name: 'clip', version: VERSION, config: await modelIdentity(place) },
    embedTexts: async (texts, signal) =>
      texts.length === 0 ? [] : (await model.ask({ texts }, signal)).vectors.map(unit),
    embedPictures: async (pictures, signal) =>
      pictures.length === 0 ? [] : (await model.ask({ pictures }, signal)).vectors.map(unit),
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}
