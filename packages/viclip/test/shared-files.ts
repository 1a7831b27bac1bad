import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, it } from '@jest/globals';

import type { Picture } from '@internvid/core/media';

/** Path of something in the folder of reference data beside the repository. */
export function shared(path: string): string {
  return fileURLToPath(new URL(`../../../../shared/${path}`, import.meta.url));
}

/** What a reference file holds. */
export function sharedJson(path: string): unknown {
  return JSON.parse(readFileSync(shared(path), 'utf8')) as unknown;
}

/** A suite that needs reference data; where it is absent, one skipped test says so. */
export function describeWith(path: string, name: string, body: () => void): void {
  if (existsSync(shared(path))) describe(name, body);
  else describe(name, () => it.skip(`needs ../shared/${path}`, () => undefined));
}

/** One colour everywhere. */
export function plain(
  colour: readonly [number, number, number],
  size: { readonly width: number; readonly height: number } = { width: 8, height: 6 },
): Picture {
  const { width, height } = size;
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => colour[at % 3] ?? 0);
  return { width, height, format: 'rgb24', data };
}
