import { duration } from '@internvid/core';

import { chosenCaption, type CaptionPreference, type Sample } from '../sample.js';
import { countWords } from './count-words.js';
import { englishWordFinder } from './english-words.js';
import { histogram, type Bin, type Histogram } from './histogram.js';

/** A name and how often it occurs. */
export type NamedCount = { readonly name: string; readonly count: number };

/** What a dataset is like: what its pictures show. Times in seconds. */
export type DatasetStatistics = {
  readonly samples: number;
  readonly videos: number;
  readonly hours: number;
  /** Of the chosen captions. */
  readonly words: number;
  readonly distributions: readonly {
    readonly name: string;
    /** Of the axis. */
    readonly label: string;
    readonly mean: number;
    readonly bins: readonly Bin[];
  }[];
  /** The most frequent ones first; what is beyond the number shown is summed as `other`. */
  readonly counts: readonly {
    readonly name: string;
    readonly label: string;
    readonly of: readonly NamedCount[];
    readonly other: number;
  }[];
};

/** Counts over samples as they come. */
export interface StatisticsCounter {
  /** @param words of the chosen caption, where they were counted already. */
  add(sample: Sample, preference: CaptionPreference, words?: number): void;
  result(): DatasetStatistics;
}

/** Kept of words and of other names at most: rare ones beyond that are counted as other. */
const MAX_NAMES = 50_000;
const SHOWN = 20;

/** The paper's classes of resolution, by the shorter side (section 3.3). */
const RESOLUTIONS = [
  { name: 'below 360p', below: 360 },
  { name: '360p to 511p', below: 512 },
  { name: '512p to 719p', below: 720 },
  { name: '720p to 1079p', below: 1080 },
  { name: '1080p and above', below: Infinity },
];

/** Starts counting. Memory: the id of each video, some 100 bytes, and a bounded number of names. */
export function statisticsCounter(): StatisticsCounter {
  const videos = new Set<string>();
  const distributions = new Map<string, { readonly label: string; readonly of: Histogram }>();
  const counts = new Map<string, { readonly label: string; readonly of: Tally }>();
  const number = (name: string, label: string, width: number, value: number): void => {
    const known = distributions.get(name) ?? { label, of: histogram(width) };
    distributions.set(name, known);
    known.of.add(value);
  };
  const names = (name: string, label: string, found: readonly string[]): void => {
    const known = counts.get(name) ?? { label, of: tally() };
    counts.set(name, known);
    for (const each of found) known.of.add(each);
  };
  const wordsIn = englishWordFinder();
  const total = { samples: 0, ms: 0, words: 0 };
  return {
    add(sample, preference, counted) {
      const { clip, scores = [] } = sample;
      const caption = chosenCaption(sample, preference);
      const words = counted ?? countWords(caption.text);
      total.samples++;
      total.ms += duration(clip.span);
      total.words += words;
      videos.add(clip.video.id);
      number('duration', 'clip length, seconds', 0.5, duration(clip.span) / 1000);
      number('caption-length', 'caption length, words', 1, words);
      for (const { name, value } of scores) number(`score-${name}`, `score ${name}`, 0.01, value);
      const motion = clip.facts['motionWidthsPerSecond'];
      if (typeof motion === 'number')
        number('motion', 'motion, picture widths per second', 0.01, motion);
      names('resolution', 'resolution', resolutionOf(sample));
      names('language', 'caption language', [caption.language]);
      names('license', 'licence of the video', [clip.video.license ?? 'unknown']);
      names('camera', 'camera', texts(clip.facts['camera']));
      names('category', 'category', texts(clip.video.metadata['category']));
      if (!/^en\b/i.test(caption.language)) return;
      const { verbs, nouns } = wordsIn(caption.text);
      names('verbs', 'verbs', verbs);
      names('nouns', 'nouns', nouns);
    },
    result: () => ({
      samples: total.samples,
      videos: videos.size,
      hours: total.ms / 3_600_000,
      words: total.words,
      distributions: [...distributions].map(([name, { label, of }]) => ({
        name,
        label,
        mean: of.sum / of.count,
        bins: of.bins(),
      })),
      counts: [...counts]
        .map(([name, { label, of }]) => ({ name, label, ...of.top(SHOWN) }))
        .filter(({ of }) => of.length > 0),
    }),
  };
}

/** The statistics as JSON. */
export function statisticsJson(statistics: DatasetStatistics): string {
  return `${JSON.stringify(statistics, undefined, 2)}\n`;
}

interface Tally {
  add(name: string): void;
  top(count: number): { readonly of: readonly NamedCount[]; readonly other: number };
}

function tally(): Tally {
  const counts = new Map<string, number>();
  let beyond = 0;
  return {
    add(name) {
      const known = counts.get(name);
      if (known === undefined && counts.size >= MAX_NAMES) beyond++;
      else counts.set(name, (known ?? 0) + 1);
    },
    top(count) {
      const sorted = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
      const of = sorted.slice(0, count).map(([name, found]) => ({ name, count: found }));
      const other = sorted.slice(count).reduce((sum, [, found]) => sum + found, beyond);
      return { of, other };
    },
  };
}

function resolutionOf({ clip }: Sample): readonly string[] {
  const { info } = clip.video;
  if (info === undefined) return [];
  const short = Math.min(info.video.displayWidth, info.video.displayHeight);
  return RESOLUTIONS.filter(({ below }) => short < below)
    .slice(0, 1)
    .map(({ name }) => name);
}

function texts(value: unknown): readonly string[] {
  return typeof value === 'string' && value !== '' ? [value] : [];
}
