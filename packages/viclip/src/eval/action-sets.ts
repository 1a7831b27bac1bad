import type { Span } from '@internvid/core';

import { parseCsv, parseCsvRecords } from './csv.js';

/** A video of a test and its true class. */
export type LabelledVideo = {
  /** What its file may be called, without folder and extension or with a folder, the likeliest first. */
  readonly names: readonly string[];
  readonly label: string;
  /** What of it counts. Default: all. */
  readonly span?: Span;
};

/** A test of action recognition. */
export type ActionSet = {
  /** In the order of their numbers. */
  readonly classNames: readonly string[];
  readonly videos: readonly LabelledVideo[];
};

/**
 * Kinetics-style CSV: columns `label`, `youtube_id`, `time_start`, `time_end` (seconds) and, to choose by, `split`, as the
 * download of DeepMind has them. Files are looked for as the common crawler names them, `<id>_<start>_<end>` with six digits
 * each, and by the id. Classes are in alphabetical order.
 */
export function parseKineticsCsv(
  text: string,
  options: { readonly split?: string } = {},
): ActionSet {
  const { split } = options;
  const rows = parseCsvRecords(
    text,
    split === undefined ? ['label', 'youtube_id'] : ['label', 'youtube_id', 'split'],
  );
  const videos = rows
    .filter((row) => split === undefined || row['split'] === split)
    .map(({ label = '', youtube_id: id = '', time_start: start, time_end: end }) => {
      const span = [start, end].map((second) => String(Number(second)).padStart(6, '0')).join('_');
      const isCut = start !== undefined && end !== undefined;
      return { names: isCut ? [`${id}_${span}`, id] : [id], label };
    });
  return { classNames: labelsOf(videos), videos };
}

/**
 * UCF101: `classInd.txt` (`<number> <Class>`) and a list such as `testlist01.txt` (`<Class>/<file>.avi`). Class names are
 * parted into words (`ApplyEyeMakeup` becomes `Apply Eye Makeup`): run together they say nothing to a text encoder.
 */
export function parseUcf101(classes: string, list: string): ActionSet {
  const names = lines(classes).map((line) => words(line.split(/\s+/)[1] ?? ''));
  const videos = lines(list).map((line) => {
    const file = line.split(/\s+/)[0] ?? '';
    return { names: [withoutExtension(file)], label: words(file.split('/')[0] ?? '') };
  });
  return { classNames: names, videos };
}

/**
 * HMDB51: the files `<class>_test_split<1-3>.txt` of one split, each with lines `<file>.avi <0|1|2>`; 2 is the test, 1 the
 * training part. Classes are in alphabetical order, underscores made spaces.
 *
 * @param files file names and their texts.
 */
export function parseHmdb51(
  files: readonly { readonly name: string; readonly text: string }[],
  options: { readonly split?: 1 | 2 | 3; readonly part?: 'train' | 'test' } = {},
): ActionSet {
  const { split = 1, part = 'test' } = options;
  const wanted = part === 'train' ? '1' : '2';
  const ending = `_test_split${split}.txt`;
  const videos = files
    .filter(({ name }) => name.endsWith(ending))
    .flatMap(({ name, text }) => {
      const folder = name.slice(0, -ending.length);
      return lines(text).flatMap((line) => {
        const [file = '', mark] = line.split(/\s+/);
        if (mark !== wanted) return [];
        const stem = withoutExtension(file);
        return [{ names: [`${folder}/${stem}`, stem], label: folder.replaceAll('_', ' ') }];
      });
    });
  return { classNames: labelsOf(videos), videos };
}

/** Names of classes, one a line, or the second column of a table `id,name`; what a test calls its classes, in their order. */
export function parseClassNames(text: string): readonly string[] {
  const rows = parseCsv(text);
  const [first = []] = rows;
  if (first.join(',') === 'id,name') return rows.slice(1).map((row) => row[1] ?? '');
  return lines(text);
}

function labelsOf(videos: readonly LabelledVideo[]): readonly string[] {
  return [...new Set(videos.map(({ label }) => label))].sort();
}

function lines(text: string): readonly string[] {
  return text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function words(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1 $2');
}

function withoutExtension(file: string): string {
  return file.replace(/\.[a-z0-9]{2,4}$/i, '');
}
