import { ToolkitError } from '@internvid/core';
import { serveWorker } from '@internvid/core/processes';
import type * as Runtime from 'onnxruntime-node';
import type { NetworkPath, WindowJudgement } from './transnet-messages.js';
import {
  KEPT_FRAMES,
  MARGIN_FRAMES,
  NETWORK_HEIGHT,
  NETWORK_WIDTH,
  WINDOW_FRAMES,
} from './transnet-windows.js';

type Network = (window: Uint8Array) => Promise<WindowJudgement>;

serveWorker(({ model }: NetworkPath) => loadNetwork(model));

async function loadNetwork(model: string): Promise<Network> {
  const runtime = await loadRuntime();
  const session = await runtime.InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  }).catch((cause: unknown) => {
    throw modelFailed(model, 'cannot be loaded', cause);
  });
  return async (window) => {
    const shape = [1, WINDOW_FRAMES, NETWORK_HEIGHT, NETWORK_WIDTH, 3];
    const frames = new runtime.Tensor('uint8', window, shape);
    const results = await session.run({ frames }).catch((cause: unknown) => {
      throw modelFailed(model, 'failed', cause);
    });
    return {
      single: keptOf(results, 'single_logits', model),
      many: keptOf(results, 'many_logits', model),
    };
  };
}

async function loadRuntime(): Promise<typeof Runtime> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `The transnet detector runs on onnxruntime-node: npm install onnxruntime-node (${why})`;
    throw new ToolkitError('missing-dependency', message, { cause });
  }
}

function keptOf(
  results: Runtime.InferenceSession.OnnxValueMapType,
  name: string,
  model: string,
): Float32Array {
  const { data }: Partial<Runtime.Tensor> = results[name] ?? {};
  if (!(data instanceof Float32Array) || data.length !== WINDOW_FRAMES)
    throw modelFailed(model, `has no output ${name} of one number a frame`);
  return data.slice(MARGIN_FRAMES, MARGIN_FRAMES + KEPT_FRAMES);
}

function modelFailed(model: string, what: string, cause?: unknown): ToolkitError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  const hint = 'Check that it is TransNetV2 with the input "frames".';
  return new ToolkitError('model-failed', `The model ${model} ${what}${why}. ${hint}`, { cause });
}
