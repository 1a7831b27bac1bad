import { join } from 'node:path';

import { ToolkitError } from '@internvid/core';
import {
  openLanceIndex,
  openVectorIndex,
  writeLanceIndex,
  writeVectorFile,
  type VectorIndex,
} from '@internvid/viclip';

import { measured, type Measurement } from './bench.js';
import { DIMENSION, vectorsOf } from './random-vectors.js';

const CLUSTERS = 500;
const QUERIES = 50;
/** Length of what is added to a cluster's centre, and to a vector to make a query of it, as a share of the centre's. */
const SPREAD = 0.8;
const BY = { name: 'random', version: '1', config: {} };

/**
 * Searches random vectors in clusters approximately, and counts how many of the ten best it finds. Vectors without clusters, as the
 * exact search has them, have no neighbours worth finding. Nothing is measured where LanceDB is not installed.
 */
export async function approximateSearch(
  parent: string,
  { rows, name, say }: Readonly<{ rows: number; name: string; say: (line: string) => void }>,
): Promise<readonly Measurement[]> {
  const folder = join(parent, 'lance');
  const start = performance.now();
  try {
    say(`writing an approximate index of ${rows} vectors`);
    await writeLanceIndex(folder, entries(rows), { dimension: DIMENSION, by: BY });
  } catch (error) {
    if (!ToolkitError.is(error) || error.code !== 'missing-dependency') throw error;
    say(`${name} is left out: ${error.message}`);
    return [];
  }
  const writeSeconds = (performance.now() - start) / 1000;
  const queries = queriesFor(rows);
  const before = process.memoryUsage.rss();
  await using index = await openLanceIndex({ folder });
  const { found, milliseconds } = await ask(index, queries);
  const memory = process.memoryUsage.rss() - before;
  const truth = await exactly(join(parent, 'clusters.safetensors'), rows, queries);
  const hits = found.flatMap((ids, query) => ids.filter((id) => truth[query]?.includes(id))).length;
  return [
    measured(name, 'ms-per-query', milliseconds, 'ms'),
    measured(name, 'recall-at-10', hits / (10 * QUERIES), 'ratio', 0.95),
    measured(name, 'memory', memory / 1e6, 'MB'),
    measured(name, 'write', writeSeconds, 's'),
  ];
}

async function exactly(
  path: string,
  rows: number,
  queries: readonly Float32Array[],
): Promise<readonly (readonly string[])[]> {
  await writeVectorFile(path, entries(rows), { dimension: DIMENSION, by: BY });
  await using index = await openVectorIndex(path);
  return (await ask(index, queries)).found;
}

async function ask(
  index: VectorIndex,
  queries: readonly Float32Array[],
): Promise<{ found: readonly (readonly string[])[]; milliseconds: number }> {
  const found: (readonly string[])[] = [];
  const times: number[] = [];
  for (const query of queries) {
    const start = performance.now();
    const matches = await index.search(query, { limit: 10 });
    times.push(performance.now() - start);
    found.push(matches.map(({ id }) => id));
  }
  const milliseconds = times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
  return { found, milliseconds };
}

async function* entries(rows: number): AsyncGenerator<{ id: string; vector: Float32Array }> {
  const centres = [...vectorsOf('centre', CLUSTERS)];
  let row = 0;
  for (const noise of vectorsOf('clip', rows)) {
    yield { id: `clip-${row}`, vector: near(centres[clusterOf(row)], noise) };
    row += 1;
  }
}

/** Vectors beside centres that clips have too. */
function queriesFor(rows: number): readonly Float32Array[] {
  const centres = [...vectorsOf('centre', CLUSTERS)];
  return [...vectorsOf('query', QUERIES)].map((noise, query) =>
    near(centres[clusterOf(Math.floor((query * rows) / QUERIES))], noise),
  );
}

const clusterOf = (row: number): number => (row * 7919) % CLUSTERS;

function near(centre: Float32Array = new Float32Array(DIMENSION), noise: Float32Array) {
  return centre.map((value, place) => value + SPREAD * (noise[place] ?? 0));
}
