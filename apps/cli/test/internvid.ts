import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { sha256 } from '@internvid/core';

const BIN = fileURLToPath(new URL('../bin/internvid.js', import.meta.url));

/** What a finished command left. */
export type Finished = { readonly code: number | null; readonly out: string; readonly err: string };

/** Starts the built command line. */
export function start(
  args: readonly string[],
  cwd?: string,
): ChildProcess & { readonly done: Promise<Finished> } {
  const child = spawn(process.execPath, [BIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  const done = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]).then(
    ([[code], out, err]) => ({ code: code as number | null, out, err }),
  );
  return Object.assign(child, { done });
}

/** Runs the built command line to its end. */
export function internvid(args: readonly string[], cwd?: string): Promise<Finished> {
  return start(args, cwd).done;
}

/** Hashes of all files of a dataset but those that say how long things took. */
export async function contentsOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const contents: Record<string, string> = {};
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const key = path.slice(folder.length + 1);
    if (entry.isFile() && !key.startsWith('timings/')) contents[key] = sha256(await readFile(path));
  }
  return contents;
}
