import type { Sound } from '../transformers/model-messages.js';

/** Samples per second that a gate and a recogniser hear. */
export const SPEECH_RATE = 16_000;
/** Samples that a gate judges at once: 32 ms. */
export const GATE_WINDOW = 512;

/** A sound that is judged as it comes. */
export interface VoiceStream {
  /** Probability of speech for each `GATE_WINDOW` samples. @param samples whole windows, following the last ones. */
  probabilities(samples: Sound, signal: AbortSignal): Promise<Float32Array>;
}
