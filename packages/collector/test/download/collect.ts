import { fileStore, from, localExecutor, step, tableSink, videosTable } from '@internvid/core';
import type { RunReport } from '@internvid/core';
import { ffmpegFrameReader } from '@internvid/core/media';
import type { VideoCandidate } from '../../src/download/candidate.js';
import { downloadVideos } from '../../src/download/download-videos.js';
import { candidateSource } from './candidate-source.js';

/** What a process is told. */
export type Order = {
  readonly dataset: string;
  readonly folder: string;
  readonly candidates: readonly VideoCandidate[];
};

/** Collects into a dataset, in this process or, when this file is what node was started with, in one of its own. */
export function collect({ dataset, folder, candidates }: Order): Promise<RunReport> {
  const stage = downloadVideos({
    ...{ folder, frames: ffmpegFrameReader(), concurrency: 2 },
    ...{ allowPrivateAddresses: ['127.0.0.1'], stallMs: 20_000 },
    perHost: { concurrency: 2, requestsPerSecond: 1_000 },
  });
  const pipeline = from(candidateSource(candidates, 3)).through(stage);
  const collecting = step('collect', pipeline, tableSink(videosTable));
  return localExecutor({ concurrency: 1 }).run(collecting, { store: fileStore(dataset) });
}

const order = process.argv[2];
if (order?.startsWith('{"dataset":') === true) await collect(JSON.parse(order) as Order);
