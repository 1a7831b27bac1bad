import { ToolkitError, type Producer } from '@internvid/core';

import {
  ACTION_TEMPLATES,
  actionPrompts,
  classScores,
  evaluateActions,
  type ActionResult,
} from '../zero-shot.js';
import {
  embedVideos,
  type EvaluationTools,
  type FailedVideo,
  type VideoFile,
} from './embed-videos.js';

/** How one class fared; shares in percent. */
export type ClassFigures = {
  readonly name: string;
  readonly videos: number;
  readonly top1: number;
  readonly top5: number;
  /** The other class that its videos were most often taken for, of equal ones the first; null where none was. */
  readonly takenFor: string | null;
};

/** What a test of zero-shot recognition found: plain JSON. */
export type ZeroShotReport = {
  readonly kind: 'zero-shot';
  readonly encoder: Producer;
  readonly templates: readonly string[];
  readonly videos: number;
  readonly failed: readonly FailedVideo[];
  /** Percent of `videos`. */
  readonly top1: number;
  readonly top5: number;
  /** Mean of the two, AVG of the paper. */
  readonly average: number;
  readonly classes: readonly ClassFigures[];
  /** Videos of a class (row) taken for a class (column), in the order of `classes`. */
  readonly confusion: readonly (readonly number[])[];
  readonly predictions: readonly {
    readonly path: string;
    readonly label: string;
    readonly rank: number;
    readonly best: readonly string[];
  }[];
};

/**
 * Zero-shot action recognition by the published protocol: eight middle frames, sixteen prompts for each class, the mean of
 * their cosines.
 *
 * @throws ToolkitError `invalid-config` for a label that is not among the classes or a class that is there twice.
 */
export async function runZeroShot(
  test: {
    readonly classNames: readonly string[];
    readonly videos: readonly (VideoFile & { readonly label: string })[];
    /** Default `ACTION_TEMPLATES`. */
    readonly templates?: readonly string[];
  },
  tools: EvaluationTools,
): Promise<ZeroShotReport> {
  const { classNames, templates = ACTION_TEMPLATES } = test;
  const numbers = new Map(classNames.map((name, index) => [name, index]));
  if (numbers.size !== classNames.length) throw badClasses('a class name is there twice');
  for (const { label } of test.videos) {
    if (!numbers.has(label)) throw badClasses(`"${label}" is not among the class names`);
  }
  const prompts = await tools.encoder.embedTexts(
    actionPrompts(classNames, templates),
    tools.signal,
  );
  const { videos, vectors, failed } = await embedVideos(test.videos, tools);
  const labels = videos.map(({ label }) => numbers.get(label) ?? 0);
  const result = evaluateActions(classScores(vectors, prompts, templates.length), labels);
  const nameOf = (number: number): string => classNames[number] ?? '';
  return {
    kind: 'zero-shot',
    encoder: tools.encoder.producer,
    templates,
    videos: videos.length,
    failed,
    top1: result.top1,
    top5: result.top5,
    average: result.average,
    classes: classNames.map((name, index) => classFigures(name, index, labels, result, nameOf)),
    confusion: result.confusion,
    predictions: videos.map(({ path, label }, row) => ({
      path,
      label,
      rank: result.rankOfTruth[row] ?? 0,
      best: (result.best[row] ?? []).map(nameOf),
    })),
  };
}

function classFigures(
  name: string,
  number: number,
  labels: readonly number[],
  { rankOfTruth, confusion }: ActionResult,
  nameOf: (number: number) => string,
): ClassFigures {
  const ranks = rankOfTruth.filter((_, row) => labels[row] === number);
  const within = (place: number): number =>
    ranks.length === 0 ? 0 : (100 * ranks.filter((rank) => rank <= place).length) / ranks.length;
  const others = (confusion[number] ?? []).map((count, other) => (other === number ? 0 : count));
  const most = Math.max(0, ...others);
  return {
    name,
    videos: ranks.length,
    top1: within(1),
    top5: within(5),
    takenFor: most === 0 ? null : nameOf(others.indexOf(most)),
  };
}

function badClasses(what: string): ToolkitError {
  return new ToolkitError('invalid-config', `The test cannot be run: ${what}.`);
}
