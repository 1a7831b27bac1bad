import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { LONGEST_LINE, type ReadCues, type TimedLines, type Times } from './cue-lines.js';
import { cueText } from './cue-text.js';
import { ttmlClock, ttmlTime, type TtmlClock } from './ttml-times.js';

/** An element that is open. */
type Open = Times & {
  /** Whether it can have times at all. */
  readonly isTimed: boolean;
  /** Whether its children follow each other in time instead of beginning together. */
  readonly isSequence: boolean;
  /** Whether its text is a cue of its own. */
  readonly isCue: boolean;
  /** Where its text is collected; absent outside of paragraphs and in what is not read. */
  readonly text: { words: string } | undefined;
  /** End of the last child, for a sequence. */
  childEndMs: number;
};

/** Many files do not escape it; the parser would look for its semicolon to the end. */
const LONE_AMPERSAND = /&(?!(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{1,31});)/gi;
const TIMED = ['body', 'div', 'p', 'span'];
/** Parts of ruby annotations that repeat in other letters what stands beside them. */
const READINGS = ['text', 'textContainer', 'delimiter'];

/**
 * Reads TTML and its kin (DFXP, SMPTE-TT, EBU-TT, IMSC, iTunes): paragraphs, and spans with times of their own, each as a cue. Times of bodies,
 * divisions, paragraphs and spans add up as the standard says, also where they follow each other (`timeContainer="seq"`). Entities of the
 * file itself and files elsewhere are never looked at. Names count without their prefix, for files differ in theirs.
 */
export function ttmlCues(body: string): ReadCues {
  const cues: TimedLines[] = [];
  let faults = 0;
  let clock = ttmlClock({});
  const open: Open[] = [];
  const close = (): void => {
    const element = open.pop();
    const parent = open.at(-1);
    if (element === undefined) return;
    if (parent !== undefined && element.isTimed) parent.childEndMs = element.endMs;
    if (!element.isCue || element.text === undefined) return;
    const { startMs, endMs } = element;
    const lines = element.text.words.split('\n').map((line) => line.slice(0, LONGEST_LINE));
    const read = cueText(lines, { startMs, endMs }, () => undefined);
    if (read.lines.length === 0) return;
    if (Number.isFinite(endMs) && endMs > startMs) cues.push({ startMs, endMs, ...read });
    else faults += 1;
  };
  const add = (words: string): void => {
    const into = open.at(-1)?.text;
    if (into !== undefined) into.words += words;
  };
  const parser = new SaxesParser({ position: false, xmlns: false } as const);
  parser.ENTITIES['nbsp'] = ' ';
  // What is not well-formed is forgiven: what was read of it stays.
  parser.on('error', () => undefined);
  parser.on('opentag', (tag) => {
    const element = withoutPrefixes(tag);
    if (element.name === 'tt') clock = ttmlClock(element.attributes);
    if (element.name === 'br') add('\n');
    open.push(opened(element, open.at(-1), clock));
  });
  parser.on('closetag', close);
  for (const event of ['text', 'cdata'] as const)
    parser.on(event, (words) => {
      add(words.replace(/[\r\n]+/g, ' '));
    });
  parser.write(body.replace(LONE_AMPERSAND, '&amp;')).close();
  while (open.length > 0) close();
  return { cues, faults };
}

type Element = { readonly name: string; readonly attributes: Readonly<Record<string, string>> };

function withoutPrefixes({ name, attributes }: SaxesTagPlain): Element {
  const local = (full: string): string => full.slice(full.indexOf(':') + 1);
  const entries = Object.entries(attributes).map(([full, value]) => [local(full), value] as const);
  return { name: local(name), attributes: Object.fromEntries(entries) };
}

function opened({ name, attributes }: Element, parent: Open | undefined, clock: TtmlClock): Open {
  const around = parent ?? { startMs: 0, endMs: Infinity, isSequence: false, childEndMs: 0 };
  const origin = around.isSequence ? around.childEndMs : around.startMs;
  const timeOf = (attribute: string): number | undefined => ttmlTime(attributes[attribute], clock);
  const [begin, end, duration] = [timeOf('begin'), timeOf('end'), timeOf('dur')];
  const startMs = origin + (begin ?? 0);
  const endMs = Math.min(
    around.endMs,
    end === undefined ? Infinity : origin + end,
    duration === undefined ? Infinity : startMs + duration,
  );
  const hasTimes = begin !== undefined || end !== undefined || duration !== undefined;
  const isCue = name === 'p' || (name === 'span' && hasTimes && parent?.text !== undefined);
  const isRead = (name === 'span' || name === 'br') && !READINGS.includes(attributes['ruby'] ?? '');
  return {
    startMs,
    endMs,
    isTimed: TIMED.includes(name),
    isSequence: attributes['timeContainer'] === 'seq',
    isCue,
    text: isCue ? { words: '' } : isRead ? parent?.text : undefined,
    childEndMs: startMs,
  };
}
