import { availableParallelism } from 'node:os';
import type { Producer } from '@internvid/core';
import type { FrameOutput } from '@internvid/core/media';
import type { DetectorFrame, ShotDetection, ShotDetector } from './detector.js';
import { transnetBoundaries, type TransnetHeads } from './transnet-boundaries.js';
import type { WindowJudgement } from './transnet-messages.js';
import { transnetProcesses, type TransnetProcesses } from './transnet-processes.js';
import { findWeights, weightsCache, type TransnetWeights } from './transnet-weights.js';
import { NETWORK_HEIGHT, NETWORK_WIDTH, transnetWindows } from './transnet-windows.js';

/** Settings of the TransNetV2 detector. */
export type TransnetDetectorOptions = {
  /** The network; there is no default, as none comes with this package. */
  readonly weights: TransnetWeights;
  /** A frame of a transition has a probability above this, 0 to 1. Default 0.5, the authors'. */
  readonly threshold?: number;
  /** Default `both`; `single` gives the boundaries that the authors publish, without gradual ones. */
  readonly heads?: TransnetHeads;
  /** Processes that run the network, some 370 MB each. Changes no boundary. Default: the number of processors. */
  readonly processes?: number;
  /** Where fetched weights are kept. Default: `$XDG_CACHE_HOME/internvid` or `~/.cache/internvid`. */
  readonly cacheDirectory?: string;
  /** Ends the fetching. */
  readonly signal?: AbortSignal;
};

/** As the authors' ffmpeg command makes them: the whole picture squeezed, whatever its shape. */
const OUTPUT: FrameOutput = {
  width: NETWORK_WIDTH,
  height: NETWORK_HEIGHT,
  format: 'rgb24',
  scaler: 'bicubic',
};

/** Windows of one video that wait for each process: one at work, one to follow at once. */
const AHEAD = 2;

/**
 * Finds hard cuts and gradual transitions with TransNetV2 (Soucek and Lokoc, arXiv 2008.04838), a neural network that looks at 100
 * small frames at a time. It runs in child processes that end with the detector: dispose of it.
 *
 * The confidence of a boundary is the network's own probability, of its surest frame.
 *
 * @throws RangeError for a setting out of its range; what `findWeights` throws. Its detections throw ToolkitError
 * `missing-dependency` where onnxruntime-node is not installed and `model-failed`.
 */
export async function transnetDetector(
  options: TransnetDetectorOptions,
): Promise<ShotDetector & AsyncDisposable> {
  const { threshold = 0.5, heads = 'both', processes = availableParallelism(), signal } = options;
  if (!(threshold > 0 && threshold < 1))
    throw new RangeError(`options.threshold must lie between 0 and 1, got ${threshold}.`);
  if (!Number.isSafeInteger(processes) || processes < 1)
    throw new RangeError(`options.processes must be at least 1, got ${processes}.`);
  const cacheDirectory = options.cacheDirectory ?? weightsCache();
  const { path, sha256 } = await findWeights(options.weights, cacheDirectory, signal);
  const network = transnetProcesses(path, processes);
  const producer: Producer = {
    name: 'transnet',
    version: '1',
    config: { threshold, heads, weights: sha256 },
  };
  return {
    producer,
    output: OUTPUT,
    start: (during) => startDetection(network, { threshold, heads, producer, signal: during }),
    [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
  };
}

type Settings = {
  readonly threshold: number;
  readonly heads: TransnetHeads;
  readonly producer: Producer;
  readonly signal: AbortSignal | undefined;
};

function startDetection(
  network: TransnetProcesses,
  { threshold, heads, producer, signal }: Settings,
): ShotDetection {
  const windows = transnetWindows();
  const boundaries = transnetBoundaries({ threshold, heads }, producer);
  const waiting: Promise<WindowJudgement>[] = [];
  /** Times of the frames that are not judged yet. */
  const timesMs: number[] = [];
  let judged = 0;

  const send = (window: Uint8Array): void => {
    const judgement = network.ask(window, signal);
    // Its failure is met when its turn comes; until then it must not count as unhandled.
    judgement.catch(() => undefined);
    waiting.push(judgement);
  };
  const settleFirst = async (): Promise<void> => {
    const judgement = await waiting.shift();
    if (judgement === undefined) return;
    const times = timesMs.splice(0, judgement.single.length);
    times.forEach((timeMs, at) => {
      const single = sigmoid(judgement.single[at] as number);
      const many = sigmoid(judgement.many[at] as number);
      boundaries.push({ index: judged++, timeMs, single, many });
    });
  };
  return {
    push({ timeMs, picture }: DetectorFrame) {
      if (picture.width !== NETWORK_WIDTH || picture.height !== NETWORK_HEIGHT)
        throw new RangeError(wrongSize(picture));
      timesMs.push(timeMs);
      const window = windows.push(picture.data);
      if (window === undefined) return undefined;
      send(window);
      return waiting.length > AHEAD * network.size ? settleFirst() : undefined;
    },
    async finish() {
      for (const window of windows.finish()) send(window);
      while (waiting.length > 0) await settleFirst();
      return boundaries.finish();
    },
  };
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

function wrongSize({ width, height }: { readonly width: number; readonly height: number }): string {
  return `The transnet detector takes frames of its "output", ${NETWORK_WIDTH} x ${NETWORK_HEIGHT}, got ${width} x ${height}.`;
}
