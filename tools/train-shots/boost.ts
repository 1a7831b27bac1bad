import {
  DEPTH,
  LEAVES,
  NODES,
  type Trees,
} from '../../packages/collector/src/shots/transition-trees.js';
import { randomFrom } from './random.js';

/** Lists of features with what is true of each. */
export type Examples = {
  readonly rows: readonly Float32Array[];
  readonly labels: readonly number[];
};

/** How trees are grown. */
export type BoostOptions = {
  readonly trees: number;
  /** Share of each tree's answer that is added. */
  readonly rate: number;
  /** Added to the weight of a leaf: pulls the answers of small leaves towards zero. */
  readonly ridge: number;
  readonly leastWeight: number;
};

const BINS = 64;
const ROWS_USED = 0.7;
const FEATURES_USED = 0.4;

/** Grows boosted trees for log loss, by histograms of second order as XGBoost does; the same examples give the same trees. */
export function boost({ rows, labels }: Examples, options: BoostOptions): Trees {
  const width = rows[0]?.length ?? 0;
  const edges = Array.from({ length: width }, (_, feature) => edgesOf(rows, feature));
  const binned = edges.map((bounds, feature) => binOf(rows, feature, bounds));
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const bias = Math.log((positives + 1) / (labels.length - positives + 1));
  const odds = new Float64Array(labels.length).fill(bias);
  const random = randomFrom(1);
  const trees = {
    features: new Uint8Array(options.trees * NODES),
    bounds: new Float32Array(options.trees * NODES).fill(Infinity),
    leaves: new Float32Array(options.trees * LEAVES),
  };
  const slope = new Float64Array(labels.length);
  const weight = new Float64Array(labels.length);
  for (let tree = 0; tree < options.trees; tree++) {
    for (let row = 0; row < labels.length; row++) {
      const chance = 1 / (1 + Math.exp(-(odds[row] as number)));
      const isUsed = random.chance(ROWS_USED) ? 1 : 0;
      slope[row] = isUsed * (chance - (labels[row] as number));
      weight[row] = isUsed * Math.max(1e-6, chance * (1 - chance));
    }
    const columns = edges.map((_, feature) => feature).filter(() => random.chance(FEATURES_USED));
    const used = Uint32Array.from(weight.keys()).filter((row) => (weight[row] as number) > 0);
    growTree({ binned, edges, slope, weight, used, columns, options, odds }, trees, tree);
  }
  return { bias, ...trees };
}

type Growing = {
  readonly binned: readonly Uint8Array[];
  readonly edges: readonly Float32Array[];
  readonly slope: Float64Array;
  readonly weight: Float64Array;
  /** Rows that the tree may see. */
  readonly used: Uint32Array;
  readonly columns: readonly number[];
  readonly options: BoostOptions;
  readonly odds: Float64Array;
};

type Split = { gain: number; feature: number; bin: number };

function growTree(growing: Growing, trees: Omit<Trees, 'bias'>, tree: number): void {
  const { binned, edges, odds } = growing;
  const place = new Uint8Array(odds.length);
  const sums = new Map<number, Sums>();
  for (let level = 0; level < DEPTH; level++) {
    const splits = bestSplits(growing, place, 2 ** level, sums);
    for (const [node, { feature, bin, gain }] of splits.entries()) {
      if (!(gain > 0)) continue;
      const at = tree * NODES + 2 ** level - 1 + node;
      trees.features[at] = feature;
      trees.bounds[at] = (edges[feature] as Float32Array)[bin] as number;
    }
    for (let row = 0; row < place.length; row++) {
      const { gain, feature, bin } = splits[place[row] as number] as Split;
      const goesRight = gain > 0 && ((binned[feature] as Uint8Array)[row] as number) > bin;
      place[row] = 2 * (place[row] as number) + (goesRight ? 1 : 0);
    }
  }
  setLeaves(growing, trees, tree, place);
}

function setLeaves(
  growing: Growing,
  trees: Omit<Trees, 'bias'>,
  tree: number,
  place: Uint8Array,
): void {
  const { slope, weight, odds, options } = growing;
  const slopes = new Float64Array(LEAVES);
  const weights = new Float64Array(LEAVES);
  for (let row = 0; row < place.length; row++) {
    const leaf = place[row] as number;
    slopes[leaf] = (slopes[leaf] as number) + (slope[row] as number);
    weights[leaf] = (weights[leaf] as number) + (weight[row] as number);
  }
  for (let leaf = 0; leaf < LEAVES; leaf++)
    trees.leaves[tree * LEAVES + leaf] =
      (-options.rate * (slopes[leaf] as number)) / ((weights[leaf] as number) + options.ridge);
  for (let row = 0; row < place.length; row++)
    odds[row] =
      (odds[row] as number) + (trees.leaves[tree * LEAVES + (place[row] as number)] as number);
}

