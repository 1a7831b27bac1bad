import type { ModelText } from './checked-answer.js';
import type { ModelPlace } from './model-source.js';
import type { TimedWord } from './whisper-words.js';

/** A sound in the memory of a process: 16 kHz, one channel, -1 to 1. */
export type Sound = Float32Array<ArrayBuffer>;

/** What a voice detector carries from one stretch of a sound to the next. */
export type VoiceMemory = { readonly state: Sound; readonly context: Sound };

/** What a worker is told first: what it is to load. */
export type ModelToLoad =
  | { readonly kind: 'voice'; readonly weights: string }
  | {
      readonly kind: 'whisper' | 'image-to-text' | 'vision-chat' | 'clip';
      readonly place: ModelPlace;
    };

/** What is asked of each kind of model, and what it answers. */
export type Exchanges = {
  readonly voice: {
    readonly question: { readonly samples: Sound; readonly memory: VoiceMemory | undefined };
    readonly answer: { readonly probabilities: Sound; readonly memory: VoiceMemory };
  };
  readonly whisper: {
    readonly question: { readonly samples: Sound; readonly language: string | undefined };
    readonly answer: HeardPiece;
  };
  readonly 'image-to-text': {
    readonly question: {
      readonly picture: Uint8Array;
      readonly maxNewTokens: number;
      /** From 0, see `generationFor`. */
      readonly attempt: number;
    };
    readonly answer: ModelText;
  };
  readonly 'vision-chat': {
    readonly question: ChatQuestion;
    readonly answer: ChatAnswer;
  };
  readonly clip: {
    readonly question:
      { readonly texts: readonly string[] } | { readonly pictures: readonly Uint8Array[] };
    readonly answer: { readonly vectors: readonly Float32Array[] };
  };
};

/** One turn of a user: texts and encoded pictures in the order in which the model is to meet them. */
export type ChatQuestion = {
  readonly parts: readonly (
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'picture'; readonly picture: Uint8Array }
  )[];
  readonly maxNewTokens: number;
  /** From 0, see `generationFor`. */
  readonly attempt: number;
};

/** What a chat model said. */
export type ChatAnswer = ModelText & {
  /** Without those of the prompt. */
  readonly tokens: readonly number[];
};

/** What Whisper made of one piece of sound. */
export type HeardPiece = {
  readonly words: readonly TimedWord[];
  /** A word of the alphabet of BCP 47: `en`. */
  readonly language: string;
  /** Mean natural logarithm of the chosen tokens' probabilities, time marks among them. */
  readonly averageLogProbability: number;
  /** What the model gives to "nobody speaks"; absent where it was not asked. */
  readonly noSpeechProbability?: number;
};
