import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { drawFilm, type FilmSpec } from '@internvid/core/testing';

/** Draws films of two shots, a few seconds each, into a new folder, and gives that folder. */
export async function drawSmallFilms(count: number): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), 'internvid-films-')), 'films');
  await mkdir(folder);
  for (let number = 0; number < count; number += 1) {
    await drawFilm(smallFilm(number), join(folder, `film ${number}.mp4`));
  }
  return folder;
}

function smallFilm(number: number): FilmSpec {
  const colours = ['red', 'green', 'blue', 'yellow'] as const;
  const colour = colours[number % colours.length] ?? 'red';
  const moving = {
    size: 0.3,
    places: [[0.2, 0.3 + number / 20]] as const,
    velocity: [40, 0] as const,
  };
  return {
    name: `film ${number}`,
    width: 320,
    height: 180,
    frameRate: { num: 25, den: 1 },
    shots: [
      {
        frames: 55 + number,
        backdrop: { kind: 'gradient', from: 'white', to: 'grey' },
        actors: [{ shape: 'circle', colour, ...moving }],
      },
      {
        frames: 60,
        backdrop: { kind: 'texture', from: 'black', to: 'purple' },
        actors: [{ shape: 'star', colour: 'white', ...moving }],
      },
    ],
  };
}
