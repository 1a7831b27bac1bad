import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Folder of the reference numbers, which is not part of the repository. */
export const GOLDEN: string = fileURLToPath(
  new URL('../../../../../shared/golden/', import.meta.url),
);

/** Why reference numbers are not compared, or undefined where they are there. */
export const noGolden: string | undefined = existsSync(GOLDEN)
  ? undefined
  : `the reference numbers are not at ${GOLDEN}`;
