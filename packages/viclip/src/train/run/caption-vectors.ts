import { sha256, ToolkitError } from '@internvid/core';

import type { ClipTokenizer } from '../../tokenizer/clip-tokenizer.js';
import { fromFloat32 } from '../../weights/data-types.js';
import { openSafetensors } from '../../weights/safetensors.js';
import { writeTensors } from '../../weights/write-tensors.js';
import type { Trainer } from '../trainer.js';

/** What a frozen text tower makes of captions. */
export type CaptionVectors = {
  /** `[captions, dimension]` for these, which are among those that the vectors were made of. */
  of(captions: readonly string[]): Float32Array;
};

/** Texts that go through the tower at once: always the same ones together, as sums depend on that in the last digit. */
const TOGETHER = 16;

/**
 * Vectors of all captions by a text tower that is not trained, computed once and kept in a file, so that a run that goes on reads
 * them.
 *
 * @param identity of the text tower: vectors of another one are made anew.
 * @throws ToolkitError `store-failed`; what reading the file throws.
 */
export async function captionVectors(
  trainer: Trainer,
  captions: readonly string[],
  options: {
    readonly tokenizer: ClipTokenizer;
    readonly path: string;
    readonly identity: string;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<CaptionVectors> {
  const texts = [...new Set(captions)].sort();
  const { dimension, text } = trainer.config;
  const tokens = options.tokenizer.tokenize(texts, text.context);
  const identity = sha256(`${options.identity} ${sha256(new Uint8Array(tokens.buffer))}`);
  const vectors =
    (await readKept(options.path, identity)) ??
    (await compute(trainer, tokens, texts.length, options.signal));
  await keep(options.path, identity, vectors, [texts.length, dimension]);
  const places = new Map(texts.map((one, place) => [one, place]));
  return {
    of(wanted) {
      const rows = new Float32Array(wanted.length * dimension);
      for (const [row, one] of wanted.entries()) {
        const place = places.get(one);
        if (place === undefined)
          throw new RangeError(`There is no vector of the caption "${one}".`);
        rows.set(vectors.subarray(place * dimension, (place + 1) * dimension), row * dimension);
      }
      return rows;
    },
  };
}

async function compute(
  trainer: Trainer,
  tokens: Int32Array,
  count: number,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const { dimension, text } = trainer.config;
  const vectors = new Float32Array(count * dimension);
  for (let first = 0; first < count; first += TOGETHER) {
    signal?.throwIfAborted();
    const part = tokens.subarray(first * text.context, (first + TOGETHER) * text.context);
    vectors.set(await trainer.embedTexts(part), first * dimension);
  }
  return vectors;
}

async function readKept(path: string, identity: string): Promise<Float32Array | undefined> {
  try {
    await using file = await openSafetensors(path);
    return file.metadata['identity'] === identity ? await file.read('vectors') : undefined;
  } catch (error) {
    if (ToolkitError.is(error) && error.code === 'not-found') return undefined;
    throw error;
  }
}

async function keep(
  path: string,
  identity: string,
  vectors: Float32Array,
  shape: readonly number[],
): Promise<void> {
  const read = (): Promise<Uint8Array> => Promise.resolve(fromFloat32(vectors, 'F32'));
  await writeTensors(path, [{ name: 'vectors', type: 'F32', shape, read }], {
    metadata: { identity },
  });
}
