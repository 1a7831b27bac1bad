import type { TextRange } from './camera-moves.js';

/** Where a sentence ends: after its full stop, and the quotation mark that may follow it. */
const SENTENCE_END = /(?<=[.!?]["”]?)\s+(?=[\p{Lu}\p{N}"“])/gu;
/** Joints before a clause that the sentence stands without. */
const JOINT =
  /(?:,\s*|\s+)(?:while|as|whereas)\s+|;\s*(?:then\s+|and\s+)?|,\s+and\s+then\s+|,\s+then\s+/gi;
const FRONTED = /^(?:while|as|when)\s[^,]*,\s*/i;

/**
 * The caption without what stands at the ranges: the clause goes where the sentence stands without it, else the sentence.
 * Undefined when nothing is left.
 */
export function withoutClaims(caption: string, ranges: readonly TextRange[]): string | undefined {
  let from = 0;
  const kept: string[] = [];
  for (const text of caption.split(SENTENCE_END)) {
    const at = caption.indexOf(text, from);
    from = at + text.length;
    const inside = ranges
      .filter((range) => range.from < from && range.to > at)
      .map((range) => ({ from: range.from - at, to: range.to - at }));
    const rest = inside.length === 0 ? text : withoutClauses(text, inside);
    if (rest !== undefined) kept.push(rest);
  }
  return kept.length === 0 ? undefined : kept.join(' ');
}

/** The sentence without the clauses that hold a range; undefined when its main clause does. */
function withoutClauses(text: string, ranges: readonly TextRange[]): string | undefined {
  const isClean = ({ from, to }: TextRange): boolean =>
    !ranges.some((range) => range.from < to && range.to > from);
  const fronted = FRONTED.exec(text)?.[0].length ?? 0;
  const joints = [...text.matchAll(JOINT)].map(({ index }) => index).filter((at) => at > fronted);
  const main = { from: fronted, to: joints[0] ?? text.length };
  if (!isClean(main)) return undefined;
  const before = { from: 0, to: fronted };
  const after = joints.map((from, at) => ({ from, to: joints[at + 1] ?? text.length }));
  const kept = [before, main, ...after].filter(isClean);
  return asSentence(kept.map(({ from, to }) => text.slice(from, to)).join(''));
}

function asSentence(text: string): string {
  const body = text.trim();
  const whole = `${body.slice(0, 1).toUpperCase()}${body.slice(1)}`;
  return /[.!?]["”]?$/.test(whole) ? whole : `${whole}.`;
}
