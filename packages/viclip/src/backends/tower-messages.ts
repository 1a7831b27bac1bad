/** A graph of a model folder: clips of all frames, single pictures, texts. */
export type Tower = 'vision' | 'image' | 'text';

/** Which processor runs a model. */
export type Provider = 'cpu' | 'cuda';

/** What a process of towers is told first: what it runs, and with what. */
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

/** What a process of towers can be asked: what it runs on, or for the vectors of samples, one after the other. */
export type TowerQuestion =
  | { readonly kind: 'about' }
  | {
      readonly kind: 'run';
      readonly tower: Tower;
      readonly samples: number;
      readonly values: Float32Array | Int32Array;
    };

/** The answer to each kind of question. `rows` holds one vector after the other. */
export type TowerAnswer =
  | { readonly kind: 'about'; readonly runtime: Runtime; readonly pid: number }
  | { readonly kind: 'run'; readonly rows: Float32Array };

/** The towers of a model in the process that runs them. */
export interface TowerEngine {
  readonly runtime: Runtime;
  /** @throws ToolkitError `model-failed`. */
  run(tower: Tower, samples: number, values: Float32Array | Int32Array): Promise<Float32Array>;
}
