import { deflateSync } from 'node:zlib';
import type { SpeechRejection } from './transcriber.js';

/** What was heard in a piece, for judging. */
export type HeardSpeech = {
  readonly text: string;
  /** How long each word takes by the decoder's own attention, in seconds. */
  readonly wordsS: readonly number[];
  /** How long the gate heard somebody speak in it. */
  readonly speechMs: number;
  readonly averageLogProbability: number;
  readonly noSpeechProbability?: number | undefined;
};

/**
 * Whisper's own rule for silence: nobody speaks, by its own token, and it is not sure of what it wrote.
 */
const NO_SPEECH = 0.6;
const NO_SPEECH_LOG_PROBABILITY = -1;
/** Below this it guesses. On 38 recordings with whisper-tiny.en speech is at -1.42 and above, what it invents over music, noise and silence at -1.69 and below. */
const UNCERTAIN = -1.55;
/** Whisper's own limit: text that a compressor makes so much smaller repeats itself. */
const COMPRESSION = 2.4;
/**
 * A decoder that hears what it writes moves on in the sound with every word. Of invented words more than half take no time at all (13 of 14
 * over music); of real ones less than a tenth.
 */
const TIMELESS_S = 0.03;
const TIMELESS_SHARE = 0.5;
const FEWEST_TO_COUNT = 4;
/** A phrase of up to 8 words that comes so often without a break. */
const REPETITIONS = 4;
const LONGEST_PHRASE = 8;
/** Fast speakers reach 6; a second is given on top, since gates trim. */
const WORDS_PER_SECOND = 7;
/** Longer texts of known inventions are speech about them. */
const FEW_WORDS = 8;

/** What the models write where nobody speaks, learnt from the ends of videos. In lower case, without marks. */
const INVENTIONS =
  /^(?:(?:thanks?(?: you)?(?: guys| so much| very much| all)? for watching(?: (?:the|this|my) video)?)|(?:(?:please |dont forget to )?(?:like and )?subscribe(?: to (?:my|the|our) channel)?)|(?:see you (?:in the )?next (?:time|video))|(?:subtitles? by .*)|(?:subtitles by the amara ?org community)|(?:copyright .*)|(?:transcription by .*)|you|bye(?: bye)?|the end)+$/;
/** Over so little speech a known invention is not believed; "you" and "bye" are said in less. */
const SHORT_SPEECH_MS = 900;

/** Why a text is not believed; `undefined` where it is. */
export function judgeSpeech(heard: HeardSpeech): SpeechRejection | undefined {
  const words = plainWords(heard.text);
  if (words.length === 0) return 'no-speech';
  const { averageLogProbability: sure, noSpeechProbability: silent = 0 } = heard;
  if (silent > NO_SPEECH && sure < NO_SPEECH_LOG_PROBABILITY) return 'no-speech';
  if (sure < UNCERTAIN) return 'uncertain';
  if (isTimeless(heard.wordsS)) return 'unaligned';
  if (isRepetitive(heard.text, words)) return 'repetitive';
  if (words.length > WORDS_PER_SECOND * (heard.speechMs / 1000 + 1)) return 'too-many-words';
  if (isKnownInvention(words, heard)) return 'known-invention';
  return undefined;
}

function isTimeless(wordsS: readonly number[]): boolean {
  const timeless = wordsS.filter((length) => length < TIMELESS_S).length;
  return wordsS.length >= FEWEST_TO_COUNT && timeless > wordsS.length * TIMELESS_SHARE;
}

function plainWords(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .map((word) => word.replace(/[^\p{L}\p{N}]/gu, ''))
    .filter((word) => word !== '');
}

function isRepetitive(text: string, words: readonly string[]): boolean {
  const bytes = Buffer.from(text);
  if (bytes.length / deflateSync(bytes).length > COMPRESSION) return true;
  for (let length = 1; length <= LONGEST_PHRASE; length++) {
    let same = 0;
    for (let at = length; at < words.length; at++) {
      same = words[at] === words[at - length] ? same + 1 : 0;
      // A repeated digit or letter may be spelt out; phrases of one word need more to be called a loop.
      const needed = length === 1 ? 2 * REPETITIONS : REPETITIONS;
      if (same >= length * (needed - 1)) return true;
    }
  }
  return false;
}

function isKnownInvention(words: readonly string[], { speechMs }: HeardSpeech): boolean {
  return (
    words.length <= FEW_WORDS && speechMs < SHORT_SPEECH_MS && INVENTIONS.test(words.join(' '))
  );
}
