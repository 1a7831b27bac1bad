import { decide } from '../../packages/collector/src/shots/transition-decision.js';
import { kindOf, lightOf } from '../../packages/collector/src/shots/transition-gradual-features.js';
import { probability, type Trees } from '../../packages/collector/src/shots/transition-trees.js';
import { addScore, emptyScore, scoreShots, type CutTruth } from '../bench/score-shots.js';
import { boost, type BoostOptions, type Examples } from './boost.js';
import { cutLabel, gradualLabel, type FilmFeatures, type Label, type Look } from './features.js';

/** A composed film with all that the detector measures of it. */
export type TrainingFilm = {
  readonly truth: CutTruth;
  /** Which part of the videos it was made of. */
  readonly fold: number;
  readonly features: FilmFeatures;
};

/** What the detector decides by. */
export type Model = { readonly cut: Trees; readonly gradual: Trees };

const CUT: BoostOptions = { trees: 140, rate: 0.1, ridge: 2, leastWeight: 1 };
const GRADUAL: BoostOptions = { trees: 300, rate: 0.1, ridge: 8, leastWeight: 5 };
const LIMITS = { cut: 0.5, gradual: 0.7 };

/** Grows both kinds of trees on films. */
export function trainOn(films: readonly TrainingFilm[]): Model {
  return {
    cut: boost(
      examples(films, ({ cuts }) => cuts, cutLabel),
      CUT,
    ),
    gradual: boost(
      examples(films, ({ gradual }) => gradual, gradualLabel),
      GRADUAL,
    ),
  };
}

function examples(
  films: readonly TrainingFilm[],
  looksOf: (features: FilmFeatures) => readonly Look[],
  label: Label,
): Examples {
  const rows: Float32Array[] = [];
  const labels: number[] = [];
  for (const { truth, features } of films) {
    for (const { index, features: row } of looksOf(features)) {
      const known = label(truth, index);
      if (row === undefined || known === undefined) continue;
      rows.push(row);
      labels.push(known);
    }
  }
  return { rows, labels };
}

/** How well models do on films, as a line of text. */
export function summary(
  parts: readonly { readonly model: Model; readonly films: readonly TrainingFilm[] }[],
): string {
  const score = emptyScore();
  for (const { model, films } of parts) {
    for (const film of films) addScore(score, scoreShots(film.truth, boundariesOf(model, film), 0));
  }
  const { hits, missed, gradualFound, gradualMissed, gradualExtra } = score;
  const f1 = (2 * hits) / (2 * hits + missed + score.false);
  const precision = gradualFound / (gradualFound + gradualExtra);
  const recall = gradualFound / (gradualFound + gradualMissed);
  const negatives = Object.entries(score.negatives).map(
    ([kind, { touched, all }]) => `${kind} ${touched}/${all}`,
  );
  return [
    `hard cuts at the exact frame F1 ${f1.toFixed(3)} (${hits} hit, ${missed} missed, ${score.false} false)`,
    `gradual precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`,
    `fooled by ${negatives.join(', ')}`,
  ].join('; ');
}

function boundariesOf(
  { cut, gradual }: Model,
  { features }: TrainingFilm,
): ReturnType<typeof decide> {
  return decide(
    features.cuts.map(({ index, timeMs, features: row }) => ({
      index,
      timeMs,
      chance: row === undefined ? 0 : probability(cut, row),
    })),
    features.gradual.map(({ index, timeMs, features: row }) =>
      row === undefined
        ? { index, timeMs, chance: 0, kind: 'dissolve', contrast: Infinity, mean: 0 }
        : { index, timeMs, chance: probability(gradual, row), kind: kindOf(row), ...lightOf(row) },
    ),
    LIMITS,
  );
}
