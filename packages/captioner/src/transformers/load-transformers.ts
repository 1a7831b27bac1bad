import type * as transformers from '@huggingface/transformers';
import { ToolkitError } from '@internvid/core';
import type { ModelPlace } from './model-source.js';

/** The module of transformers.js. */
export type Transformers = typeof transformers;

/** How a model is loaded from its place. */
export type LoadOptions = {
  readonly dtype: 'fp32';
  readonly device: 'cpu';
  readonly session_options: { readonly intraOpNumThreads?: number };
};

/**
 * Loads transformers.js and tells it where models lie: in the place given, and on the hub only where that is allowed. Its settings are
 * global, so a process holds models of one place.
 *
 * @throws ToolkitError `missing-dependency`.
 */
export async function loadTransformers(
  place: ModelPlace,
): Promise<{ readonly library: Transformers; readonly options: LoadOptions }> {
  const library = await importTransformers();
  const { env } = library;
  env.allowLocalModels = true;
  env.localModelPath = place.root;
  env.cacheDir = place.root;
  env.allowRemoteModels = place.remote !== undefined;
  if (place.remote !== undefined) {
    env.remoteHost = place.remote.host;
    // Not by its option `revision`: `pipeline` (4.3.1) reads some files of the branch `main` all the same.
    env.remotePathTemplate = `{model}/resolve/${place.remote.revision}/`;
  }
  // What it would warn of is decided here; errors are thrown.
  env.logLevel = library.LogLevel.ERROR;
  return {
    library,
    options: {
      // The names of weights grow with the library; it refuses those it does not know.
      dtype: place.dtype as 'fp32',
      device: 'cpu',
      session_options: place.threads === undefined ? {} : { intraOpNumThreads: place.threads },
    },
  };
}

async function importTransformers(): Promise<Transformers> {
  try {
    return await import('@huggingface/transformers');
  } catch (cause) {
    throw new ToolkitError(
      'missing-dependency',
      'Models of the Hugging Face hub run in transformers.js, which cannot be loaded: npm install @huggingface/transformers',
      { cause },
    );
  }
}
