import type { TextClaim } from './text-claims.js';
import { chosen, listed } from './wording.js';

/** Says what can be read, word for word, with what appears later in its order. */
export function textSentence(
  texts: readonly TextClaim[],
  frames: number,
  seed: string,
): string | undefined {
  const [first] = texts;
  if (first === undefined) return undefined;
  const later = frames >= 3 ? texts.filter(({ firstFrame }) => firstFrame > 0) : [];
  const early = texts.filter((text) => !later.includes(text));
  if (early.length === 0) return appearing(later, seed);
  const opening = standing(early, seed);
  return later.length === 0 ? opening : `${opening}; ${followed(later)}`;
}

/** The texts as a noun phrase; nothing where some appear later. */
export function textPhrase(texts: readonly TextClaim[], frames: number): string | undefined {
  if (frames >= 3 && texts.some(({ firstFrame }) => firstFrame > 0)) return undefined;
  return `the ${nounFor(texts)} ${quotes(texts)}`;
}

function standing(texts: readonly TextClaim[], seed: string): string {
  const quoted = quotes(texts);
  const noun = nounFor(texts);
  const several = noun !== 'text' || texts.length > 1;
  return chosen(
    [
      `text in the picture reads ${quoted}`,
      `the ${noun} ${quoted} can be read`,
      `on screen ${several ? 'are' : 'is'} the ${noun} ${quoted}`,
      `the ${noun} on screen ${several ? 'are' : 'is'} ${quoted}`,
    ],
    seed,
    'text',
  );
}

function appearing(texts: readonly TextClaim[], seed: string): string {
  const noun = nounFor(texts);
  const verb = noun === 'text' && texts.length === 1 ? 'appears' : 'appear';
  return chosen(
    [`the ${noun} ${quotes(texts)} ${verb}`, `the ${noun} ${quotes(texts)} ${verb} on screen`],
    seed,
    'text',
  );
}

function followed(texts: readonly TextClaim[]): string {
  return `then ${quotes(texts)} ${texts.length > 1 ? 'follow' : 'follows'}`;
}

function quotes(texts: readonly TextClaim[]): string {
  return listed(texts.map(({ text }) => `"${text}"`));
}

/** Several words are words, one or a number is a text. */
function nounFor(texts: readonly TextClaim[]): 'words' | 'text' | 'texts' {
  if (texts.some(({ text }) => /\d/.test(text))) return texts.length > 1 ? 'texts' : 'text';
  if (texts.length === 1) return /\s/.test(texts[0]?.text ?? '') ? 'words' : 'text';
  return 'words';
}
