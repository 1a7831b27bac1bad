import { elementsOf, type Graph } from '../../src/model/graph.js';
import { graphBuilder, type Builder, type Value } from '../../src/model/builder.js';
import { onnxFile } from '../../src/onnx/onnx-file.js';
import { writeNodes, type WrittenAgain } from '../../src/onnx/translate.js';
import { writeBackward } from '../../src/train/differentiate.js';
import { graphSession, type Numbers, type TrainingEngine } from '../../src/train/graph-session.js';
import { seededValues } from '../../src/weights/seeded.js';

/** A graph that reads parameters `a`, `b`, `c` of the shapes given. */
export type SmallGraph = {
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly inputs?: Readonly<Record<string, Numbers>>;
  readonly build: (g: Builder) => Value;
};

/** The largest gap between a gradient and finite differences, by parameter, relative to the parameter's largest derivative. */
export async function gradientGaps(
  small: SmallGraph,
  engine: TrainingEngine,
): Promise<Readonly<Record<string, number>>> {
  const g = graphBuilder(new Map(Object.entries(small.parameters)));
  const graph = g.graph(small.build(g));
  const given = new Map<string, Numbers>(Object.entries(small.inputs ?? {}));
  for (const [key, sizes] of Object.entries(small.parameters)) {
    given.set(key, { values: seededValues(key, elementsOf(sizes), { amplitude: 1 }), sizes });
  }
  const seed = { values: seededValues('seed', 1000, { amplitude: 1 }), sizes: [] };
  await using forward = await graphSession(forwardFile(graph), { engine });
  const output = async (): Promise<Float32Array> =>
    (await forward.run((name) => given.get(name)!)).get('y')!;
  const y = await output();
  seed.values = seed.values.slice(0, y.length);
  const value = async (): Promise<number> =>
    (await output()).reduce((sum, one, at) => sum + one * seed.values[at]!, 0);
  const found = await backward(graph, given, seed.values, engine);
  const gaps: Record<string, number> = {};
  for (const key of Object.keys(small.parameters)) {
    const numbers = given.get(key)!.values as Float32Array;
    const slopes = await differences(numbers, value);
    const largest = Math.max(...slopes.map(Math.abs), 0.1);
    gaps[key] = Math.max(
      ...slopes.map(
        (slope, at) => Math.abs(slope - (found.get(key)?.[at] ?? Number.NaN)) / largest,
      ),
    );
  }
  return gaps;
}

/** Central differences; a step this wide loses the least between rounding in float32 and curvature. */
async function differences(
  numbers: Float32Array,
  value: () => Promise<number>,
): Promise<readonly number[]> {
  const width = 1 / 128;
  const slopes: number[] = [];
  for (const [at, start] of numbers.entries()) {
    numbers[at] = start + width;
    const above = await value();
    numbers[at] = start - width;
    slopes.push((above - (await value())) / (2 * width));
    numbers[at] = start;
  }
  return slopes;
}

function forwardFile(graph: Graph): Uint8Array {
  const file = onnxFile('forward');
  const names = writeNodes(file, graph);
  file.node('Identity', [names[graph.output]!], { outputs: ['y'] });
  file.output({ name: 'y', type: 'float32', shape: graph.nodes[graph.output]!.shape });
  return file.toBytes();
}

async function backward(
  graph: Graph,
  given: ReadonlyMap<string, Numbers>,
  seed: Float32Array,
  engine: TrainingEngine,
): Promise<ReadonlyMap<string, Float32Array>> {
  const file = onnxFile('backward');
  const names = writeNodes(file, graph);
  const { shape } = graph.nodes[graph.output]!;
  file.input({ name: 'at-y', type: 'float32', shape });
  const trained = new Set([...given.keys()]);
  const write = (again: WrittenAgain): readonly string[] => writeNodes(file, graph, { again });
  const gradients = writeBackward(file, { graph, names, write }, { seed: 'at-y', trained });
  for (const [key, { name }] of gradients) {
    file.node('Identity', [name], { outputs: [`gradient/${key}`] });
    const rank = given.get(key)!.sizes.map(() => 'batch' as const);
    file.output({ name: `gradient/${key}`, type: 'float32', shape: rank });
  }
  await using session = await graphSession(file.toBytes(), { engine });
  const sizes = shape.map((size) => (size === 'batch' ? seed.length / elementsOf(shape) : size));
  const outputs = await session.run((name) =>
    name === 'at-y' ? { values: seed, sizes } : given.get(name)!,
  );
  return new Map([...gradients.keys()].map((key) => [key, outputs.get(`gradient/${key}`)!]));
}
