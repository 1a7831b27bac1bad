import { z } from 'zod';

import { ToolkitError } from './errors.js';
import { canonicalJson } from './json.js';
import { MANIFEST_KEY } from './layout.js';
import type { Part, Step } from './pipeline.js';
import { SCHEMA_VERSION } from './report.js';
import type { Store } from './store.js';

/** What a dataset says of itself: which fingerprint of each step is the current one, and what that step is made of. */
export type Manifest = {
  readonly schema: number;
  readonly steps: {
    readonly [step: string]: { readonly fingerprint: string; readonly parts: readonly Part[] };
  };
};

const manifestSchema = z.object({
  schema: z.int(),
  steps: z.record(
    z.string(),
    z.object({
      fingerprint: z.string(),
      parts: z.array(
        z.object({ name: z.string(), version: z.int(), config: z.record(z.string(), z.json()) }),
      ),
    }),
  ),
});

/**
 * Reads a dataset's manifest; an empty one where there is none yet.
 *
 * @throws ToolkitError `corrupt`, also for a dataset of a newer schema.
 */
export async function readManifest(store: Store): Promise<Manifest> {
  if ((await store.stat(MANIFEST_KEY)) === undefined) return { schema: SCHEMA_VERSION, steps: {} };
  const text = Buffer.from(await store.read(MANIFEST_KEY)).toString('utf8');
  let manifest: Manifest;
  try {
    manifest = manifestSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new ToolkitError(
      'corrupt',
      `${MANIFEST_KEY} in ${store.location} is no manifest of a dataset.`,
      { cause: error },
    );
  }
  if (manifest.schema !== SCHEMA_VERSION) {
    const versions = `schema ${manifest.schema}, this toolkit knows ${SCHEMA_VERSION}`;
    throw new ToolkitError(
      'corrupt',
      `The dataset in ${store.location} has ${versions}. Use the version that made it.`,
    );
  }
  return manifest;
}

/** Makes a step's fingerprint the current one of its dataset. */
export async function recordStep(store: Store, step: Step): Promise<void> {
  const manifest = await readManifest(store);
  if (manifest.steps[step.name]?.fingerprint === step.fingerprint) return;
  const { name, fingerprint, parts } = step;
  const next: Manifest = {
    ...manifest,
    steps: { ...manifest.steps, [name]: { fingerprint, parts } },
  };
  const text = JSON.stringify(JSON.parse(canonicalJson(next)), undefined, 2);
  await store.write(MANIFEST_KEY, `${text}\n`);
}
