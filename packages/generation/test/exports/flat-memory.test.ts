import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { clipId, frameId, span, videoId, type Store } from '@internvid/core';
import { memoryStore } from '@internvid/core/testing';
import { beforeAll, describe, expect, it } from '@jest/globals';

import {
  exportJsonl,
  exportParquet,
  exportWebDataset,
  type ExportOptions,
  type ExportReport,
  type Sample,
} from '../../src/index.js';
import { drawnSamples } from '../drawn-samples.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Whole row groups, so that both have as many rows waiting. */
const FEW = 10_000;
const MANY = 30_000;
/** Ids of videos and what the engine compiles take 2 to 13 MB; to keep the samples would take more than 50. */
const MAX_GROWTH_BYTES = 25e6;

let drawn: Sample;
let pictures: Store;

beforeAll(async () => {
  pictures = memoryStore();
  [drawn] = (await drawnSamples(pictures, 1)) as [Sample];
});

/** Keeps nothing of what is written. */
function discarding(): Store {
  return {
    ...memoryStore(),
    read: (key, range, signal) => pictures.read(key, range, signal),
    async write(key, body) {
      let bytes = 0;
      if (typeof body === 'string' || body instanceof Uint8Array) bytes = body.length;
      else for await (const chunk of body) bytes += chunk.byteLength;
      return { key, bytes };
    },
  };
}

/** A clip of its own, twenty to a video. */
function numbered(at: number): Sample {
  const id = videoId(`video ${Math.floor(at / 20)}`, drawn.frames[0]!.picture.sha256);
  const where = span(at * 1000, at * 1000 + 900);
  const clip = { ...drawn.clip, id: clipId(id, where), span: where };
  return {
    ...drawn,
    clip: { ...clip, video: { ...drawn.clip.video, id } },
    captions: drawn.captions.map((each) => ({ ...each, text: `${each.text} ${at}` })),
    frames: drawn.frames.map((each) => ({ ...each, id: frameId(clip.id, each.timeMs) })),
  };
}

async function growth(
  exported: (options: ExportOptions) => Promise<ExportReport>,
): Promise<number> {
  const heap: number[] = [];
  async function* samples(): AsyncGenerator<Sample> {
    for (let at = 0; at < MANY; at++) {
      yield numbered(at);
      if (at + 1 !== FEW && at + 1 !== MANY) continue;
      collectGarbage();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      heap.push(heapUsed + arrayBuffers);
    }
  }
  const to = { samples: samples(), store: discarding(), prefix: 'exports/x', name: 'x' };
  expect((await exported(to)).samples).toBe(MANY);
  const [early = 0, late = 0] = heap;
  return late - early;
}

describe('the memory of an export', () => {
  it.each([
    ['webdataset', exportWebDataset],
    ['jsonl', exportJsonl],
    ['parquet', exportParquet],
  ] as const)(
    'of %s stays flat from 10 000 to 30 000 clips',
    async (_, exported) => {
      expect(await growth(exported)).toBeLessThan(MAX_GROWTH_BYTES);
    },
    120_000,
  );
});
