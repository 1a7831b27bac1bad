import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { measure, type FilmFeatures } from './features.js';
import { foldOf } from './folds.js';
import type { TrainingFilm } from './model.js';
import type { Stretch } from './stretch.js';

/** How many times faster than they were taken. */
const SPEEDS = [1, 2, 3, 4];
const STEP_MS = 40;

/** Single-shot stretches played fast: large movement of real things and cameras in which nothing is to be found. */
export function quickFilms(stretches: readonly Stretch[], cache: string): readonly TrainingFilm[] {
  return stretches.flatMap((stretch, number) =>
    SPEEDS.filter((speed) => stretch.frames / speed >= 20).map((speed) => {
      const path = join(cache, `quick-${number}-${speed}`);
      const features = existsSync(path)
        ? (deserialize(readFileSync(path)) as FilmFeatures)
        : played(stretch, speed);
      if (!existsSync(path)) writeFileSync(path, serialize(features));
      const truth = {
        file: `${stretch.family} ${number} x${speed}`,
        frames_decoded: Math.ceil(stretch.frames / speed),
        hard_cuts: [],
      };
      return { truth, fold: foldOf(stretch.family), features };
    }),
  );
}

function played({ width, height, frames, read }: Stretch, speed: number): FilmFeatures {
  const measuring = measure();
  for (let index = 0; index * speed < frames; index++) {
    const picture = { width, height, format: 'rgb24', data: read(index * speed) } as const;
    measuring.push({ index, timeMs: index * STEP_MS, picture });
  }
  return measuring.finish();
}
