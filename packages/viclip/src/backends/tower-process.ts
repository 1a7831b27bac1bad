import { workerPool, type WorkerPool } from '@internvid/core/processes';

import type { Runtime, Tower, TowerAnswer, TowerQuestion, TowerStart } from './tower-messages.js';

/** A process that holds the towers of a model, see `workerPool`. */
export interface TowerProcess extends AsyncDisposable {
  readonly runtime: Runtime;
  /** Of the process that was started first, for whoever watches its memory. */
  readonly pid: number;
  /**
   * The vectors of samples, one after the other, not of unit length.
   *
   * @throws ToolkitError `model-failed`, also when the process died; the signal's reason when it aborts.
   */
  run(
    tower: Tower,
    samples: number,
    values: Float32Array | Int32Array,
    signal?: AbortSignal,
  ): Promise<Float32Array>;
}

const FILE = import.meta.url.endsWith('.ts') ? './tower.worker.ts' : './tower.worker.js';

/** Starts the process. @throws ToolkitError `missing-dependency`, `not-found`, `corrupt` or `model-failed` when it cannot work. */
export async function towerProcess(start: TowerStart): Promise<TowerProcess> {
  const worker: WorkerPool<TowerQuestion, TowerAnswer> = workerPool({
    program: new URL(FILE, import.meta.url),
    setup: start,
    size: 1,
    work: 'runs the model',
  });
  try {
    const { runtime, pid } = expected('about', await worker.ask({ kind: 'about' }));
    return {
      runtime,
      pid,
      run: async (tower, samples, values, signal) =>
        expected('run', await worker.ask({ kind: 'run', tower, samples, values }, signal)).rows,
      [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
    };
  } catch (error) {
    await worker[Symbol.asyncDispose]();
    throw error;
  }
}

type Answer<Kind> = Extract<TowerAnswer, { readonly kind: Kind }>;

function expected<Kind extends TowerAnswer['kind']>(kind: Kind, answer: TowerAnswer): Answer<Kind> {
  if (answer.kind !== kind) throw new TypeError(`The process answered "${answer.kind}".`);
  return answer as Answer<Kind>;
}
