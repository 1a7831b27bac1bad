import type { Provider } from './tower-messages.js';
import { viclipEncoder, type ViclipEncoder, type ViclipOptions } from './viclip-encoder.js';

/** How onnxruntime runs a model. */
export type OnnxViclipOptions = ViclipOptions & {
  /** Default `cpu`. A provider that is not there is an error, never another one instead. */
  readonly provider?: Provider;
  /** Threads of the processor. Default as many as it has. */
  readonly threads?: number;
};

/**
 * ViCLIP on onnxruntime, in a process of its own that keeps its towers loaded. A tower is loaded at its first use.
 *
 * @throws ToolkitError `not-found` or `corrupt` for what is no model folder, `missing-dependency` for a provider that is not there,
 * `invalid-config` for a tokenizer of another model.
 */
export async function onnxViclip(options: OnnxViclipOptions): Promise<ViclipEncoder> {
  const { provider = 'cpu', threads = 0 } = options;
  if (!Number.isSafeInteger(threads) || threads < 0) {
    throw new RangeError(`options.threads must be a whole number, got ${threads}.`);
  }
  return viclipEncoder(options, { engine: 'onnx', provider, threads });
}
