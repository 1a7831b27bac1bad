import { ToolkitError } from '@internvid/core';
import type { SpokenWord } from '../speech/transcriber.js';
import { assCues } from './ass-cues.js';
import {
  LONGEST_LINE,
  linesOf,
  timeOf,
  type ReadCues,
  type TimedLines,
  type Times,
} from './cue-lines.js';
import { cueText } from './cue-text.js';
import { withoutRolling } from './rolling-captions.js';
import { ttmlCues } from './ttml-cues.js';

/** A text that a file shows for a time. */
export type Cue = {
  readonly startMs: number;
  readonly endMs: number;
  /** Lines joined by spaces, without mark-up. */
  readonly text: string;
  /** Where the file times its words. */
  readonly words?: readonly SpokenWord[];
};

/** What a subtitle file holds. */
export type Subtitles = {
  readonly format: 'srt' | 'webvtt' | 'ass' | 'ttml';
  /** In order of their start. */
  readonly cues: readonly Cue[];
  /** Whether lines that scroll through several cues were written down once, as in automatic captions. */
  readonly isRolling: boolean;
  /** Cues that were left out because their times are wrong: no time at all, or an end before the start. */
  readonly faults: number;
};

/** A file with more is no list of subtitles: ten hours of talk are about one megabyte. */
export const MAX_SUBTITLE_CHARACTERS: number = 16 * 1024 * 1024;

/**
 * Reads SubRip, WebVTT, SubStation Alpha (SSA, ASS) or TTML (DFXP, iTunes), whichever it is, forgiving what players forgive: line ends of all
 * systems, missing numbers and blank lines, dots or commas, hours left out, overlapping and unordered cues, settings after the times, blocks that
 * are no cues, XML that is not closed. Work grows with the length of the text and no faster.
 *
 * @param name for messages.
 * @throws ToolkitError `unreadable` for a text without a single cue that has something to read, unless it is empty or says WEBVTT; and for
 * one that is too long.
 */
export function parseSubtitles(text: string, name: string): Subtitles {
  if (text.length > MAX_SUBTITLE_CHARACTERS)
    throw unreadable(name, `it has ${text.length} characters, more than subtitles ever have`);
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const format = formatOf(body);
  const { cues, faults } = READERS[format](body);
  const isEmpty = body.trim() === '' || format === 'webvtt';
  if (cues.length === 0 && !isEmpty) throw unreadable(name, 'nothing in it has two times');
  const ordered = cues.toSorted((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  const rolling = withoutRolling(ordered);
  const kept = (rolling ?? ordered).flatMap(asCue);
  return {
    format,
    cues: kept.filter((cue, at) => !isSame(cue, kept[at - 1])),
    isRolling: rolling !== undefined,
    faults,
  };
}

const READERS: Readonly<Record<Subtitles['format'], (body: string) => ReadCues>> = {
  srt: (body) => readCues(body, false),
  webvtt: (body) => readCues(body, true),
  ass: assCues,
  ttml: ttmlCues,
};

/** By how a file begins, and not by its name: files are often named wrongly. */
function formatOf(body: string): Subtitles['format'] {
  if (/^WEBVTT(?:[ \t\r\n]|$)/.test(body)) return 'webvtt';
  const start = body.slice(0, 4_000);
  if (/^\s*(?:\[(?:Script Info|V4\+? Styles|Events)\]|;|Dialogue:)/i.test(start)) return 'ass';
  return /^\s*<(?:[?!]|(?:\w{1,20}:)?tt[\s>])/i.test(start) ? 'ttml' : 'srt';
}

function asCue({ startMs, endMs, lines, words }: TimedLines): readonly Cue[] {
  const text = lines.join(' ');
  if (text === '') return [];
  return [{ startMs, endMs, text, ...(words === undefined ? {} : { words }) }];
}

function isSame(cue: Cue, before: Cue | undefined): boolean {
  return before?.startMs === cue.startMs && before.endMs === cue.endMs && before.text === cue.text;
}

function readCues(body: string, isWebVtt: boolean): ReadCues {
  const cues: TimedLines[] = [];
  let faults = 0;
  let open: { readonly times: Times; readonly lines: string[] } | undefined;
  let isBlock = isWebVtt;
  const close = (): void => {
    if (open !== undefined)
      cues.push({ ...open.times, ...cueText(open.lines, open.times, timeOf) });
    open = undefined;
  };
  for (const line of linesOf(body)) {
    if (line.includes('-->')) {
      // What stands right before the times is the number of this cue, where no blank line ends the one before.
      if (/^\d{1,9}$/.test(open?.lines.at(-1)?.trim() ?? '')) open?.lines.pop();
      close();
      isBlock = false;
      const times = timesOf(line);
      if (times === undefined) faults++;
      else open = { times, lines: [] };
    } else if ((isWebVtt ? line : line.trim()) === '') {
      // In WebVTT a line of spaces is a line: automatic captions begin with one.
      close();
      isBlock = false;
    } else if (open === undefined && isWebVtt && /^(?:NOTE|STYLE|REGION)(?:\s|$)/.test(line)) {
      isBlock = true;
    } else if (!isBlock) open?.lines.push(line.slice(0, LONGEST_LINE));
  }
  close();
  return { cues, faults };
}

/** The two times of a line; what follows them are settings of a player. */
function timesOf(line: string): Times | undefined {
  // Long enough for two times, so that a hostile line costs nothing.
  const [before = '', after = ''] = line.slice(0, 200).split('-->', 2);
  const startMs = timeOf(before.trim());
  const endMs = timeOf(after.trim().split(/\s/, 1)[0] ?? '');
  if (startMs === undefined || endMs === undefined || endMs <= startMs) return undefined;
  return { startMs, endMs };
}

function unreadable(name: string, why: string): ToolkitError {
  return new ToolkitError('unreadable', `${name} holds no subtitles: ${why}.`, {
    details: { reason: 'no-subtitles' },
  });
}
