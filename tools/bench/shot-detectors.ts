import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  adaptiveDetector,
  contentDetector,
  hashDetector,
  histogramDetector,
  thresholdDetector,
  transitionDetector,
  transnetDetector,
  type ShotDetector,
} from '@internvid/collector';
import type { Boundary } from '@internvid/core';
import type { Film } from './shot-films.js';

/** Finds the boundaries of one film; it reads the film as it likes. */
export type Detect = (film: Film) => Promise<readonly Boundary[]>;

/** A detector that is ready to be timed, and what it holds. */
export type OpenedDetector = AsyncDisposable & { readonly detect: Detect };

const TRANSNET = fileURLToPath(
  new URL('../../../shared/golden/transnetv2/transnetv2.onnx', import.meta.url),
);

/** The detectors by the name of their cases; `default` is the transition detector. */
const DETECTORS: Readonly<Record<string, () => Detect>> = {
  content: () => everyFrame(contentDetector()),
  adaptive: () => everyFrame(adaptiveDetector()),
  threshold: () => everyFrame(thresholdDetector()),
  histogram: () => everyFrame(histogramDetector()),
  hash: () => everyFrame(hashDetector()),
  default: () => everyFrame(transitionDetector()),
};

/** TransNetV2 with both of its heads, and as its authors read it. */
const NETWORKS: Readonly<Record<string, 'both' | 'single'>> = {
  transnet: 'both',
  'transnet-single': 'single',
};

/**
 * Names of the detectors that can be measured: those of the network only where its weights are.
 *
 * @param weights path of the network; default that of the shared goldens.
 */
export function detectorNames(weights: string = TRANSNET): readonly string[] {
  return [...Object.keys(DETECTORS), ...(existsSync(weights) ? Object.keys(NETWORKS) : [])];
}

/** Opens a detector by its name. */
export async function openDetector(
  name: string,
  weights: string = TRANSNET,
): Promise<OpenedDetector> {
  const heads = NETWORKS[name];
  if (heads !== undefined) {
    const detector = await transnetDetector({ weights: { path: weights }, heads });
    return {
      detect: everyFrame(detector),
      [Symbol.asyncDispose]: () => detector[Symbol.asyncDispose](),
    };
  }
  const detect = DETECTORS[name]?.();
  if (detect === undefined) {
    const names = detectorNames(weights).join(', ');
    throw new Error(
      `There is no detector "${name}", or its weights are missing. Detectors: ${names}.`,
    );
  }
  return { detect, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** Pushes every frame of the film, in the size that the detector wants. */
function everyFrame(detector: ShotDetector): Detect {
  return async ({ path, reader, size }) => {
    const detection = detector.start();
    const request = { select: { kind: 'all' }, outputs: [detector.output ?? size] } as const;
    for await (const { index, timeMs, pictures } of reader.frames(path, request)) {
      const [picture] = pictures;
      if (picture !== undefined) await detection.push({ index, timeMs, picture });
    }
    return detection.finish();
  };
}
