import type { Store } from '@internvid/core';
import { memoryStore } from '@internvid/core/testing';
import { expect } from '@jest/globals';

import { knownDataset, validateGenerated, type Sample } from '../src/index.js';
import { drawnSamples, streamed } from './drawn-samples.js';

/** Folder of the set. */
export const PREFIX = 'generated/set';

/** A caption of none of the drawn clips. */
export const OTHER = 'Something that nobody said of this clip.';

/** A generated set in memory, of six drawn clips of two videos. */
export type GeneratedFolder = {
  readonly store: Store;
  readonly samples: readonly Sample[];
  /**
   * What is wrong with the set besides the sizes and hashes of its files, as `file: problem: message`.
   *
   * @param of the samples that the dataset has now; the others were withdrawn where `areWithdrawn` is set.
   */
  problems(of?: readonly Sample[], areWithdrawn?: boolean): Promise<readonly string[]>;
  text(name: string): Promise<string>;
  change(name: string, how: (text: string) => string): Promise<void>;
};

/** A folder with nothing in it yet. */
export async function generatedFolder(): Promise<GeneratedFolder> {
  const store = memoryStore();
  const samples = await drawnSamples(store, 6);
  const text = async (name: string): Promise<string> =>
    Buffer.from(await store.read(`${PREFIX}/${name}`)).toString();
  return {
    store,
    samples,
    text,
    async problems(of = samples, areWithdrawn = false) {
      const others = samples.filter((sample) => !of.includes(sample)).map(({ clip }) => clip);
      const known = await knownDataset(streamed(of), areWithdrawn ? others : []);
      const found: string[] = [];
      for await (const { file, problem, message } of validateGenerated(store, PREFIX, { known }))
        if (!['wrong-size', 'wrong-checksum'].includes(problem))
          found.push(`${file}: ${problem}: ${message}`);
      return found;
    },
    async change(name, how) {
      const before = await text(name);
      const after = how(before);
      expect(after).not.toBe(before);
      await store.write(`${PREFIX}/${name}`, after);
    },
  };
}
