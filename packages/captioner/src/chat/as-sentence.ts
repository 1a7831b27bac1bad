/** What models that think aloud put before their answer. */
const THOUGHT = /^\s*<think>.*?<\/think>/su;
/** Marks that end a sentence. */
const END = /[.!?…。！？।؟]["”’»)]?$/u;

/**
 * An answer as one line of text: thoughts left out, white space made single, quotation marks around the whole taken off, a capital at its beginning and, in
 * languages that end a sentence with one, a full stop. Words are not touched.
 *
 * @param tag BCP 47.
 */
export function asSentence(answer: string, tag: string): string {
  let text = answer.replace(THOUGHT, '').replace(/\s+/gu, ' ').trim();
  const inside = /^(?:"([^"]*)"|“([^“”]*)”|'([^']*)'|\*\*([^*]*)\*\*)$/u.exec(text);
  text = inside?.slice(1).join('').trim() ?? text;
  if (text === '') return '';
  const first = String.fromCodePoint(text.codePointAt(0) ?? 0);
  text = first.toLocaleUpperCase(tag) + text.slice(first.length);
  if (END.test(text)) return text;
  return /\p{sc=Han}|\p{sc=Hiragana}/u.test(text) ? `${text}。` : `${text}.`;
}
