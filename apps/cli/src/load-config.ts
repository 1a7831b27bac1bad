import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { existsSync } from 'node:fs';

import { ToolkitError } from '@internvid/core';

import { parseConfig, type Config } from './config.js';

/** Looked for in the working folder, in this order, where no file is named. */
const CONFIG_FILES = ['ts', 'mts', 'js', 'mjs', 'json', 'yaml', 'yml'].map(
  (extension) => `internvid.config.${extension}`,
);

/** A config and the file that it came from. */
export type LoadedConfig = { readonly config: Config; readonly file?: string };

/**
 * Loads the named config file, or the first `internvid.config.*` of the working folder, or an empty config. A file in
 * TypeScript or JavaScript is a program and is run.
 *
 * @throws ToolkitError `not-found`, or `invalid-config` with a line for each fault.
 */
export async function loadConfig(named?: string): Promise<LoadedConfig> {
  const file =
    named === undefined
      ? CONFIG_FILES.map((name) => resolve(name)).find(existsSync)
      : resolve(named);
  if (file === undefined) return { config: {} };
  if (!existsSync(file)) throw new ToolkitError('not-found', `There is no config file ${file}.`);
  const parsed = parseConfig(await readAny(file));
  if ('faults' in parsed) {
    const faults = parsed.faults.map((fault) => `  ${fault}`).join('\n');
    throw new ToolkitError('invalid-config', `${file} does not fit:\n${faults}`);
  }
  return { config: parsed.config, file };
}

async function readAny(file: string): Promise<unknown> {
  try {
    switch (extname(file)) {
      case '.json':
        return JSON.parse(await readFile(file, 'utf8'));
      case '.yaml':
      case '.yml':
        return (await import('yaml')).parse(await readFile(file, 'utf8')) as unknown;
      default: {
        const { createJiti } = await import('jiti');
        return await createJiti(import.meta.url, { moduleCache: false }).import(file, {
          default: true,
        });
      }
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ToolkitError('invalid-config', `${file} cannot be read: ${reason}`, { cause: error });
  }
}
