import { isAbort, mapInOrder, ToolkitError } from '@internvid/core';

import type { VisionConfig } from '../../variants.js';
import { uniformValues } from '../random-values.js';
import { augmentedPixels } from './clip-pixels.js';
import { readAhead } from './read-ahead.js';
import type { TrainingClip } from './training-clip.js';

/** Clips ready for a step. */
export type ClipBatch = {
  /** Epoch and place in it, both from 0. */
  readonly epoch: number;
  readonly batch: number;
  readonly clips: readonly TrainingClip[];
  /** Which caption of each clip. */
  readonly captions: readonly string[];
  /** `[clips, frames, 3, image, image]` */
  readonly frames: Float32Array;
};

/** A clip that could not be read. */
export type FailedClip = { readonly id: string; readonly code: string; readonly message: string };

/** How batches are made. */
export type BatchesOptions = {
  readonly vision: Pick<VisionConfig, 'frames' | 'image'>;
  /** Whether clips are mirrored every other time. */
  readonly mirrors: boolean;
  /** Clips of a batch, at least 2. What is left over at the end of an epoch waits for another. */
  readonly size: number;
  /** Of the order and of all that is drawn: the same seed gives the same batches. */
  readonly seed: number;
  /** The first update, counted from 0: where a run goes on. */
  readonly from: number;
  /** The update to stop before. */
  readonly until: number;
  /** Called for a clip that cannot be read; its batch goes without it. */
  readonly onFailed: (clip: FailedClip) => void;
  readonly signal?: AbortSignal | undefined;
};

/** Clips read and decoded at once: decoding runs in threads of its own, whose default number is four. */
const AT_ONCE = 4;
/** Batches that wait for the step, besides the one that is being made. */
const AHEAD = 2;

/** Updates of an epoch. @throws ToolkitError `invalid-config` where there are fewer clips than in a batch. */
export function batchesPerEpoch(clips: number, size: number): number {
  if (!Number.isSafeInteger(size) || size < 2) {
    throw new RangeError(`batch must be a whole number of at least 2, got ${size}.`);
  }
  if (clips >= size) return Math.floor(clips / size);
  throw new ToolkitError(
    'invalid-config',
    `There are ${clips} clips to learn from, which do not fill a batch of ${size}. Make the batch smaller.`,
  );
}

/**
 * Batches in an order drawn anew for each epoch, made ahead of the step: at most two wait. Any update's batch follows from the seed,
 * so that a run goes on where it was left.
 *
 * @throws ToolkitError `too-many-failures` where fewer than 2 clips of a batch can be read; an error that no other clip would escape.
 */
export async function* clipBatches(
  clips: readonly TrainingClip[],
  options: BatchesOptions,
): AsyncGenerator<ClipBatch, void, undefined> {
  const places = plannedPlaces(clips.length, options);
  const window = { concurrency: AT_ONCE, window: 2 * AT_ONCE };
  const read = mapInOrder(places, window, (place) => readPlace(clips, place, options));
  yield* readAhead(inBatches(read, options), AHEAD);
}

type Place = { readonly epoch: number; readonly batch: number; readonly clip: number };
type ReadPlace = Place & {
  readonly source: TrainingClip;
  readonly pixels: Float32Array | undefined;
};

async function* plannedPlaces(
  count: number,
  { size, seed, from, until }: BatchesOptions,
): AsyncGenerator<Place> {
  const perEpoch = batchesPerEpoch(count, size);
  let [order, orderOf]: [readonly number[], number] = [[], -1];
  for (let update = from; update < until; update++) {
    const [epoch, batch] = [Math.floor(update / perEpoch), update % perEpoch];
    if (epoch !== orderOf) [order, orderOf] = [epochOrder(count, seed, epoch), epoch];
    for (const clip of order.slice(batch * size, (batch + 1) * size)) {
      yield await Promise.resolve({ epoch, batch, clip });
    }
  }
}

/** All clips once, in the order of an epoch. */
export function epochOrder(count: number, seed: number, epoch: number): readonly number[] {
  const chances = uniformValues(`order/${seed}/${epoch}`, count);
  return Array.from(chances.keys()).sort((a, b) => (chances[a] ?? 0) - (chances[b] ?? 0) || a - b);
}

async function readPlace(
  clips: readonly TrainingClip[],
  place: Place,
  { vision, mirrors, seed, onFailed, signal }: BatchesOptions,
): Promise<ReadPlace> {
  signal?.throwIfAborted();
  const source = clips[place.clip];
  if (source === undefined) throw new RangeError(`There is no clip ${place.clip}.`);
  try {
    const name = `augment/${seed}/${place.epoch}/${source.id}`;
    return {
      ...place,
      source,
      pixels: await augmentedPixels(source, { ...vision, mirrors }, name, signal),
    };
  } catch (error) {
    if (isAbort(error) || signal?.aborted === true) throw error;
    const { code, message, stopsRun } = ToolkitError.from(error);
    if (stopsRun) throw error;
    onFailed({ id: source.id, code, message });
    return { ...place, source, pixels: undefined };
  }
}

async function* inBatches(
  read: AsyncIterable<ReadPlace>,
  { size, seed }: BatchesOptions,
): AsyncGenerator<ClipBatch> {
  let all: ReadPlace[] = [];
  for await (const one of read) {
    if (all.push(one) < size) continue;
    yield joined(all, seed);
    all = [];
  }
}

function joined(all: readonly ReadPlace[], seed: number): ClipBatch {
  const whole = all.filter(({ pixels }) => pixels !== undefined);
  const { epoch = 0, batch = 0 } = all[0] ?? {};
  if (whole.length < 2) {
    const place = `batch ${batch + 1} of epoch ${epoch + 1}`;
    const message = `Of ${place} only ${whole.length} of ${all.length} clips could be read.`;
    throw new ToolkitError('too-many-failures', message);
  }
  const length = whole[0]?.pixels?.length ?? 0;
  const frames = new Float32Array(whole.length * length);
  for (const [row, { pixels }] of whole.entries()) frames.set(pixels ?? [], row * length);
  const clips = whole.map(({ source }) => source);
  return {
    epoch,
    batch,
    clips,
    captions: clips.map((clip) => drawnCaption(clip, seed, epoch)),
    frames,
  };
}

function drawnCaption({ id, captions }: TrainingClip, seed: number, epoch: number): string {
  const [chance = 0] = uniformValues(`caption/${seed}/${epoch}/${id}`, 1);
  return captions[Math.min(Math.floor(chance * captions.length), captions.length - 1)] ?? '';
}
