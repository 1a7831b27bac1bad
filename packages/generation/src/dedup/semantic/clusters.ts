import { mersenneTwister, type RandomStream } from '../../subsets/mersenne-twister.js';
import { dot, unit, type ClipVectors } from './vectors.js';

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
  /** For each vector the cluster next to its own (its own where there is but one). */
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
  if (count < WORTH_CLUSTERING) return { members: [all], second };
  const random = mersenneTwister(SEED);
  const fanOut = Math.ceil(Math.sqrt(count / VECTORS_IN_CLUSTER));
  const upper = learnCentres(vectors, all, fanOut, random);
  const groups = divide(vectors, all, upper).map((members) =>
    learnCentres(vectors, members, Math.min(fanOut, members.length), random),
  );
  let leaves = 0;
  const firsts = groups.map((centres) => (leaves += centres.count) - centres.count);
  for (const number of all) {
    const vector = vectors.vector(number);
    const best = nearestTwo();
    best.look(vector, upper, 0);
    const near = nearestTwo();
    for (const group of new Set([best.first, best.second]))
      near.look(vector, groups[group] as Centres, firsts[group] as number);
    nearest[number] = near.first;
    second[number] = near.second;
  }
  return { members: membersOf(nearest, leaves), second };
}

/** Unit vectors one behind the other. */
type Centres = { readonly count: number; readonly values: Float32Array };

function learnCentres(
  vectors: ClipVectors,
  members: Uint32Array,
  count: number,
  random: RandomStream,
): Centres {
  const { dimension } = vectors;
  const sample = drawSome(members, count * SAMPLED_PER_CENTRE, random);
  const values = new Float32Array(count * dimension);
  for (let centre = 0; centre < count; centre++)
    values.set(vectors.vector(sample[centre] as number), centre * dimension);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [centre, own] of divide(vectors, sample, { count, values }).entries())
      if (own.length > 0) values.set(meanOf(vectors, own), centre * dimension);
  }
  return { count, values };
}

function divide(
  vectors: ClipVectors,
  members: Uint32Array,
  centres: Centres,
): readonly Uint32Array[] {
  const nearest = members.map((number) => {
    const best = nearestTwo();
    best.look(vectors.vector(number), centres, 0);
    return best.first;
  });
  return membersOf(nearest, centres.count).map((places) =>
    places.map((place) => members[place] as number),
  );
}

/** The two centres nearest to a vector among all that it was held against; the same twice where there was but one. */
type NearestTwo = {
  readonly first: number;
  readonly second: number;
  /** @param number of the first of the centres. */
  look(vector: Float32Array, centres: Centres, number: number): void;
};

function nearestTwo(): NearestTwo {
  let [first, second] = [0, 0];
  let [highest, next] = [-Infinity, -Infinity];
  return {
    get first() {
      return first;
    },
    get second() {
      return next === -Infinity ? first : second;
    },
    look(vector, { count, values }, number) {
      for (let at = 0; at < count; at++) {
        const value = dot(vector, 0, values, at * vector.length, vector.length);
        if (value > highest) {
          [second, next] = [first, highest];
          [first, highest] = [number + at, value];
        } else if (value > next) [second, next] = [number + at, value];
      }
    },
  };
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

function meanOf(vectors: ClipVectors, members: Uint32Array): Float32Array {
  const sum = new Float32Array(vectors.dimension);
  for (const member of members) {
    const vector = vectors.vector(member);
    for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] as number) + (vector[at] as number);
  }
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
