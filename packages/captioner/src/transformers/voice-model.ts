import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Exchanges, Sound, VoiceMemory } from './model-messages.js';

type Voice = Exchanges['voice'];

/** Samples that the network looks at in one step, at 16 kHz: 32 ms. */
export const VOICE_WINDOW = 512;
/**
 * Samples before the window that the network sees with it. The graph takes any length without a word; without these it hears next to
 * nothing (version 6) or noise as speech (version 5).
 */
const CONTEXT = 64;
const STATE_SHAPE = [2, 1, 128];

/** Loads Silero's voice detector (version 5 or 6). It blocks the thread that it runs on. */
export async function loadVoiceModel(
  weights: string,
): Promise<(question: Voice['question']) => Promise<Voice['answer']>> {
  const session = await InferenceSession.create(weights, { intraOpNumThreads: 1 });
  const rate = new Tensor('int64', BigInt64Array.of(16_000n), []);
  return async ({ samples, memory = emptyMemory() }) => {
    const probabilities = new Float32Array(Math.floor(samples.length / VOICE_WINDOW));
    let state = new Tensor('float32', memory.state, STATE_SHAPE);
    let context = memory.context;
    for (const at of probabilities.keys()) {
      const window = samples.subarray(at * VOICE_WINDOW, (at + 1) * VOICE_WINDOW);
      const input = new Float32Array(CONTEXT + VOICE_WINDOW);
      input.set(context);
      input.set(window, CONTEXT);
      const results = await session.run({
        input: new Tensor('float32', input, [1, input.length]),
        state,
        sr: rate,
      });
      const { output, stateN } = results;
      if (!(output?.data instanceof Float32Array) || !(stateN?.data instanceof Float32Array))
        throw new TypeError(`${weights} is not the voice detector that is expected.`);
      probabilities[at] = output.data[0] ?? 0;
      state = new Tensor('float32', stateN.data, STATE_SHAPE);
      context = window.slice(-CONTEXT);
    }
    return { probabilities, memory: { state: new Float32Array(state.data as Sound), context } };
  };
}

function emptyMemory(): VoiceMemory {
  return { state: new Float32Array(2 * 128), context: new Float32Array(CONTEXT) };
}
