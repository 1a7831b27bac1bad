import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { fileStore } from '@internvid/core';

import { datasetClips } from '../../../src/train/data/dataset-clips.js';
import type { LogEntry } from '../../../src/train/run/run-log.js';
import type { TrainRunOptions } from '../../../src/train/run/run-options.js';
import type { TrainRunReport } from '../../../src/train/run/run-report.js';
import { trainViclip } from '../../../src/train/run/train-viclip.js';
import { seededWeights } from '../../../src/weights/seeded.js';
import { byteTokenizer, SMALL } from '../../small-model.js';

/** Sizes that hold the captions of drawn clips. */
export const CONFIG: typeof SMALL = { ...SMALL, text: { ...SMALL.text, context: 32 } };

/** Two short stages on a drawn dataset. */
export async function trainDrawn(
  dataset: string,
  out: string,
  changes: Partial<TrainRunOptions> = {},
): Promise<TrainRunReport> {
  const data = await datasetClips({ store: fileStore(dataset) });
  const stage = { epochs: 3, warmupEpochs: 0.5, learningRate: 1e-3, batch: 8 };
  return trainViclip({
    ...{ data, out, threads: 1, start: seededWeights(CONFIG), tokenizer: byteTokenizer },
    stages: [
      { ...stage, name: 'masked', maskRatio: 0.5 },
      { ...stage, name: 'unmasked', maskRatio: 0, epochs: 1.5, learningRate: 1e-4 },
    ],
    settings: { trainsText: true, averageDecay: 0.9, dropPath: { rate: 0.2, unit: 'token' } },
    ...{ validation: 0.2, mirrors: false, checkpointEvery: 2, notNegatives: 'video' },
    ...changes,
  });
}

/** The losses that a run logged, update by update. */
export async function loggedLosses(out: string): Promise<readonly (readonly [number, number])[]> {
  const lines = (await readFile(join(out, 'log.jsonl'), 'utf8')).trim().split('\n');
  const entries = lines.map((line) => JSON.parse(line) as LogEntry);
  return entries.flatMap((entry) => (entry.type === 'step' ? [[entry.update, entry.loss]] : []));
}
