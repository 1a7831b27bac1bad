import type { Provider } from './tower-messages.js';
import { viclipEncoder, type ViclipEncoder, type ViclipOptions } from './viclip-encoder.js';

/** How tfjs runs a model. */
export type TfjsViclipOptions = ViclipOptions & {
  /** `cpu` is WebAssembly on one thread (default), `cuda` the optional package `@tensorflow/tfjs-node-gpu`. */
  readonly provider?: Provider;
};

/**
 * ViCLIP on tfjs, in a process of its own: the same steps and weights as on onnxruntime, several times slower on a processor.
 *
 * @throws ToolkitError as `onnxViclip`, and `invalid-config` for a model in 8 bits.
 */
export async function tfjsViclip(options: TfjsViclipOptions): Promise<ViclipEncoder> {
  return viclipEncoder(options, {
    engine: 'tfjs',
    provider: options.provider ?? 'cpu',
    threads: 1,
  });
}
