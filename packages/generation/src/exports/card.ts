import {
  duration,
  fingerprintOf,
  type Caption,
  type JsonObject,
  type Producer,
} from '@internvid/core';

import type { Sample } from '../sample.js';
import type { StatisticsPicture } from '../statistics/pictures.js';
import type { ExportFormat } from './manifest.js';

/** What a dataset card says that the samples do not. */
export type CardOptions = {
  /** Heading. Default: the name of the export. */
  readonly title?: string;
  /** What the data are and where they come from, as Markdown. */
  readonly description?: string;
  /** What holds for the dataset as a whole; the licences of the videos are counted anyway. */
  readonly license?: string;
  /** The steps that made the data, with their settings: models, thresholds, filters. */
  readonly steps?: readonly CardStep[];
};

/** A part of a step of the run. */
export type CardStep = {
  readonly step: string;
  readonly part: string;
  readonly settings: JsonObject;
};

/** Counts over the samples of an export. */
export interface CardFacts {
  readonly samples: number;
  /** Keeps the id of each video, about 100 bytes, to count them. */
  readonly videos: number;
  readonly durationMs: number;
  /** Of the chosen captions. */
  readonly words: { readonly total: number; readonly shortest: number; readonly longest: number };
  /** Chosen captions by length, in the paper's classes. */
  readonly lengths: ReadonlyMap<string, number>;
  readonly languages: ReadonlyMap<string, number>;
  readonly licenses: ReadonlyMap<string, number>;
  /** What made the captions and scores: `caption (fine)`, `score (aesthetic)`. */
  readonly producers: ReadonlyMap<string, readonly Producer[]>;
  /** @param words of the chosen caption. */
  add(sample: Sample, caption: Caption, words: number): void;
}

/** Starts counting. */
export function cardFacts(): CardFacts {
  const videos = new Set<string>();
  const words = { total: 0, shortest: Infinity, longest: 0 };
  const lengths = new Map(LENGTH_CLASSES.map(({ label }) => [label, 0]));
  const languages = new Map<string, number>();
  const licenses = new Map<string, number>();
  const producers = new Map<string, Producer[]>();
  const known = new Set<string>();
  let samples = 0;
  let durationMs = 0;
  // Rows of one maker mostly share its record: to hash it again for each would cost more than the row.
  const hashed = new WeakMap<Producer, string>();
  const note = (what: string, by: Producer): void => {
    const print = hashed.get(by) ?? fingerprintOf(by);
    hashed.set(by, print);
    const id = `${what} ${print}`;
    if (known.has(id)) return;
    known.add(id);
    producers.set(what, [...(producers.get(what) ?? []), by]);
  };
  return {
    words,
    lengths,
    languages,
    licenses,
    producers,
    get samples() {
      return samples;
    },
    get videos() {
      return videos.size;
    },
    get durationMs() {
      return durationMs;
    },
    add(sample, caption, count) {
      samples++;
      durationMs += duration(sample.clip.span);
      videos.add(sample.clip.video.id);
      words.total += count;
      words.shortest = Math.min(words.shortest, count);
      words.longest = Math.max(words.longest, count);
      countUp(lengths, LENGTH_CLASSES.find(({ below }) => count < below)?.label ?? '');
      countUp(languages, caption.language);
      countUp(licenses, sample.clip.video.license ?? 'unknown');
      for (const { scale, by } of sample.captions) note(`caption (${scale})`, by);
      for (const { name, by } of sample.scores ?? []) note(`score (${name})`, by);
    },
  };
}

/** Facts and words of a card. */
export type CardContent = CardOptions & {
  readonly name: string;
  readonly format: ExportFormat;
  readonly failed: number;
  readonly facts: CardFacts;
  /** In the folder `statistics/`. */
  readonly pictures: readonly StatisticsPicture[];
};

/** The dataset card: the head that the Hugging Face hub reads, then Markdown with the counts, how the columns were made, licences and limits. */
export function card({
  title,
  description,
  license,
  name,
  format,
  failed,
  facts,
  steps,
  pictures,
}: CardContent): string {
  return [
    head(title ?? name, name, format, facts),
    `# ${title ?? name}`,
    description,
    `Written as ${FORMATS[format]}.`,
    '## Contents',
    contents(facts, failed),
    '## How it was made',
    producersTable(facts),
    ...(steps === undefined ? [] : ['## Steps and thresholds', stepsTable(steps)]),
    ...(pictures.length === 0 ? [] : ['## Statistics', ...pictures.map(figure), WORDS_NOTE]),
    '## Licence',
    license ?? 'No licence was stated for the dataset as a whole.',
    `The videos keep their own licences: ${tally(facts.licenses)}. Whoever passes clips on must check them.`,
    '## Known limits',
    LIMITS.map((limit) => `- ${limit}`).join('\n'),
  ]
    .filter((part) => part !== undefined)
    .join('\n\n')
    .concat('\n');
}

