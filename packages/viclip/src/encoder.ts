import type { Producer } from '@internvid/core';

/** Turns texts into vectors whose dot product says how close their meanings are. */
export interface SentenceEncoder extends AsyncDisposable {
  /** Which model, weights and runtime: two encoders with equal producers give the same vectors. */
  readonly producer: Producer;
  /** Length of a vector. */
  readonly dimension: number;
  /** Primary language subtags (BCP 47) that the model was trained on; other text gives vectors without meaning. */
  readonly languages: readonly string[];
  /**
   * One vector of unit length for each text, in their order. Any number of texts; none gives none.
   *
   * @throws RangeError for a blank text. ToolkitError `model-failed` when the model breaks.
   */
  embedTexts(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]>;
}
