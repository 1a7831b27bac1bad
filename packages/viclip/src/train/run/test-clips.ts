import { isAbort, mapInOrder, ToolkitError } from '@internvid/core';

import { dotProducts } from '../../eval/ranking.js';
import { evaluateRetrieval } from '../../retrieval.js';
import { unitVector } from '../../search/unit-vector.js';
import type { ClipTokenizer } from '../../tokenizer/clip-tokenizer.js';
import type { FailedClip } from '../data/batches.js';
import { testedPixels } from '../data/clip-pixels.js';
import type { TrainingClip } from '../data/training-clip.js';
import type { WeightsChoice } from '../train-state.js';
import type { Trainer } from '../trainer.js';

/** Share of the queries whose true item is the first, among the first 5, the first 10, in percent. */
export type Recall = { readonly r1: number; readonly r5: number; readonly r10: number };

/** How well captions find their clips and clips their captions, among the clips put aside. */
export type Recalls = {
  readonly clips: number;
  readonly textToVideo: Recall;
  readonly videoToText: Recall;
  /** Mean of the six: what the best checkpoint is chosen by. */
  readonly mean: number;
};

/** What a model is tested with. */
export type TestOptions = {
  readonly clips: readonly TrainingClip[];
  readonly tokenizer: ClipTokenizer;
  /** Which weights. */
  readonly of: WeightsChoice;
  readonly onFailed: (clip: FailedClip) => void;
  readonly signal?: AbortSignal | undefined;
};

/** Clips that go through the model at once. Always the same ones together: sums depend on that in the last digit. */
const TOGETHER = 8;
const AT_ONCE = 4;

/**
 * Retrieval on clips by their first captions, by the rules of the published evaluation. Clips of one caption are all right answers.
 *
 * @throws ToolkitError `too-many-failures` where no clip can be read.
 */
export async function testClips(trainer: Trainer, options: TestOptions): Promise<Recalls> {
  const { tokenizer, of } = options;
  const { vision, text } = trainer.config;
  const captions: string[] = [];
  const videos: Float32Array[] = [];
  for await (const part of readableParts(options, vision)) {
    const frames = new Float32Array(part.reduce((sum, { pixels }) => sum + pixels.length, 0));
    for (const [row, { pixels }] of part.entries()) frames.set(pixels, row * pixels.length);
    videos.push(...vectorsOf(await trainer.embedClips(frames, of), part.length));
    captions.push(...part.map(({ caption }) => caption));
  }
  if (captions.length === 0) {
    throw new ToolkitError(
      'too-many-failures',
      'None of the clips put aside to test could be read.',
    );
  }
  const texts = [...new Set(captions)];
  const vectors: Float32Array[] = [];
  for (let first = 0; first < texts.length; first += TOGETHER) {
    const part = texts.slice(first, first + TOGETHER);
    const tokens = tokenizer.tokenize(part, text.context);
    vectors.push(...vectorsOf(await trainer.embedTexts(tokens, of), part.length));
  }
  const truths = texts.map((own) =>
    captions.flatMap((other, clip) => (own === other ? [clip] : [])),
  );
  const { plain } = evaluateRetrieval(dotProducts(videos, vectors), truths);
  const [textToVideo, videoToText] = [plain.textToVideo, plain.videoToText].map(
    ({ r1, r5, r10 }): Recall => ({ r1, r5, r10 }),
  ) as [Recall, Recall];
  const mean = (plain.textToVideo.mean + plain.videoToText.mean) / 2;
  return { clips: captions.length, textToVideo, videoToText, mean };
}

type Tested = { readonly caption: string; readonly pixels: Float32Array };

async function* readableParts(
  { clips, onFailed, signal }: TestOptions,
  vision: Trainer['config']['vision'],
): AsyncGenerator<readonly Tested[]> {
  const read = async (clip: TrainingClip): Promise<Tested | undefined> => {
    try {
      return { caption: clip.captions[0] ?? '', pixels: await testedPixels(clip, vision, signal) };
    } catch (error) {
      if (isAbort(error) || signal?.aborted === true) throw error;
      const { code, message, stopsRun } = ToolkitError.from(error);
      if (stopsRun) throw error;
      onFailed({ id: clip.id, code, message });
      return undefined;
    }
  };
  let part: Tested[] = [];
  for await (const one of mapInOrder(each(clips), { concurrency: AT_ONCE }, read)) {
    if (one !== undefined) part.push(one);
    if (part.length < TOGETHER) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  for (const item of items) yield await Promise.resolve(item);
}

function vectorsOf(values: Float32Array, count: number): readonly Float32Array[] {
  const length = values.length / count;
  return Array.from({ length: count }, (_, row) =>
    unitVector(values.subarray(row * length, (row + 1) * length), length),
  );
}
