import { ToolkitError } from '@internvid/core';

import { onnxSession } from './onnx-session.js';

/** Numbers with their sizes, row-major. */
export type Numbers = {
  readonly values: Float32Array | Int32Array;
  readonly sizes: readonly number[];
};

/** What runs the graphs of training. */
export type TrainingEngine = 'onnx' | 'tfjs';

/** Where graphs run. What is not there is an error, never replaced. */
export type SessionOptions = {
  /**
   * `onnx` (default): onnxruntime. `tfjs`: WebAssembly on one thread of the processor, or with the provider `cuda` the package
   * `@tensorflow/tfjs-node-gpu`; its backend is then that of tfjs in the whole process.
   */
  readonly engine?: TrainingEngine | undefined;
  /** Default `cpu`. */
  readonly provider?: 'cpu' | 'cuda' | undefined;
  /** Threads of the processor, with the engine `onnx`. Default: all. */
  readonly threads?: number | undefined;
};

/** A loaded graph. A run blocks the thread that it is called on. */
export interface GraphSession extends AsyncDisposable {
  /**
   * Runs the graph on what `given` has for each of its inputs.
   *
   * @returns the outputs by name, which are the caller's.
   * @throws ToolkitError `model-failed`.
   */
  run(given: (input: string) => Numbers): Promise<ReadonlyMap<string, Float32Array>>;
}

/**
 * Loads an ONNX graph.
 *
 * @throws ToolkitError `missing-dependency` where the engine is not there, `model-failed` where it or its provider refuses; RangeError
 * for several threads of tfjs.
 */
export async function graphSession(
  bytes: Uint8Array,
  options: SessionOptions = {},
): Promise<GraphSession> {
  const { engine = 'onnx', provider = 'cpu', threads = 1 } = options;
  if (engine === 'onnx') return onnxSession(bytes, options);
  if (threads !== 1) {
    throw new RangeError(`options.threads must be 1 with the engine tfjs, got ${threads}.`);
  }
  // Whoever does not ask for tfjs does not load it.
  const { tfjsSession } = await import('./tfjs-session.js');
  return tfjsSession(bytes, provider);
}

/** Runs what an engine does; what it throws becomes `model-failed`. */
export async function failingAs<Result>(
  what: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (ToolkitError.is(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ToolkitError('model-failed', `${what}: ${why}`, { cause });
  }
}
