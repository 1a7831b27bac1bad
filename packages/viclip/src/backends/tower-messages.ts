import type { ErrorCode } from '@internvid/core';

/** A graph of a model folder: clips of all frames, single pictures, texts. */
export type Tower = 'vision' | 'image' | 'text';

/** Which processor runs a model. */
export type Provider = 'cpu' | 'cuda';

/** The first message to a process of towers: what it runs, and with what. */
export type TowerStart = {
  readonly engine: 'onnx' | 'tfjs';
  /** Path of the model folder. */
  readonly directory: string;
  readonly provider: Provider;
  /** Threads of one operation; 0 leaves the choice to the process. */
  readonly threads: number;
};

/** What runs the model: equal runtimes give equal numbers. */
export type Runtime = {
  /** `onnxruntime-node@1.30.0`. */
  readonly library: string;
  readonly provider: string;
  readonly threads: number;
};

/** Samples for a tower, one after the other. */
export type TowerQuestion = {
  readonly id: number;
  readonly tower: Tower;
  readonly samples: number;
  readonly values: Float32Array | Int32Array;
};

/** What a process of towers says. `rows` holds one vector after the other. */
export type TowerReply =
  | { readonly kind: 'ready'; readonly runtime: Runtime }
  | { readonly kind: 'unavailable'; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: 'answer'; readonly id: number; readonly rows: Float32Array }
  | {
      readonly kind: 'failure';
      readonly id: number;
      readonly code: ErrorCode;
      readonly message: string;
    };

/** The towers of a model in the process that runs them. */
export interface TowerEngine {
  readonly runtime: Runtime;
  /** @throws ToolkitError `model-failed`. */
  run(tower: Tower, samples: number, values: Float32Array | Int32Array): Promise<Float32Array>;
}
