import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { openVectorIndex, writeVectorFile, type VectorFormat } from '@internvid/viclip';

import { approximateSearch } from './approximate-search.js';
import { measured, type Bench, type Measurement } from './bench.js';
import { DIMENSION, vectorsOf } from './random-vectors.js';

const ROWS = 1_000_000;
const QUERIES = 5;
const REPEATS = 5;
const GIGABYTE = 2 ** 30;

/**
 * Searches a million random vectors one by one and compares the time with that of reading so much memory with as many threads,
 * and the ten best with those that a plain loop in 64-bit numbers finds. Where LanceDB is installed, an approximate index is measured too.
 */
export const bench: Bench = async ({ say }) => {
  const folder = await mkdtemp(join(tmpdir(), 'internvid-bench-'));
  try {
    say(`looking for the truth among ${ROWS} vectors of ${DIMENSION} numbers`);
    const queries = [...vectorsOf('query', QUERIES)];
    const truth = bestOnes(queries);
    const bandwidth = await memoryBandwidth();
    const measurements: Measurement[] = [];
    for (const format of ['float32', 'float16'] as const) {
      const path = join(folder, `${format}.safetensors`);
      say(`writing and searching ${format}`);
      await write(path, format);
      measurements.push(...(await search(path, format, { queries, truth, bandwidth })));
    }
    measurements.push(...(await approximateSearch(folder, { rows: ROWS, name: 'ann/1m', say })));
    return measurements;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

async function search(
  path: string,
  format: VectorFormat,
  {
    queries,
    truth,
    bandwidth,
  }: Readonly<{
    queries: readonly Float32Array[];
    truth: readonly ReadonlySet<string>[];
    bandwidth: number;
  }>,
): Promise<readonly Measurement[]> {
  const name = format === 'float32' ? 'exact/1m' : 'exact/1m-float16';
  const before = process.memoryUsage.rss();
  await using index = await openVectorIndex(path);
  const memory = process.memoryUsage.rss() - before;
  const times: number[] = [];
  let found = 0;
  for (const [number, query] of queries.entries()) {
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const start = performance.now();
      const matches = await index.search(query, { limit: 10 });
      times.push(performance.now() - start);
      if (repeat === 0) found += matches.filter(({ id }) => truth[number]?.has(id)).length;
    }
  }
  const milliseconds = times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
  const readMs = (index.bytes / bandwidth) * 1000;
  return [
    measured(name, 'ms-per-query', milliseconds, 'ms', 1000),
    measured(
      name,
      'recall-at-10',
      found / (10 * queries.length),
      'ratio',
      format === 'float32' ? 1 : 0.99,
    ),
    measured(name, 'memory', memory / 1e6, 'MB'),
    measured(name, 'ratio-to-memory-bandwidth', readMs / milliseconds, 'ratio'),
    measured(name, 'memory-bandwidth', bandwidth / 1e9, 'GB/s'),
  ];
}

async function write(path: string, format: VectorFormat): Promise<void> {
  const entries = async function* () {
    let row = 0;
    for (const vector of vectorsOf('clip', ROWS)) yield { id: `clip-${row++}`, vector };
  };
  const by = { name: 'random', version: '1', config: {} };
  await writeVectorFile(path, entries(), { dimension: DIMENSION, by, format });
}

function bestOnes(queries: readonly Float32Array[]): readonly ReadonlySet<string>[] {
  const cosines = queries.map(() => new Float64Array(ROWS));
  let row = 0;
  for (const vector of vectorsOf('clip', ROWS)) {
    let squares = 0;
    for (const value of vector) squares += value * value;
    const length = Math.sqrt(squares);
    for (const [number, query] of queries.entries()) {
      let sum = 0;
      for (let place = 0; place < DIMENSION; place++)
        sum += (vector[place] ?? 0) * (query[place] ?? 0);
      const line = cosines[number];
      if (line !== undefined) line[row] = sum / length;
    }
    row += 1;
  }
  return cosines.map((line) => {
    const tenth = Float64Array.from(line).sort().at(-10) ?? 0;
    return new Set(
      [...line.keys()]
        .filter((place) => (line[place] ?? 0) >= tenth)
        .map((place) => `clip-${place}`),
    );
  });
}

/** Bytes a second that all threads together read: each looks for a byte that is not in a gigabyte. */
async function memoryBandwidth(): Promise<number> {
  const code = `
    const { parentPort } = require('node:worker_threads');
    const bytes = Buffer.alloc(${GIGABYTE}, 7);
    parentPort.on('message', () => parentPort.postMessage(bytes.indexOf(1)));
    parentPort.postMessage('ready');`;
  const workers = Array.from(
    { length: availableParallelism() },
    () => new Worker(code, { eval: true }),
  );
  try {
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    let best = Infinity;
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const start = performance.now();
      const answers = workers.map((worker) => once(worker, 'message'));
      for (const worker of workers) worker.postMessage('go');
      await Promise.all(answers);
      best = Math.min(best, performance.now() - start);
    }
    return (workers.length * GIGABYTE * 1000) / best;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
