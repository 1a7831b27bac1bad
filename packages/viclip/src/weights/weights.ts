import type { ViclipConfig } from '../variants.js';

/** The parameters of a model, read one at a time: a large model never lies in memory as a whole because of this. */
export interface Weights extends AsyncDisposable {
  readonly config: ViclipConfig;
  /** What was done to the numbers on their way from the file, a sentence each. Empty for a ViCLIP checkpoint as it is. */
  readonly changes: readonly string[];
  /**
   * The numbers of a parameter, row-major, with the shape that `parameterShapes` says. The caller may keep but not change them.
   *
   * @throws RangeError for a name that the model does not have; ToolkitError where its file fails.
   */
  read(name: string, signal?: AbortSignal): Promise<Float32Array>;
}
