import type { Graph, Node } from '../model/graph.js';
import { parameterShapes } from '../model/parameters.js';
import { textGraph } from '../model/text.js';
import { visionGraph } from '../model/vision.js';
import { onnxFile, type OnnxFile } from '../onnx/onnx-file.js';
import { writeNodes } from '../onnx/translate.js';
import type { ViclipConfig } from '../variants.js';
import { blockStretches, type Stretch } from './recompute.js';
import { writeContrastiveLoss, type WrittenLoss } from './contrastive-loss.js';
import { writeBackward, type WrittenGradient, type WrittenGraph } from './differentiate.js';
import { droppedBranches, type DropPath } from './drop-path.js';

/** What the graphs of a training run are made from. */
export type TrainingGraphOptions = {
  /** Patch tokens of a clip that go through the blocks; all where undefined. */
  readonly kept?: number | undefined;
  /** Whether the text tower is trained too; otherwise its vectors are given. */
  readonly trainsText: boolean;
  readonly dropPath?: DropPath | undefined;
  /** What is computed again on the way back instead of kept. Default: nothing. */
  readonly recompute?: Recompute | undefined;
};

/** `blocks`: the steps within the residual blocks of the towers. */
export type Recompute = 'blocks';

/** An ONNX graph of a training run. Its inputs include every parameter that it reads, by key. */
export type TrainingGraph = {
  readonly bytes: Uint8Array;
  /** Gradients among the outputs, by key of the parameter. */
  readonly gradients: ReadonlyMap<string, WrittenGradient>;
};

/** Which tower a part of a step runs. */
export type TrainedTower = 'vision' | 'text';

/**
 * A whole step but the update: both towers forwards, the loss, and backwards. Inputs: those of the towers, `targets`, `exclusions`
 * and, where the text tower is frozen, `texts` `[batch, dimension]`. Outputs: `loss`, `cosines` and the gradients,
 * `gradient/<key>`.
 */
export function stepGraph(config: ViclipConfig, options: TrainingGraphOptions): TrainingGraph {
  const file = onnxFile('viclip-training');
  const vision = writeTower(file, config, 'vision', options);
  const text = options.trainsText ? writeTower(file, config, 'text', options) : undefined;
  const loss = writeLoss(file, config, {
    videos: outputOf(vision),
    texts: text === undefined ? vectors(file, config, 'texts') : outputOf(text),
  });
  const gradients = new Map<string, WrittenGradient>([
    ['temp', { kind: 'whole', name: loss.atTemperature }],
    ...backward(file, config, vision, loss.atVideos),
    ...(text === undefined ? [] : backward(file, config, text, loss.atTexts)),
  ]);
  lossOutputs(file, loss);
  return finished(file, config, gradients);
}

/** A tower forwards, without anything kept for the way back. Output: `vectors`. */
export function towerGraph(
  config: ViclipConfig,
  tower: TrainedTower,
  options: TrainingGraphOptions,
): TrainingGraph {
  const file = onnxFile(`viclip-${tower}`);
  const written = writeTower(file, config, tower, options);
  output(file, 'vectors', outputOf(written), ['batch', config.dimension]);
  return finished(file, config, new Map());
}

/**
 * A tower forwards and backwards from a given gradient. Inputs: those of the tower and `at-vectors` `[batch, dimension]`.
 * Outputs: the gradients.
 */
export function towerStepGraph(
  config: ViclipConfig,
  tower: TrainedTower,
  options: TrainingGraphOptions,
): TrainingGraph {
  const file = onnxFile(`viclip-${tower}-training`);
  const written = writeTower(file, config, tower, options);
  const seed = vectors(file, config, 'at-vectors');
  return finished(file, config, new Map(backward(file, config, written, seed)));
}

/**
 * The loss of vectors that are already there. Inputs: `videos`, `texts`, `temp`, `targets`, `exclusions`. Outputs: `loss`,
 * `cosines`, `at-videos`, `at-texts` and the gradient at the temperature.
 */
export function lossGraph(config: ViclipConfig): TrainingGraph {
  const file = onnxFile('viclip-loss');
  const [videos, texts] = [vectors(file, config, 'videos'), vectors(file, config, 'texts')];
  const loss = writeLoss(file, config, { videos, texts });
  lossOutputs(file, loss);
  output(file, 'at-videos', loss.atVideos, ['batch', config.dimension]);
  output(file, 'at-texts', loss.atTexts, ['batch', config.dimension]);
  const atTemperature = { kind: 'whole', name: loss.atTemperature } as const;
  return finished(file, config, new Map([['temp', atTemperature]]));
}

