import { ToolkitError, type JsonObject } from '@internvid/core';

import { checkClips, refuseBlank } from '../check-inputs.js';
import type { ClipFrames, VideoTextEncoder } from '../encoder.js';
import { costOf } from '../model/cost.js';
import { visionGraph } from '../model/vision.js';
import { readModelFolder, type ModelFolder } from '../onnx/model-folder.js';
import { PREPROCESSINGS, preprocess, type Preprocessing } from '../preprocess/preprocess.js';
import { preText } from '../tokenizer/clean-text.js';
import type { ClipTokenizer } from '../tokenizer/clip-tokenizer.js';
import type { Runtime, TowerStart } from './tower-messages.js';
import { towerProcess, type TowerProcess } from './tower-process.js';

/** A ViCLIP model that runs, and says on what. */
export interface ViclipEncoder extends VideoTextEncoder {
  readonly runtime: Runtime;
}

/** What every way of running ViCLIP needs. */
export type ViclipOptions = {
  /** A model folder, as `convertCheckpoint` writes it. */
  readonly model: string;
  readonly tokenizer: ClipTokenizer;
  /** Default that of the published evaluation: stretched to a square, bicubic, ImageNet's mean and deviation. */
  readonly preprocessing?: Preprocessing;
  /** Whether texts get the clean-up of the published training and evaluation (`preText`) first. Default false. */
  readonly cleansTexts?: boolean;
  /** Bytes that the steps of one batch of clips may take besides the weights; it limits `maxBatch`. Default 1 GiB. */
  readonly batchBytes?: number;
};

const DEFAULT_BATCH_BYTES = 1024 ** 3;
/** A larger batch of clips is no faster on any processor measured. */
const MOST_CLIPS = 32;
const TEXTS_AT_ONCE = 64;

/** Starts a process for a model folder and gives it the form of an encoder. */
export async function viclipEncoder(
  options: ViclipOptions,
  start: Pick<TowerStart, 'engine' | 'provider' | 'threads'>,
): Promise<ViclipEncoder> {
  const folder = await readModelFolder(options.model);
  checkTokenizer(options.tokenizer, folder);
  const towers = await towerProcess({ ...start, directory: options.model });
  return encoderOf(folder, towers, {
    preprocessing: PREPROCESSINGS.viclip,
    cleansTexts: false,
    ...options,
  });
}

function encoderOf(
  folder: ModelFolder,
  towers: TowerProcess,
  options: ViclipOptions & Required<Pick<ViclipOptions, 'preprocessing' | 'cleansTexts'>>,
): ViclipEncoder {
  const { config } = folder;
  const { tokenizer, preprocessing, cleansTexts } = options;
  const limits = {
    framesPerClip: config.vision.frames,
    maxBatch: clipsWithin(options.batchBytes ?? DEFAULT_BATCH_BYTES, folder),
  };
  let isDisposed = false;
  const refuseDisposed = (): void => {
    if (isDisposed) throw new TypeError('The encoder was disposed of.');
  };
  const embedAlike = async (
    tower: 'vision' | 'image',
    clips: readonly ClipFrames[],
    signal: AbortSignal | undefined,
  ): Promise<readonly Float32Array[]> => {
    if (clips.length === 0) return [];
    const values = preprocess(clips.flat(), config.vision.image, preprocessing);
    return unitRows(await towers.run(tower, clips.length, values, signal), config.dimension);
  };

  return {
    producer: { name: 'viclip', version: '1', config: identity(folder, towers.runtime, options) },
    runtime: towers.runtime,
    dimension: config.dimension,
    languages: ['en'],
    ...limits,
    frameSize: config.vision.image,
    async embedClips(clips, signal) {
      refuseDisposed();
      checkClips(clips, limits);
      signal?.throwIfAborted();
      const isStill = (clip: ClipFrames): boolean => clip.length < limits.framesPerClip;
      const stills = (await embedAlike('image', clips.filter(isStill), signal)).values();
      const moving = (
        await embedAlike(
          'vision',
          clips.filter((clip) => !isStill(clip)),
          signal,
        )
      ).values();
      return clips.map(
        (clip) => (isStill(clip) ? stills : moving).next().value ?? new Float32Array(),
      );
    },
    async embedTexts(texts, signal) {
      refuseDisposed();
      refuseBlank(texts);
      const vectors: Float32Array[] = [];
      for (let first = 0; first < texts.length; first += TEXTS_AT_ONCE) {
        signal?.throwIfAborted();
        const part = texts.slice(first, first + TEXTS_AT_ONCE);
        const tokens = tokenizer.tokenize(
          cleansTexts ? part.map(preText) : part,
          config.text.context,
        );
        const rows = await towers.run('text', part.length, tokens, signal);
        vectors.push(...unitRows(rows, config.dimension));
      }
      return vectors;
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true;
      await towers[Symbol.asyncDispose]();
    },
  };
}

function checkTokenizer(
  { vocabularySize }: ClipTokenizer,
  { directory, config }: ModelFolder,
): void {
  if (vocabularySize === config.text.vocabulary) return;
  throw new ToolkitError(
    'invalid-config',
    `The model ${directory} has ${config.text.vocabulary} token ids and the tokenizer ${vocabularySize}: they do not belong together.`,
  );
}

/** All that the numbers depend on. Threads do not change them. */
function identity(
  { sha256, precision }: ModelFolder,
  { library, provider }: Runtime,
  { preprocessing, cleansTexts }: Required<Pick<ViclipOptions, 'preprocessing' | 'cleansTexts'>>,
): JsonObject {
  return {
    weights: sha256,
    precision,
    runtime: library,
    provider,
    preprocessing: preprocessing.name,
    cleansTexts,
  };
}

function clipsWithin(bytes: number, { config }: ModelFolder): number {
  const { activationBytes } = costOf(visionGraph(config), 1);
  return Math.max(1, Math.min(MOST_CLIPS, Math.floor(bytes / activationBytes)));
}

function unitRows(rows: Float32Array, dimension: number): readonly Float32Array[] {
  return Array.from({ length: rows.length / dimension }, (_, row) => {
    const vector = rows.slice(row * dimension, (row + 1) * dimension);
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    if (!(length > 0 && Number.isFinite(length))) {
      throw new ToolkitError('model-failed', `The model gave a vector of length ${length}.`);
    }
    return vector.map((value) => value / length);
  });
}
