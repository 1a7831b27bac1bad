import {
  readManifest,
  ToolkitError,
  type JsonObject,
  type Manifest,
  type StepKey,
  type Store,
} from '@internvid/core';

import type { StepName } from './steps.js';

/** The current steps of a dataset by name. */
export type CurrentSteps = {
  readonly manifest: Manifest;
  find(name: StepName): StepKey | undefined;
  /** As `find`, but undefined also where a step that it read was made anew since: its rows may be about what is no more. */
  fresh(name: StepName): StepKey | undefined;
  /** @throws ToolkitError `not-found` that names the command to run first. */
  need(name: StepName): StepKey;
};

/** Opens a dataset that is there. */
export async function currentSteps(store: Store): Promise<CurrentSteps> {
  const manifest = await readManifest(store);
  const find = (name: StepName): StepKey | undefined => {
    const found = isLeftOver(name, manifest) ? undefined : manifest.steps[name];
    return found && { name, fingerprint: found.fingerprint };
  };
  return {
    manifest,
    find,
    fresh: (name) => (isFresh(name, manifest) ? find(name) : undefined),
    need(name) {
      const found = find(name);
      if (found !== undefined) return found;
      const first =
        name === 'collect'
          ? `internvid collect VIDEOS --out ${store.location}`
          : name === 'embed-clips'
            ? `internvid embed ${store.location} --model FOLDER`
            : `internvid ${name} ${store.location}`;
      throw new ToolkitError(
        'not-found',
        `${store.location} has no ${name} step yet. Run first: ${first}`,
      );
    },
  };
}

/** Whether the steps that a step read are still the current ones, and theirs. */
function isFresh(name: string, manifest: Manifest): boolean {
  const { steps } = manifest;
  return Object.entries(readsOf(name, manifest)).every(
    ([read, fingerprint]) => steps[read]?.fingerprint === fingerprint && isFresh(read, manifest),
  );
}

/** Steps that are there for the captions alone. */
const FOR_CAPTIONS: readonly string[] = ['look', 'draft'];

/** Whether a step was there for captions that were since made without it. */
function isLeftOver(name: string, manifest: Manifest): boolean {
  if (!FOR_CAPTIONS.includes(name) || manifest.steps['caption'] === undefined) return false;
  return !Object.keys(manifest.steps).some(
    (other) => name in readsOf(other, manifest) && !isLeftOver(other, manifest),
  );
}

/** The fingerprints of the steps that a step read, by name. */
function readsOf(name: string, { steps }: Manifest): JsonObject {
  const reads = steps[name]?.parts[0]?.config['steps'];
  const isNamed = typeof reads === 'object' && reads !== null && !Array.isArray(reads);
  return isNamed ? (reads as JsonObject) : {};
}

/** Says on stderr that scores are left out because what they were made of was made anew since. */
export function noteOldScores({ find, fresh }: CurrentSteps, { location }: Store): void {
  const isOld = (name: StepName): boolean => find(name) !== undefined && fresh(name) === undefined;
  if (!isOld('score') && !isOld('aesthetics')) return;
  process.stderr.write(
    `The scores are of other clips, captions or vectors than there are now, and are left out. Make them anew: internvid score ${location}\n`,
  );
}
