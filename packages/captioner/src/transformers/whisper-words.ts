/** A word as Whisper tells it: its text with the space before it, its times in seconds from the start of the piece. */
export type TimedWord = { readonly text: string; readonly startS: number; readonly endS: number };

/** What a decoder gave: tokens after the ones that it was given, and for each the time at which it attended most. */
export type TimedTokens = {
  readonly tokens: readonly number[];
  readonly times: readonly number[];
  /** From here on tokens are no text: marks of language, task and time. */
  readonly firstMark: number;
  decode(tokens: readonly number[]): string;
};

type Part = { readonly text: string; readonly startS: number; readonly endS: number };

const PUNCTUATION = /^[\p{P}\s]+$/u;
/** Scripts that put no space between words: there every character is a word of its own, as in Whisper's own code. */
const UNSPACED =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/**
 * Puts tokens together to words. The time that transformers.js 4 gives a token is that of the attention with which the token *after* it was
 * chosen, so a token begins at the time of the one before it (OpenAI's own alignment reads it so; without this every word is late by
 * about 0.3 s). Punctuation belongs to the word before it and takes no time: else a pause would.
 */
export function whisperWords(timed: TimedTokens): readonly TimedWord[] {
  const words: TimedWord[] = [];
  for (const part of partsOf(timed)) {
    const last = words.at(-1);
    const opens = /^\s|^[([{"“¿¡]/.test(part.text) || UNSPACED.test(part.text);
    if (last === undefined || opens) words.push(part);
    else {
      const endS = PUNCTUATION.test(part.text) ? last.endS : part.endS;
      words[words.length - 1] = { ...last, text: last.text + part.text, endS };
    }
  }
  return words.filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
}

/** Runs of text tokens that decode to whole characters: some characters are several tokens. */
function* partsOf({ tokens, times, firstMark, decode }: TimedTokens): Generator<Part> {
  let pending: number[] = [];
  let startS = 0;
  for (const [at, token] of tokens.entries()) {
    if (token >= firstMark) continue;
    if (pending.length === 0) startS = times[at - 1] ?? 0;
    pending.push(token);
    const text = decode(pending);
    if (text.includes('\uFFFD') && pending.length < 4) continue;
    yield { text, startS, endS: times[at] ?? startS };
    pending = [];
  }
}
