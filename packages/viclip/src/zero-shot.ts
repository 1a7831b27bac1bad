import { bestItems, dotProducts, rankFigures, ranksOf, type ScoreMatrix } from './eval/ranking.js';
import { preText } from './tokenizer/clean-text.js';

/** The prompts of the published evaluation (`kinetics_templates_action_clip`, the list of ActionCLIP); `{}` is the class. */
export const ACTION_TEMPLATES: readonly string[] = [
  'a photo of action {}',
  'a picture of action {}',
  'Human action of {}',
  '{}, an action',
  '{} this is an action',
  '{}, a video of action',
  'Playing action of {}',
  '{}',
  'Playing a kind of action, {}',
  'Doing a kind of action, {}',
  'Look, the human is {}',
  'Can you recognize the action of {}?',
  'Video classification of {}',
  'A video of {}',
  'The man is {}',
  'The woman is {}',
];

/** All prompts of all classes, class by class, with the published clean-up: the class is the place divided by the templates. */
export function actionPrompts(
  classNames: readonly string[],
  templates: readonly string[] = ACTION_TEMPLATES,
): readonly string[] {
  return classNames.flatMap((name) =>
    templates.map((template) => preText(template.replaceAll('{}', () => name))),
  );
}

/**
 * Score of each class for each video: the mean of the cosines with its prompts. The mean vector is not made, and so not scaled
 * to unit length, as some do.
 *
 * @param videos vectors of unit length.
 * @param prompts likewise, class by class.
 */
export function classScores(
  videos: readonly Float32Array[],
  prompts: readonly Float32Array[],
  promptsPerClass: number,
): ScoreMatrix {
  const classes = prompts.length / promptsPerClass;
  if (!Number.isInteger(classes)) {
    throw new RangeError(`${prompts.length} prompts are not ${promptsPerClass} for each class.`);
  }
  const cosines = dotProducts(videos, prompts);
  const values = new Float64Array(videos.length * classes);
  for (const [place, cosine] of cosines.values.entries()) {
    const row = Math.floor(place / prompts.length);
    const one = Math.floor((place % prompts.length) / promptsPerClass);
    const at = row * classes + one;
    values[at] = (values[at] ?? 0) + cosine / promptsPerClass;
  }
  return { rows: videos.length, columns: classes, values };
}

/** How often the true class came out on top; shares in percent. */
export type ActionResult = {
  readonly videos: number;
  readonly top1: number;
  readonly top5: number;
  /** Mean of the two, which the paper calls AVG. */
  readonly average: number;
  /** For each video, in order: rank of the true class from 1, and the five best classes. */
  readonly rankOfTruth: readonly number[];
  readonly best: readonly (readonly number[])[];
  /** Videos of a class (row) that were taken for a class (column), row-major. */
  readonly confusion: readonly (readonly number[])[];
};

/**
 * Accuracy of zero-shot action recognition.
 *
 * @param labels number of the true class of each video.
 */
export function evaluateActions(scores: ScoreMatrix, labels: readonly number[]): ActionResult {
  const ranks = ranksOf(
    scores,
    labels.map((label) => [label]),
  );
  const { r1, r5 } = rankFigures(ranks);
  const best = labels.map((_, row) => bestItems(scores, row, 5));
  const confusion = Array.from({ length: scores.columns }, () =>
    Array.from({ length: scores.columns }, () => 0),
  );
  for (const [row, label] of labels.entries()) {
    const guess = best[row]?.[0] ?? 0;
    const line = confusion[label];
    if (line !== undefined) line[guess] = (line[guess] ?? 0) + 1;
  }
  return {
    videos: labels.length,
    top1: r1,
    top5: r5,
    average: (r1 + r5) / 2,
    rankOfTruth: ranks.map((rank) => rank ?? 0),
    best,
    confusion,
  };
}
