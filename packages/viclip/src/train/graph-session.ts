import { availableParallelism } from 'node:os';

import { ToolkitError } from '@internvid/core';
import type * as Onnxruntime from 'onnxruntime-node';

/** Numbers with their sizes, row-major. */
export type Numbers = {
  readonly values: Float32Array | Int32Array;
  readonly sizes: readonly number[];
};

/** Where graphs run. */
export type SessionOptions = {
  /** Default `cpu`. What is not there is an error, never replaced. */
  readonly provider?: 'cpu' | 'cuda' | undefined;
  /** Threads of the processor. Default: all. */
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
 * Loads an ONNX graph into onnxruntime.
 *
 * @throws ToolkitError `missing-dependency` where onnxruntime is not there, `model-failed` where it or its provider refuses.
 */
export async function graphSession(
  bytes: Uint8Array,
  { provider = 'cpu', threads = availableParallelism() }: SessionOptions = {},
): Promise<GraphSession> {
  const runner = await loadRunner();
  const session = await failingAs('The training graph cannot be loaded', () =>
    runner.InferenceSession.create(bytes, {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    }),
  );
  return {
    run: (given) =>
      failingAs('A training step failed', async () => {
        const feeds = session.inputNames.map((name) => {
          const { values, sizes } = given(name);
          const type = values instanceof Float32Array ? 'float32' : 'int32';
          return [name, new runner.Tensor(type, values as Float32Array, sizes)] as const;
        });
        const results = await session.run(Object.fromEntries(feeds));
        return new Map(
          Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]),
        );
      }),
    [Symbol.asyncDispose]: () => session.release(),
  };
}

async function loadRunner(): Promise<typeof Onnxruntime> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw new ToolkitError(
      'missing-dependency',
      'onnxruntime-node is not installed or has no build for this machine. Run: npm install onnxruntime-node',
      { cause },
    );
  }
}

async function failingAs<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ToolkitError('model-failed', `${what}: ${why}`, { cause });
  }
}
