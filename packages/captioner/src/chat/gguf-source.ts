import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { ToolkitError } from '@internvid/core';
import { ggufEngine } from './gguf-engine.js';
import type { GgufChoice, ModelSource } from './model-source.js';

/**
 * A GGUF file on this machine, run in this process by node-llama-cpp.
 *
 * @throws ToolkitError `not-found`, and `corrupt` for another kind of file.
 */
export function ggufSource({ model: path, threads }: GgufChoice): ModelSource {
  const model = `${basename(path)}@${hashOf(path)}`;
  const engine = ggufEngine(path, threads);
  return {
    identity: { provider: 'gguf', model },
    usesFetch: false,
    saysHowItEnded: true,
    // A second answer at the same time would make both as slow.
    atOnce: 1,
    isFree: true,
    async open(settings) {
      const { GgufChatModel } = await import('./gguf-chat-model.js');
      return new GgufChatModel({ engine, settings, model });
    },
    async close() {
      await engine[Symbol.asyncDispose]();
    },
  };
}

const END_BYTES = 65_536;
/** Of the format; the engine takes its time over files with another number in that place. */
const VERSIONS = [1, 2, 3];

/** Over the size and the first and last 64 kB, which is enough to tell two files of weights apart. */
function hashOf(path: string): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    throw new ToolkitError('not-found', `There is no GGUF file ${path}.`, { cause });
  }
  try {
    const { size } = fstatSync(file);
    const hash = createHash('sha256').update(String(size));
    for (const from of [0, Math.max(END_BYTES, size - END_BYTES)]) {
      const part = Buffer.alloc(END_BYTES);
      const bytes = part.subarray(0, readSync(file, part, 0, END_BYTES, from));
      if (from === 0 && !isGguf(part))
        throw new ToolkitError('corrupt', `${path} is no GGUF file.`);
      hash.update(bytes);
    }
    return hash.digest('hex').slice(0, 12);
  } finally {
    closeSync(file);
  }
}

function isGguf(start: Buffer): boolean {
  return start.toString('latin1', 0, 4) === 'GGUF' && VERSIONS.includes(start.readUInt32LE(4));
}