/** Slopes and weights of a feature by node and bin. */
type Sums = { readonly slopes: Float64Array; readonly weights: Float64Array };

/** @param sums those of the level above, replaced by those of this one: only every other node has to be added up again. */
function bestSplits(
  growing: Growing,
  place: Uint8Array,
  nodes: number,
  sums: Map<number, Sums>,
): Split[] {
  const { used, columns, options } = growing;
  const best: Split[] = Array.from({ length: nodes }, () => ({ gain: 0, feature: 0, bin: BINS }));
  const rows = used.filter((row) => (place[row] as number) % 2 === 0);
  for (const feature of columns) {
    const here = addUp(growing, feature, place, rows, nodes);
    const above = sums.get(feature);
    if (above !== undefined) subtract(above, here);
    sums.set(feature, here);
    for (let node = 0; node < nodes; node++) {
      const split = bestBin(
        here.slopes.subarray(node * BINS, (node + 1) * BINS),
        here.weights.subarray(node * BINS, (node + 1) * BINS),
        options,
      );
      if (split.gain > (best[node] as Split).gain) best[node] = { ...split, feature };
    }
  }
  return best;
}

function addUp(
  { binned, slope, weight }: Growing,
  feature: number,
  place: Uint8Array,
  rows: Uint32Array,
  nodes: number,
): Sums {
  const slopes = new Float64Array(nodes * BINS);
  const weights = new Float64Array(nodes * BINS);
  const bins = binned[feature] as Uint8Array;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] as number;
    const cell = (place[row] as number) * BINS + (bins[row] as number);
    slopes[cell] = (slopes[cell] as number) + (slope[row] as number);
    weights[cell] = (weights[cell] as number) + (weight[row] as number);
  }
  return { slopes, weights };
}

/** What the left child of a node does not have, the right one has. */
function subtract(above: Sums, here: Sums): void {
  for (let at = 0; at < above.slopes.length; at++) {
    const left = Math.floor(at / BINS) * 2 * BINS + (at % BINS);
    here.slopes[left + BINS] = (above.slopes[at] as number) - (here.slopes[left] as number);
    here.weights[left + BINS] = (above.weights[at] as number) - (here.weights[left] as number);
  }
}

function bestBin(
  slopes: Float64Array,
  weights: Float64Array,
  { ridge, leastWeight }: BoostOptions,
): { gain: number; bin: number } {
  let [slope, weight] = [0, 0];
  for (let bin = 0; bin < BINS; bin++) {
    slope += slopes[bin] as number;
    weight += weights[bin] as number;
  }
  const worth = (s: number, w: number): number => (s * s) / (w + ridge);
  const best = { gain: 0, bin: BINS };
  let [left, leftWeight] = [0, 0];
  for (let bin = 0; bin < BINS - 1; bin++) {
    left += slopes[bin] as number;
    leftWeight += weights[bin] as number;
    if (leftWeight < leastWeight || weight - leftWeight < leastWeight) continue;
    const gain =
      worth(left, leftWeight) + worth(slope - left, weight - leftWeight) - worth(slope, weight);
    if (gain > best.gain) [best.gain, best.bin] = [gain, bin];
  }
  return best;
}

/** Upper bounds of the bins, at equal shares of the rows. */
function edgesOf(rows: readonly Float32Array[], feature: number): Float32Array {
  const step = Math.max(1, Math.floor(rows.length / 20_000));
  const values = Float32Array.from(
    rows.filter((_, row) => row % step === 0),
    (row) => row[feature] as number,
  ).sort();
  const edges: number[] = [];
  for (let bin = 1; bin < BINS; bin++) {
    const value = values[Math.floor((bin * values.length) / BINS)] as number;
    if (edges.length === 0 || value > (edges.at(-1) as number)) edges.push(value);
  }
  return Float32Array.from(edges);
}

function binOf(rows: readonly Float32Array[], feature: number, edges: Float32Array): Uint8Array {
  return Uint8Array.from(rows, (row) => {
    const value = row[feature] as number;
    let [low, high] = [0, edges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value <= (edges[middle] as number)) high = middle;
      else low = middle + 1;
    }
    return low;
  });
}
