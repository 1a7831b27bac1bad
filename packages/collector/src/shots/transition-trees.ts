/** Levels of decisions in each tree. */
export const DEPTH = 4;
/** Decisions and answers of a tree. */
export const NODES: number = 2 ** DEPTH - 1;
export const LEAVES: number = 2 ** DEPTH;

/** Boosted trees as plain arrays, tree after tree; the nodes of a tree level by level. */
export type Trees = {
  readonly bias: number;
  /** Which feature a node asks for, and where it sends values up to that bound to the left. */
  readonly features: Uint8Array;
  readonly bounds: Float32Array;
  /** Log odds that each leaf adds. */
  readonly leaves: Float32Array;
};

/** Probability between 0 and 1 that the trees give to a list of features. */
export function probability(trees: Trees, features: readonly number[] | Float32Array): number {
  let odds = trees.bias;
  const count = trees.leaves.length / LEAVES;
  for (let tree = 0; tree < count; tree++) {
    const first = tree * NODES;
    let node = 0;
    while (node < NODES) {
      const value = features[trees.features[first + node] as number] as number;
      node = 2 * node + (value <= (trees.bounds[first + node] as number) ? 1 : 2);
    }
    odds += trees.leaves[tree * LEAVES + node - NODES] as number;
  }
  return 1 / (1 + Math.exp(-odds));
}

/** Trees as text: base64 of bias, bounds, leaves (32-bit little endian) and features (bytes). */
export function encodeTrees({ bias, bounds, leaves, features }: Trees): string {
  const parts = [Float32Array.of(bias), bounds, leaves];
  const bytes = parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength));
  return Buffer.concat([...bytes, features]).toString('base64');
}

/** The inverse of `encodeTrees`. */
export function decodeTrees(text: string): Trees {
  const bytes = Buffer.from(text, 'base64');
  const perTree = NODES * 5 + LEAVES * 4;
  const count = (bytes.length - 4) / perTree;
  let offset = 0;
  const floats = (length: number): Float32Array => {
    const values = Float32Array.from({ length }, (_, at) => bytes.readFloatLE(offset + 4 * at));
    offset += 4 * length;
    return values;
  };
  const [bias] = floats(1) as unknown as [number];
  const bounds = floats(count * NODES);
  const leaves = floats(count * LEAVES);
  return { bias, bounds, leaves, features: Uint8Array.from(bytes.subarray(offset)) };
}