/** Name of the output that holds the gradient at a parameter. */
export function gradientName(key: string): string {
  return `gradient/${key}`;
}

type WrittenTower = WrittenGraph & {
  readonly factors: ReadonlyMap<number, string>;
  readonly recomputed: readonly Stretch[];
};

function writeTower(
  file: OnnxFile,
  config: ViclipConfig,
  tower: TrainedTower,
  { kept, dropPath, recompute }: TrainingGraphOptions,
): WrittenTower {
  const plain =
    tower === 'vision'
      ? visionGraph(config, kept === undefined ? {} : { kept })
      : textGraph(config);
  const graph = withOwnNames(plain, tower);
  const places = new Map(graph.nodes.map((node, place) => [node, place]));
  const dropped = tower === 'vision' ? droppedBranches(graph, config, dropPath) : [];
  const factors = new Map<number, string>();
  for (const { place, input, shape } of dropped) {
    file.input({ name: input, type: 'float32', shape });
    factors.set(place, input);
  }
  const adjust = (node: Node, written: string): string => {
    const factor = factors.get(places.get(node) ?? -1);
    return factor === undefined ? written : file.node('Mul', [written, factor]);
  };
  return {
    ...{ graph, factors },
    names: writeNodes(file, graph, { adjust }),
    write: (again) => writeNodes(file, graph, { adjust, again }),
    recomputed: recompute === 'blocks' ? blockStretches(graph, tower, config[tower].layers) : [],
  };
}

/** Steps that only have a number get the tower in front, so that both towers fit one file. */
function withOwnNames(graph: Graph, tower: TrainedTower): Graph {
  const isNumbered = ({ name, operation }: Node): boolean => name.startsWith(`${operation.kind}.`);
  const nodes = graph.nodes.map((node) =>
    isNumbered(node) ? { ...node, name: `${tower}/${node.name}` } : node,
  );
  return { ...graph, nodes };
}

function backward(
  file: OnnxFile,
  config: ViclipConfig,
  tower: WrittenTower,
  seed: string,
): ReadonlyMap<string, WrittenGradient> {
  const trained = new Set(parameterShapes(config).keys());
  const { factors, recomputed } = tower;
  return writeBackward(file, tower, { seed, trained, factors, recomputed });
}

function writeLoss(
  file: OnnxFile,
  config: ViclipConfig,
  given: { readonly videos: string; readonly texts: string },
): WrittenLoss {
  file.input({ name: 'temp', type: 'float32', shape: parameterShapes(config).get('temp') ?? [] });
  for (const name of ['targets', 'exclusions']) {
    file.input({ name, type: 'float32', shape: ['batch', 'batch'] });
  }
  const rest = { temperature: 'temp', targets: 'targets', exclusions: 'exclusions' };
  return writeContrastiveLoss(file, { ...given, ...rest });
}

function vectors(file: OnnxFile, { dimension }: ViclipConfig, name: string): string {
  file.input({ name, type: 'float32', shape: ['batch', dimension] });
  return name;
}

function finished(
  file: OnnxFile,
  config: ViclipConfig,
  gradients: ReadonlyMap<string, WrittenGradient>,
): TrainingGraph {
  const shapes = parameterShapes(config);
  for (const [key, { kind, name }] of gradients) {
    const shape = shapes.get(key) ?? [];
    const rows = ['batch' as const, config.text.context, ...shape.slice(1)];
    output(file, gradientName(key), name, kind === 'rows' ? rows : shape);
  }
  return { bytes: file.toBytes(), gradients };
}

function lossOutputs(file: OnnxFile, { loss, cosines }: WrittenLoss): void {
  output(file, 'loss', loss, []);
  output(file, 'cosines', cosines, ['batch', 'batch']);
}

function output(
  file: OnnxFile,
  name: string,
  from: string,
  shape: readonly (number | 'batch')[],
): void {
  file.node('Identity', [from], { outputs: [name] });
  file.output({ name, type: 'float32', shape });
}

function outputOf({ graph, names }: WrittenGraph): string {
  return names[graph.output] ?? '';
}
