import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { ToolkitError } from '@internvid/core';
import type { Picture } from '@internvid/core/media';
import type { UnsafeContentRater } from '../measure-unsafe-content.js';

/** The classes whose probabilities add up to the rate. */
const UNSAFE: ReadonlySet<string> = new Set(['Porn', 'Hentai']);
/** Side of the model's pictures, in pixels. */
const SIDE = 224;
const INSTALL =
  'npm install nsfwjs@4.3.0 @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0';

/**
 * A rater over nsfwjs and its MobileNetV2, on WebAssembly: the probability of its classes `Porn` and `Hentai`. It runs in this thread,
 * which it blocks for 60 to 200 ms a picture. Beside `nsfwjs`, `@tensorflow/tfjs` and `@tensorflow/tfjs-backend-wasm` must be
 * installed.
 *
 * @throws ToolkitError `missing-dependency` where one of them is not installed; `model-failed` where WebAssembly does not start.
 */
export async function nsfwjsRater(): Promise<UnsafeContentRater> {
  const tf = await optional<Tensorflow>('@tensorflow/tfjs');
  await startWasm(tf);
  const { load } = await optional<Nsfwjs>('nsfwjs/core');
  const { MobileNetV2Model } = await optional<NsfwjsModels>('nsfwjs/models/mobilenet_v2');
  const model = await load(await artifactsOf(tf, MobileNetV2Model), { size: SIDE });
  return {
    producer: {
      name: 'nsfwjs',
      version: versionOf('nsfwjs'),
      config: { model: MobileNetV2Model.name, runtime: `tfjs-wasm@${tf.version_core}` },
    },
    pictureSide: SIDE,
    async rate(picture, signal) {
      signal.throwIfAborted();
      const pixels = tensorOf(tf, picture);
      try {
        const classes = await model.classify(pixels);
        const unsafe = classes.filter(({ className }) => UNSAFE.has(className));
        return Math.min(
          1,
          unsafe.reduce((sum, { probability }) => sum + probability, 0),
        );
      } finally {
        pixels.dispose();
      }
    },
    [Symbol.asyncDispose]: () => {
      model.dispose();
      return Promise.resolve();
    },
  };
}

type Tensor = { dispose(): void };

/** The part of tfjs that is used here; the package is an optional peer, so its own types may not be there. */
type Tensorflow = {
  readonly version_core: string;
  readonly io: { fromMemory(artifacts: object): unknown };
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor3d(values: Int32Array, shape: readonly [number, number, number], type: 'int32'): Tensor;
};

type Nsfwjs = {
  /** Given where a model comes from, it prints nothing; given a model's name, it gives advice. */
  load(from: unknown, options: { readonly size: number }): Promise<NsfwModel>;
};

type NsfwModel = {
  classify(
    image: Tensor,
  ): Promise<readonly { readonly className: string; readonly probability: number }[]>;
  dispose(): void;
};

type WeightGroup = { readonly weights: readonly object[] };

type NsfwjsModels = {
  readonly MobileNetV2Model: {
    readonly name: string;
    modelJson(): Promise<{
      default: { modelTopology: object; weightsManifest: readonly WeightGroup[] };
    }>;
    readonly weightBundles: readonly (() => Promise<{ default: string }>)[];
  };
};

async function artifactsOf(
  tf: Tensorflow,
  { modelJson, weightBundles }: NsfwjsModels['MobileNetV2Model'],
): Promise<unknown> {
  const { modelTopology, weightsManifest } = (await modelJson()).default;
  const parts = await Promise.all(
    weightBundles.map(async (bundle) => Buffer.from((await bundle()).default, 'base64')),
  );
  return tf.io.fromMemory({
    modelTopology,
    weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
    weightData: new Uint8Array(Buffer.concat(parts)).buffer,
  });
}

function tensorOf(tf: Tensorflow, { width, height, format, data }: Picture): Tensor {
  if (width !== SIDE || height !== SIDE || format !== 'rgb24') {
    throw new RangeError(
      `picture must be ${SIDE}x${SIDE} rgb24, got ${width}x${height} ${format}.`,
    );
  }
  return tf.tensor3d(Int32Array.from(data), [height, width, 3], 'int32');
}

async function startWasm(tf: Tensorflow): Promise<void> {
  const wasm = await optional<{ setWasmPaths(folder: string): void }>(
    '@tensorflow/tfjs-backend-wasm',
  );
  wasm.setWasmPaths(dirname(resolved('@tensorflow/tfjs-backend-wasm/dist/index.js')) + sep);
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set(process.listeners(event as 'uncaughtException')));
  const started = await tf.setBackend('wasm');
  await tf.ready();
  // The WebAssembly module adds listeners that throw every asynchronous error again as its own.
  for (const [index, event] of events.entries()) {
    for (const listener of process.listeners(event as 'uncaughtException')) {
      if (before[index]?.has(listener) === false) process.removeListener(event, listener);
    }
  }
  if (!started) {
    throw new ToolkitError(
      'model-failed',
      'The WebAssembly backend of tfjs did not start; Node 20 or later has what it needs.',
    );
  }
}

async function optional<Module>(name: string): Promise<Module> {
  try {
    return (await import(name)) as Module;
  } catch (cause) {
    throw notInstalled(name, cause);
  }
}

function resolved(name: string): string {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw notInstalled(name, cause);
  }
}

function versionOf(name: string): string {
  // The package exports no package.json: it lies three folders above its entry.
  const entry = resolved(name);
  const root = entry.slice(0, entry.lastIndexOf(`${sep}dist${sep}`));
  const { version } = createRequire(import.meta.url)(`${root}${sep}package.json`) as {
    version: string;
  };
  return version;
}

function notInstalled(name: string, cause: unknown): ToolkitError {
  const message = `Rating unsafe content needs ${name}, which is not installed or does not load. Run: ${INSTALL}`;
  return new ToolkitError('missing-dependency', message, { cause });
}