/** Sizes as the hub names them. */
const SIZES = [
  { name: 'n<1K', below: 1e3 },
  { name: '1K<n<10K', below: 1e4 },
  { name: '10K<n<100K', below: 1e5 },
  { name: '100K<n<1M', below: 1e6 },
  { name: '1M<n<10M', below: 1e7 },
  { name: '10M<n<100M', below: 1e8 },
  { name: '100M<n<1B', below: 1e9 },
  { name: 'n>1T', below: Infinity },
];

const DATA_FILES: Readonly<Record<ExportFormat, (name: string) => string>> = {
  webdataset: (name) => `${name}-*.tar`,
  jsonl: (name) => `${name}.jsonl`,
  parquet: (name) => `${name}-*.parquet`,
};

/** YAML that names the data files, so that `load_dataset` of the folder takes no other for data; JSON texts are YAML too. */
function head(title: string, name: string, format: ExportFormat, facts: CardFacts): string {
  const languages = [...facts.languages.keys()].map((language) => JSON.stringify(language));
  return [
    '---',
    `pretty_name: ${JSON.stringify(title)}`,
    'license: other',
    ...(languages.length === 0 ? [] : [`language: [${languages.join(', ')}]`]),
    `size_categories: [${JSON.stringify(SIZES.find(({ below }) => facts.samples < below)?.name)}]`,
    'task_categories: [text-to-video, video-text-to-text]',
    'configs:',
    '- config_name: default',
    '  data_files:',
    '  - split: train',
    `    path: ${JSON.stringify(DATA_FILES[format](name))}`,
    '---',
  ].join('\n');
}

function figure({ name, title }: StatisticsPicture): string {
  return `![${title.replaceAll(/[[\]]/g, '')}](statistics/${name}.svg)`;
}

const WORDS_NOTE =
  'Verbs and nouns are found by rules in English captions: forms of some 200 verbs of action, and the heads of phrases that begin with a determiner or a number.';

function stepsTable(steps: readonly CardStep[]): string {
  const rows = steps.map(({ step, part, settings }) => [
    step,
    part,
    `\`${JSON.stringify(settings)}\``,
  ]);
  return table(['step', 'part', 'settings'], rows);
}

/** The classes of the paper's caption length statistics (section 3.3), words. */
const LENGTH_CLASSES = [
  { label: 'under 10 words', below: 10 },
  { label: '10 to 20 words', below: 21 },
  { label: 'over 20 words', below: Infinity },
];

const FORMATS: Readonly<Record<ExportFormat, string>> = {
  webdataset: 'WebDataset: tar shards of samples; `index.json` lists them',
  jsonl: 'JSON lines with the columns of the published InternVid files',
  parquet: 'Parquet with one row for each clip',
};

const LIMITS = [
  'Captions are made by machines from sampled frames. They can name things that are not there and miss what happens between the frames.',
  'Times are whole milliseconds from the start of the container, rounded down; a clip ends before its end time.',
  'The same scene may occur more than once: samples are told apart by video and time, not by content.',
  'Nothing was removed for the people, places or texts that are seen or heard.',
];

function contents(facts: CardFacts, failed: number): string {
  const mean = (total: number): string =>
    facts.samples === 0 ? 'none' : (total / facts.samples).toFixed(1);
  const { words } = facts;
  return table(
    ['what', 'value'],
    [
      ['clips', String(facts.samples)],
      ['videos', String(facts.videos)],
      ['clips that could not be exported', String(failed)],
      ['hours', (facts.durationMs / 3_600_000).toFixed(3)],
      ['mean clip length, s', mean(facts.durationMs / 1000)],
      ['mean caption length, words', mean(words.total)],
      [
        'shortest and longest caption, words',
        facts.samples === 0 ? 'none' : `${words.shortest}, ${words.longest}`,
      ],
      ['captions by length', tally(facts.lengths)],
      ['caption languages', tally(facts.languages)],
    ],
  );
}

function producersTable({ producers }: CardFacts): string {
  const rows = [...producers]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([what, makers]) =>
      makers.map((by) => [what, `${by.name} ${by.version}`, `\`${JSON.stringify(by.config)}\``]),
    );
  return rows.length === 0 ? 'There are no clips.' : table(['column', 'made by', 'settings'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function tally(counts: ReadonlyMap<string, number>): string {
  if (counts.size === 0) return 'none';
  return [...counts].map(([label, count]) => `${label} ${count}`).join(', ');
}

function countUp(counts: Map<string, number>, label: string): void {
  counts.set(label, (counts.get(label) ?? 0) + 1);
}
