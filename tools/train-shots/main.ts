import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { encodeTrees } from '../../packages/collector/src/shots/transition-trees.js';
import type { CutTruth } from '../bench/score-shots.js';
import { featuresOf } from './features.js';
import { composeFilm } from './film.js';
import { FOLDS, foldOf, stretchesOf } from './folds.js';
import { summary, trainOn, type TrainingFilm } from './model.js';
import { quickFilms } from './quick.js';
import { wholeFilms, withoutBoundaries } from './quiet.js';
import { openStretches } from './sources.js';
import type { Stretch } from './stretch.js';

const MEDIA = fileURLToPath(new URL('../../../shared/media/', import.meta.url));
const WEIGHTS = fileURLToPath(
  new URL('../../packages/collector/src/shots/transition-weights.ts', import.meta.url),
);

const { values } = parseArgs({
  options: {
    media: { type: 'string', default: MEDIA },
    cache: { type: 'string', default: join(tmpdir(), 'train-shots') },
    films: { type: 'string', default: '40' },
    'skip-held-out': { type: 'boolean', default: false },
  },
});

if (!existsSync(values.media))
  throw new Error(`There are no videos at ${values.media}; give a folder with --media.`);
const cache = join(values.cache, 'feat');
mkdirSync(cache, { recursive: true });
const stretches = await openStretches(values.media, join(values.cache, 'stretches'));
const films = await composeAll(stretches, Number(values.films));
const quick = quickFilms(stretches, cache);
const whole = await wholeFilms(values.media, cache);
const quiet = whole.map(withoutBoundaries);
// Real movement is rare beside what is composed, so it counts twice.
const all = [...films, ...quick, ...quiet, ...quiet];
if (!values['skip-held-out']) {
  const models = Array.from({ length: FOLDS }, (_, fold) =>
    trainOn(all.filter((film) => film.fold !== fold)),
  );
  for (const [name, tests] of Object.entries({ films, quick, whole })) {
    const held = models.map((model, fold) => ({
      model,
      films: tests.filter((film) => film.fold === fold),
    }));
    say(`${name}, held out by video: ${summary(held)}`);
  }
}
const model = trainOn(all);
const frames = [...films, ...quick, ...quiet].reduce(
  (sum, { truth }) => sum + truth.frames_decoded,
  0,
);
writeFileSync(WEIGHTS, moduleOf(encodeTrees(model.cut), encodeTrees(model.gradual)));
say(
  `trained on ${films.length} composed, ${quick.length} quick and ${quiet.length} quiet films, ${frames} frames; wrote ${WEIGHTS}`,
);

/** Films of each part of the videos, so many of each, and what the detector measures of them. */
async function composeAll(
  stretches: readonly Stretch[],
  perFold: number,
): Promise<readonly TrainingFilm[]> {
  const folder = join(values.cache, 'films');
  mkdirSync(folder, { recursive: true });
  say(
    `${stretches.length} stretches of ${new Set(stretches.map(({ family }) => foldOf(family))).size} parts`,
  );
  const made: TrainingFilm[] = [];
  for (let index = 0; index < perFold; index++) {
    for (let fold = 0; fold < FOLDS; fold++) {
      const name = `f${fold}-${String(index).padStart(3, '0')}.mkv`;
      const path = join(folder, name);
      const truth = existsSync(`${path}.json`)
        ? (JSON.parse(readFileSync(`${path}.json`, 'utf8')) as CutTruth)
        : await composeFilm(
            stretchesOf(stretches, fold),
            7000 + index * 10 + fold,
            path,
            slideShare(index),
          );
      made.push({ truth, fold, features: await featuresOf(path, join(cache, `film-${name}`)) });
    }
    say(`${made.length} films`);
  }
  return made;
}

/** Some films all have slides: their cuts are the faintest, and rare otherwise. */
function slideShare(index: number): number {
  return index % 28 >= 25 ? 1 : 0.25;
}

function moduleOf(cut: string, gradual: string): string {
  const text = (name: string, about: string, value: string): string[] => [
    `/** ${about}, as \`encodeTrees\` writes them. */`,
    `export const ${name}: string = [`,
    ...(value.match(/.{1,90}/g) ?? []).map((line) => `  '${line}',`),
    `].join('');`,
    '',
  ];
  return [
    '/**',
    ' * Raised when the trees change. They were grown by `npm run train:shots` on films that the command composes of single-shot',
    ' * stretches of real and drawn videos, with boundaries and look-alikes known to the frame: change that, not this file.',
    ' */',
    "export const WEIGHTS_VERSION: string = '2';",
    '',
    ...text('CUT_TREES', 'The trees that judge hard cuts', cut),
    ...text('GRADUAL_TREES', 'The trees that judge gradual transitions', gradual),
  ].join('\n');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
