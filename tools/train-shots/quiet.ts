import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CutTruth } from '../bench/score-shots.js';
import { featuresOf, type Look } from './features.js';
import { foldOf } from './folds.js';
import type { TrainingFilm } from './model.js';
import { familyOf } from './sources.js';

/** Frames next to a boundary or a doubtful place that are not shown, for cuts and for gradual transitions. */
const CUT_MARGIN = 8;
const GRADUAL_MARGIN = 12;

/** The videos of a folder whose boundaries are known, as they are: fit to judge models, not to make them. */
export async function wholeFilms(media: string, cache: string): Promise<readonly TrainingFilm[]> {
  const { videos } = JSON.parse(readFileSync(join(media, 'truth', 'cuts.json'), 'utf8')) as {
    videos: CutTruth[];
  };
  const films: TrainingFilm[] = [];
  for (const truth of videos.filter(({ file }) => !file.includes('/'))) {
    const path = join(media, truth.file);
    if (!existsSync(path)) continue;
    const features = await featuresOf(path, join(cache, `main-${truth.file}`));
    films.push({ truth, fold: foldOf(familyOf(truth.file)), features });
  }
  return films;
}

/**
 * A video without its boundaries: real movement, light and damage in which nothing is to be found. No model sees a real boundary, so
 * that these stay fit to judge it.
 */
export function withoutBoundaries({ truth, fold, features }: TrainingFilm): TrainingFilm {
  return {
    truth: { file: truth.file, frames_decoded: truth.frames_decoded, hard_cuts: [] },
    fold,
    features: {
      cuts: farFrom(truth, features.cuts, CUT_MARGIN),
      gradual: farFrom(truth, features.gradual, GRADUAL_MARGIN),
    },
  };
}

function farFrom(truth: CutTruth, looks: readonly Look[], margin: number): readonly Look[] {
  const busy = [
    ...truth.hard_cuts.map(({ frame }) => ({ start_frame: frame, end_frame: frame })),
    ...(truth.gradual ?? []),
    ...(truth.ambiguous ?? []),
  ];
  return looks.filter(({ index }) =>
    busy.every(
      ({ start_frame, end_frame }) => index < start_frame - margin || index > end_frame + margin,
    ),
  );
}
