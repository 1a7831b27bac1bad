import type { Store } from '@internvid/core';
import { memoryStore } from '@internvid/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';

import {
  exportJsonl,
  exportParquet,
  exportWebDataset,
  knownDataset,
  validateExport,
  type Sample,
} from '../../src/index.js';
import { drawnSamples, streamed } from '../drawn-samples.js';
import { OTHER } from '../generated-folder.js';
import { drawnClips } from '../text-to-video/drawn-clips.js';

let store: Store;
let samples: readonly Sample[];

beforeEach(async () => {
  store = memoryStore();
  samples = await drawnSamples(store, 6);
});

describe('validateExport with the dataset at hand', () => {
  const EXPORTS = { webdataset: exportWebDataset, jsonl: exportJsonl, parquet: exportParquet };
  it.each(['webdataset', 'jsonl', 'parquet'] as const)(
    'names captions and clips of a %s that belong elsewhere',
    async (format) => {
      const to = { samples: streamed(samples), store, prefix: 'exports/x', name: 'x' };
      await EXPORTS[format](to);
      const [first, ...rest] = samples as [Sample, ...Sample[]];
      const captions = first.captions.map((caption) => ({ ...caption, text: OTHER }));
      const check = async (of: readonly Sample[]): Promise<readonly string[]> => {
        const known = await knownDataset(streamed(of));
        const found: string[] = [];
        for await (const finding of validateExport(store, 'exports/x', { known }))
          found.push(finding.problem);
        return found;
      };
      expect(await check(samples)).toEqual([]);
      expect(await check([{ ...first, captions }, ...rest])).toEqual(['foreign-caption']);
      expect(await check(rest)).toEqual(['unknown-clip']);
    },
  );

  it('names a clip file that was cut off before it was packed', async () => {
    const whole = await drawnClips().make(
      {
        clip: samples[0]!.clip,
        span: samples[0]!.clip.span,
        crop: { left: 0, top: 0, width: 64, height: 48 },
        width: 64,
        height: 48,
        frames: 5,
        fps: 5,
      },
      undefined,
    );
    const clipFile = ({ clip }: Sample): Promise<Uint8Array> =>
      Promise.resolve(clip.id === samples[3]!.clip.id ? whole.slice(0, 900) : whole);
    const to = { samples: streamed(samples), store, prefix: 'exports/x', name: 'x', clipFile };
    await exportWebDataset(to);
    const found: string[] = [];
    for await (const { problem, message } of validateExport(store, 'exports/x'))
      found.push(`${problem}: ${message}`);
    expect(found).toEqual([
      expect.stringContaining(`unreadable-clip: ${samples[3]!.clip.id}.mp4 is no whole MP4`),
    ]);
  });
});
