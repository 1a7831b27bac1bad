import { availableParallelism } from 'node:os';

import { loadOnnxruntime } from '../onnx/load-onnxruntime.js';
import { failingAs, type GraphSession, type SessionOptions } from './graph-session.js';

/**
 * Loads an ONNX graph into onnxruntime.
 *
 * @throws ToolkitError `missing-dependency` where onnxruntime is not there, `model-failed` where it or its provider refuses.
 */
export async function onnxSession(
  bytes: Uint8Array,
  { provider = 'cpu', threads = availableParallelism() }: SessionOptions,
): Promise<GraphSession> {
  const runner = await loadOnnxruntime();
  const session = await failingAs('The training graph cannot be loaded', () =>
    runner.InferenceSession.create(bytes, {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
      // Planned memory comes on top of what the first run took: it doubled the peak and saved no time.
      enableMemPattern: false,
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
