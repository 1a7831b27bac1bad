import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from '@jest/globals';

/** The folder of models, media and expected values that lies beside the repository on machines that have it. */
export const SHARED: string = fileURLToPath(new URL('../../../../../shared/', import.meta.url));
export const TINY_MODELS: string = join(SHARED, 'golden/tiny-models');

/** `describe` where a path of the shared folder is there; else it says what is missing and skips. */
export function describeWith(path: string, title: string, body: () => void): void {
  const isThere = existsSync(join(SHARED, path));
  if (isThere) describe(title, body);
  else describe.skip(`${title} (skipped: ../shared/${path} is not there)`, body);
}

export function sharedJson(path: string): unknown {
  return JSON.parse(readFileSync(join(SHARED, path), 'utf8'));
}
