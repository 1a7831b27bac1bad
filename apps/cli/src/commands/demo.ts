import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

import type { DrawnFilm } from '@internvid/core/testing';

import { readSamples } from '../dataset.js';
import { formatShapes, watchShapes } from '../demo-shapes.js';
import { compareWithTruth, formatComparison } from '../demo-truth.js';
import { formatTable } from '../format.js';
import { printOutcome } from '../outcome.js';
import { plain, print } from '../output.js';
import { runPipeline } from '../pipeline.js';
import { openSession, type CommonFlags, type Session } from '../session.js';

/**
 * `internvid demo`: draws films of known content, runs the pipeline on them as on anybody's videos, and compares. Then a small model
 * tells films of shapes apart.
 */
export async function demo(
  videos: readonly string[],
  flags: CommonFlags & { out?: string },
): Promise<void> {
  const folder = flags.out ?? 'internvid-demo';
  const session = await openSession(flags, join(folder, 'dataset'));
  if (videos.length > 0) {
    const { reports, exports } = await runPipeline(session, videos);
    await printOutcome(session, flags, reports, exports);
    return;
  }
  const films = await drawFilms(join(folder, 'films'), session);
  const { reports, exports } = await runPipeline(
    session,
    films.map(({ file }) => file),
  );
  const comparison = await compareWithTruth(films, session.store, session.signal);
  const shapes = await watchShapes(join(folder, 'shapes'), session);
  if (flags.json === true) {
    print(flags, plain({ dataset: session.store.location, comparison, shapes }), () => '');
  } else {
    await printOutcome(session, flags, reports, exports);
    process.stdout.write(`\nThe captions of whole clips:\n\n${await fineCaptions(session)}\n`);
    process.stdout.write(
      `\nWhat is true of the films, and what was found:\n\n${formatComparison(comparison)}\n`,
    );
    process.stdout.write(
      `\nFilms of shapes, and what viclip-shapes says of them:\n\n${formatShapes(shapes)}\n`,
    );
  }
  if (comparison.some(({ isRight, isExpected }) => isExpected && !isRight)) process.exitCode = 1;
}

async function fineCaptions({ store, signal }: Session): Promise<string> {
  const rows: string[][] = [];
  for await (const { clip, captions } of readSamples(store, signal)) {
    const fine = captions.find(({ scale }) => scale === 'fine');
    const { startMs, endMs } = clip.span;
    const seconds = [startMs, endMs].map((ms) => (ms / 1000).toFixed(1)).join(' to ');
    rows.push([basename(clip.video.uri), `${seconds} s`, fine?.text ?? '']);
  }
  return formatTable(['film', 'time', 'caption'], rows);
}

async function drawFilms(folder: string, { config, signal }: Session): Promise<DrawnFilm[]> {
  const { drawFilm, filmSet } = await import('@internvid/core/testing');
  await mkdir(folder, { recursive: true });
  const films: DrawnFilm[] = [];
  for (const film of filmSet()) {
    process.stderr.write(`drawing ${film.name}\n`);
    const program = config.ffmpeg === undefined ? {} : { ffmpeg: config.ffmpeg };
    films.push(await drawFilm(film, join(folder, `${film.name}.mp4`), { ...program, signal }));
  }
  return films;
}
