import { mersenneTwister, type RandomStream } from '../../subsets/mersenne-twister.js';
import { cosine, unit, type ClipVectors } from './vectors.js';

/** Vectors in a cluster on average: as many again are looked at in the next nearest one. */
const VECTORS_IN_CLUSTER = 200;

/** Fewer vectors are one cluster: then every pair is looked at. */
const WORTH_CLUSTERING = 4000;

const SAMPLED_PER_CENTRE = 32;
const ROUNDS = 8;
const SEED = 42;

/** Which vectors lie near each other. */
export type Clusters = {
  /** Numbers of the vectors in each cluster; a vector is in one. */
  readonly members: readonly Uint32Array[];
  /** For each vector its cluster, and the next nearest (the same one where there is but one). */
  readonly nearest: Uint32Array;
  readonly second: Uint32Array;
};

/**
 * Spherical k-means in two levels: the vectors around the square root of as many centres, and those of each around as many again,
 * so that a vector is compared with some 140 centres where a million vectors have 5,000. Centres are learned from a sample; the
 * same vectors give the same clusters.
 */
export function clusterVectors(vectors: ClipVectors): Clusters {
  const count = vectors.clips.length;
  const all = Uint32Array.from({ length: count }, (_, number) => number);
  const nearest = new Uint32Array(count);
  const second = new Uint32Array(count);
  if (count < WORTH_CLUSTERING) return { members: [all], nearest, second };
  const random = mersenneTwister(SEED);
  const fanOut = Math.ceil(Math.sqrt(count / VECTORS_IN_CLUSTER));
  const upper = learnCentres(vectors, all, fanOut, random);
  const groups = groupsOf(
    divide(vectors, all, upper).map((members) =>
      learnCentres(vectors, members, Math.min(fanOut, members.length), random),
    ),
    upper,
  );
  for (const number of all) {
    const vector = vectors.vector(number);
    const [group, beside] = twoNearest(
      vector,
      groups.map(({ centre }) => centre),
    );
    const candidates = [...(groups[group]?.leaves ?? []), ...(groups[beside]?.leaves ?? [])];
    const [first, next] = twoNearest(
      vector,
      candidates.map(({ centre }) => centre),
    );
    nearest[number] = candidates[first]?.number ?? 0;
    second[number] = candidates[next]?.number ?? 0;
  }
  const leaves = groups.reduce((sum, group) => sum + group.leaves.length, 0);
  return { members: membersOf(nearest, leaves), nearest, second };
}

type Group = {
  readonly centre: Float32Array;
  readonly leaves: readonly { readonly number: number; readonly centre: Float32Array }[];
};

/** Numbers the leaves through; a group that nothing is nearest to is left out. */
function groupsOf(
  leaves: readonly (readonly Float32Array[])[],
  upper: readonly Float32Array[],
): readonly Group[] {
  let number = 0;
  return leaves.flatMap((centres, at) => {
    const centre = upper[at];
    if (centre === undefined || centres.length === 0) return [];
    return [{ centre, leaves: centres.map((own) => ({ number: number++, centre: own })) }];
  });
}

function learnCentres(
  vectors: ClipVectors,
  members: Uint32Array,
  count: number,
  random: RandomStream,
): readonly Float32Array[] {
  const sample = drawSome(members, count * SAMPLED_PER_CENTRE, random);
  let centres: readonly Float32Array[] = Array.from(sample.slice(0, count), (number) =>
    vectors.vector(number).slice(),
  );
  for (let round = 0; round < ROUNDS; round++) {
    const next = divide(vectors, sample, centres);
    centres = centres.map((centre, at) => {
      const own = next[at] ?? new Uint32Array();
      return own.length === 0 ? centre : meanOf(Array.from(own, (n) => vectors.vector(n)));
    });
  }
  return centres;
}

function divide(
  vectors: ClipVectors,
  members: Uint32Array,
  centres: readonly Float32Array[],
): readonly Uint32Array[] {
  const nearest = Uint32Array.from(members, (n) => twoNearest(vectors.vector(n), centres)[0]);
  return membersOf(nearest, centres.length).map((places) =>
    places.map((place) => members[place] as number),
  );
}

function twoNearest(
  vector: Float32Array,
  centres: readonly Float32Array[],
): readonly [number, number] {
  let [first, second] = [0, 0];
  let [highest, next] = [-Infinity, -Infinity];
  for (const [at, centre] of centres.entries()) {
    const value = cosine(vector, centre);
    if (value > highest) {
      [second, next] = [first, highest];
      [first, highest] = [at, value];
    } else if (value > next) [second, next] = [at, value];
  }
  return [first, second];
}

function membersOf(clusterOf: Uint32Array, clusters: number): readonly Uint32Array[] {
  const sizes = new Uint32Array(clusters);
  for (const cluster of clusterOf) sizes[cluster] = (sizes[cluster] as number) + 1;
  const members = Array.from(sizes, (size) => new Uint32Array(size));
  const filled = new Uint32Array(clusters);
  for (const [number, cluster] of clusterOf.entries()) {
    const place = filled[cluster] as number;
    (members[cluster] as Uint32Array)[place] = number;
    filled[cluster] = place + 1;
  }
  return members;
}

function meanOf(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors)
    for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] as number) + (vector[at] as number);
  return unit(sum);
}

/** The first of a shuffle: Fisher and Yates, only as far as needed. */
function drawSome(members: Uint32Array, count: number, random: RandomStream): Uint32Array {
  const shuffled = members.slice();
  const drawn = Math.min(count, shuffled.length);
  for (let at = 0; at < drawn; at++) {
    const other = at + Math.floor(random.nextUniform() * (shuffled.length - at));
    const kept = shuffled[at] as number;
    shuffled[at] = shuffled[other] as number;
    shuffled[other] = kept;
  }
  return shuffled.slice(0, drawn);
}
