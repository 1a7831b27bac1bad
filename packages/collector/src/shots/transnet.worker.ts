import { ToolkitError } from '@internvid/core';
import type * as Runtime from 'onnxruntime-node';
import type {
  NetworkPath,
  WindowAnswer,
  WindowJudgement,
  WindowQuestion,
} from './transnet-messages.js';
import {
  KEPT_FRAMES,
  MARGIN_FRAMES,
  NETWORK_HEIGHT,
  NETWORK_WIDTH,
  WINDOW_FRAMES,
} from './transnet-windows.js';

type Network = (window: Uint8Array) => Promise<WindowJudgement>;

// The other side may be killed at any moment; nobody is left to answer then.
process.on('disconnect', () => process.exit());
// Ctrl-C goes to every process of a terminal: the other side decides what becomes of this one.
process.on('SIGINT', () => undefined);

process.once('message', ({ model }: NetworkPath) => {
  const network = loadNetwork(model);
  // One window at a time: a second would only wait for the same thread.
  let last: Promise<unknown> = network.catch(() => undefined);
  process.on('message', (question: WindowQuestion) => {
    last = last.then(async () => process.send?.(await answer(question, network)));
  });
});

async function answer(
  { id, window }: WindowQuestion,
  network: Promise<Network>,
): Promise<WindowAnswer> {
  try {
    return { id, judgement: await (await network)(window) };
  } catch (error) {
    const { code, message } = ToolkitError.from(error);
    return { id, failure: { code, message } };
  }
}

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
