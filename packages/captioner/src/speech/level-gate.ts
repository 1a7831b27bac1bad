import { GATE_WINDOW, type VoiceStream } from './voice-stream.js';

/** Below this nobody is understood: an almost silent room is near -52 dB, quiet speech near -34 dB (RMS, full scale = 0 dB). */
const FLOOR_DB = -48;
/** So much louder than the quietest of the last seconds is something that comes and goes, as speech does; an engine or music stays. */
const ABOVE_QUIET_DB = 8;
/** Windows that the quietest is looked for in: 8 s. */
const MEMORY = 250;

/** Tells loud from quiet, window by window: 1 or 0. */
export function levelStream(): VoiceStream {
  const recent: number[] = [];
  return {
    probabilities: (samples) => {
      const answers = new Float32Array(Math.floor(samples.length / GATE_WINDOW));
      for (const at of answers.keys()) {
        const level = decibels(samples.subarray(at * GATE_WINDOW, (at + 1) * GATE_WINDOW));
        recent.push(level);
        if (recent.length > MEMORY) recent.shift();
        const quiet = Math.min(...recent);
        answers[at] = level > Math.max(FLOOR_DB, quiet + ABOVE_QUIET_DB) ? 1 : 0;
      }
      return Promise.resolve(answers);
    },
  };
}

function decibels(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return 10 * Math.log10(sum / samples.length + 1e-10);
}
