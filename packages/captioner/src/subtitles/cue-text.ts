import type { SpokenWord } from '../speech/transcriber.js';

/** The text of a cue in its lines, and its words where the file times them. */
export type CueText = {
  readonly lines: readonly string[];
  readonly words?: readonly SpokenWord[];
};

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  lrm: '',
  rlm: '',
};
/** Longer is no tag: a lone `<` is one. */
const LONGEST_TAG = 200;

/**
 * Takes the mark-up out of the lines of a cue: tags of WebVTT and HTML, override codes of SubStation (`{\an8}`), entities. What is no speech goes
 * too: sounds in square brackets, notes of music, marks of a change of speaker, and the speaker's name in capitals before a colon. Times
 * inside (`<00:00:01.000>`) say when the words after them begin.
 */
export function cueText(
  raw: readonly string[],
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  parseTime: (text: string) => number | undefined,
): CueText {
  const lines: string[] = [];
  const timed: { text: string; startMs: number }[] = [];
  let isTimed = false;
  let timeMs = startMs;
  for (const line of raw) {
    let plain = '';
    for (const part of partsOf(line)) {
      if (part.isTag) {
        const tagMs = parseTime(part.text);
        if (tagMs === undefined) continue;
        timeMs = Math.min(endMs, Math.max(startMs, tagMs));
        isTimed = true;
      } else {
        plain += part.text;
        const words = spoken(entitiesDecoded(part.text));
        if (words !== '') timed.push({ text: words, startMs: timeMs });
      }
    }
    const text = spoken(entitiesDecoded(plain));
    if (text !== '') lines.push(text);
  }
  return isTimed ? { lines, words: withEnds(timed, endMs) } : { lines };
}

function withEnds(
  timed: readonly { readonly text: string; readonly startMs: number }[],
  endMs: number,
): readonly SpokenWord[] {
  return timed
    .map((word, at) => ({ ...word, endMs: timed[at + 1]?.startMs ?? endMs }))
    .filter((word) => word.endMs > word.startMs);
}

/** Texts and tags in turn; what opens like a tag and is none is text. */
function* partsOf(line: string): Generator<{ readonly text: string; readonly isTag: boolean }> {
  let textFrom = 0;
  let at = line.indexOf('<');
  while (at >= 0) {
    const closes = line.slice(at, at + LONGEST_TAG).indexOf('>');
    if (closes > 1 && /[A-Za-z0-9/!]/.test(line[at + 1] ?? '')) {
      if (at > textFrom) yield { text: line.slice(textFrom, at), isTag: false };
      yield { text: line.slice(at + 1, at + closes), isTag: true };
      textFrom = at + closes + 1;
      at = line.indexOf('<', textFrom);
    } else at = line.indexOf('<', at + 1);
  }
  if (textFrom < line.length) yield { text: line.slice(textFrom), isTag: false };
}

function entitiesDecoded(text: string): string {
  return text.replace(/&(#x?[0-9a-f]{1,6}|[a-z]{2,5});/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? whole;
    const isHex = /^#x/i.test(name);
    const code = Number.parseInt(name.slice(isHex ? 2 : 1), isHex ? 16 : 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** What of a line is said. */
function spoken(line: string): string {
  return line
    .replace(/\{\\[^{}]{0,100}\}/g, '')
    .replace(/\[[^[\]]{0,100}\]/g, ' ')
    .replace(/[♪♫♬]/g, ' ')
    .replace(/[\u200b-\u200f\u202a-\u202e\ufeff]/g, '')
    .replace(/^\s*(?:>>+|[-–—](?=\s|\p{Lu}))\s*/u, '')
    .replace(/^\s*\p{Lu}[\p{Lu}\d .'-]{1,30}:(?:\s+|$)/u, '')
    .replace(/\s+/g, ' ')
    .trim();
}
