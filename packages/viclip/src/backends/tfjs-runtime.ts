import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';

import { ToolkitError } from '@internvid/core';
import * as tf from '@tensorflow/tfjs-core';

import type { Provider, Runtime } from './tower-messages.js';

const WASM = '@tensorflow/tfjs-backend-wasm';
const GPU = '@tensorflow/tfjs-node-gpu';

/**
 * Starts tfjs, for the whole process: WebAssembly on the processor, on one thread, or tfjs-node-gpu where it is installed.
 *
 * @throws ToolkitError `missing-dependency` without the backend, `model-failed` where it does not start.
 */
export function startTfjs(provider: Provider): Promise<Runtime> {
  return provider === 'cuda' ? startGpu() : startWasm();
}

async function startWasm(): Promise<Runtime> {
  const { setWasmPaths, version_wasm } = await import('@tensorflow/tfjs-backend-wasm');
  const runtime = { library: `tfjs-wasm@${version_wasm}`, provider: 'cpu', threads: 1 };
  // Once it runs, it refuses to be told where its files are.
  if (tf.getBackend() === 'wasm') return runtime;
  const require = createRequire(import.meta.url);
  setWasmPaths(join(dirname(require.resolve(`${WASM}/package.json`)), 'dist') + sep);
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set(process.listeners(event as 'uncaughtException')));
  const started = await tf.setBackend('wasm');
  await tf.ready();
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
  return runtime;
}

async function startGpu(): Promise<Runtime> {
  try {
    await import(GPU);
  } catch (cause) {
    throw new ToolkitError(
      'missing-dependency',
      `${GPU} is not installed or does not start here. Run: npm install ${GPU}@4.22.0, or use the provider "cpu".`,
      { cause },
    );
  }
  if (!(await tf.setBackend('tensorflow'))) {
    throw new ToolkitError('missing-dependency', `${GPU} is installed and did not start.`);
  }
  return { library: `tfjs-node-gpu@${tf.version_core}`, provider: 'cuda', threads: 0 };
}
