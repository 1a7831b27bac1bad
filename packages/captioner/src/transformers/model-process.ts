import { workerPool, type WorkerPool } from '@internvid/core/processes';
import type { Exchanges, ModelToLoad } from './model-messages.js';

/** A process that holds one model, see `workerPool`. */
export type ModelProcess<Kind extends keyof Exchanges> = WorkerPool<
  Exchanges[Kind]['question'],
  Exchanges[Kind]['answer']
>;

const FILE = import.meta.url.endsWith('.ts') ? './model.worker.ts' : './model.worker.js';

/**
 * Starts a process and waits until its model is loaded.
 *
 * @throws ToolkitError `missing-dependency` where transformers.js is not installed, `model-failed` for a model that cannot be loaded.
 */
export async function modelProcess<Kind extends keyof Exchanges>(
  model: ModelToLoad & { readonly kind: Kind },
): Promise<ModelProcess<Kind>> {
  const worker: ModelProcess<Kind> = workerPool({
    program: new URL(FILE, import.meta.url),
    setup: model,
    size: 1,
    work: `runs a ${model.kind} model`,
  });
  try {
    await worker.ready();
    return worker;
  } catch (error) {
    await worker[Symbol.asyncDispose]();
    throw error;
  }
}
