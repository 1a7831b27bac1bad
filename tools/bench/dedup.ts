import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { isAbort, ToolkitError, type Clip } from '@internvid/core';
import { ffmpegFrameReader, type FrameReader } from '@internvid/core/media';
import { runStage } from '@internvid/core/testing';
import { copyFinder, hashClips, type ClipHash } from '@internvid/generation';

import { measured, type Bench, type Measurement } from './bench.js';
import { drawShapes, makeVariant, VARIANTS } from './dedup-films.js';

const MEDIA = fileURLToPath(new URL('../../../shared/media/', import.meta.url));
const FILMS = 25;

/** Files of the shared media that show the same, by the beginning of their names; all else shares nothing. */
const SAME_CONTENT = ['tears_of_steel_3shots_', 'lego_machine_'];

/**
 * Draws 25 films and 200 copies of them, eight of each, and looks for each copy among the films and all other copies: `recall` is
 * the share of the copies that are found with their film, `precision` the share of the pairs found that are of one film. With the
 * shared media, the same for its files: two pairs of one content, and all others unrelated.
 */
export const bench: Bench = async ({ media = MEDIA, say }) => {
  const folder = await mkdtemp(join(tmpdir(), 'internvid-bench-'));
  const frames = ffmpegFrameReader();
  try {
    const drawn = await drawnCopies(folder, frames, say);
    if (!existsSync(media)) {
      say(`${media} is not there: real files are not measured`);
      return drawn;
    }
    say('hashing the real files');
    return [...drawn, ...(await realFiles(resolve(media), frames))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

type Copy = { readonly film: number; readonly variant: string; readonly hash: ClipHash };

async function drawnCopies(
  folder: string,
  frames: FrameReader,
  say: (line: string) => void,
): Promise<Measurement[]> {
  const copies: Copy[] = [];
  for (let film = 0; film < FILMS; film++) {
    if (film % 5 === 0) say(`drawing and hashing film ${film} of ${FILMS} and its copies`);
    const path = join(folder, `film-${film}.mp4`);
    await drawShapes(film + 1, path);
    copies.push({ film, variant: 'film', hash: await hashOf(path, `film ${film}`, frames) });
    for (const variant of Object.keys(VARIANTS)) {
      const file = await makeVariant(path, variant, folder);
      copies.push({ film, variant, hash: await hashOf(file, `${variant} ${film}`, frames) });
      await rm(file);
    }
  }
  const { pairs, seconds } = pairsAmong(copies.map(({ hash }) => hash));
  const rows = Object.keys(VARIANTS).flatMap((variant) => {
    const found = new Set<number>();
    let [right, wrong] = [0, 0];
    for (const [a, b] of pairs) {
      const [one, other] = [copies[a] as Copy, copies[b] as Copy];
      if (one.variant !== variant && other.variant !== variant) continue;
      if (one.film !== other.film) wrong++;
      else right++;
      if (one.film === other.film && [one.variant, other.variant].includes('film'))
        found.add(one.film);
    }
    return [
      measured(`drawn/${variant}`, 'recall', found.size / FILMS, 'ratio', 1),
      measured(`drawn/${variant}`, 'precision', precision(right, wrong), 'ratio', 1),
    ];
  });
  const perClip = (seconds * 1000) / copies.length;
  return [...rows, measured('drawn/all', 'ms-per-clip', perClip, 'ms')];
}

async function realFiles(media: string, frames: FrameReader): Promise<Measurement[]> {
  const hashes: ClipHash[] = [];
  for (const folder of [media, join(media, 'captioned')]) {
    const entries = existsSync(folder) ? await readdir(folder, { withFileTypes: true }) : [];
    for (const { name } of entries.filter((entry) => entry.isFile())) {
      try {
        hashes.push(await hashOf(join(folder, name), name, frames));
      } catch (error) {
        // Not every file there is a video.
        if (isAbort(error) || !ToolkitError.is(error)) throw error;
      }
    }
  }
  const { pairs } = pairsAmong(hashes);
  const contentOf = (at: number): string => {
    const name = hashes[at]?.id ?? '';
    return SAME_CONTENT.find((start) => name.startsWith(start)) ?? name;
  };
  const right = new Set(
    pairs.filter(([a, b]) => contentOf(a) === contentOf(b)).map(([a]) => contentOf(a)),
  );
  const wrong = pairs.filter(([a, b]) => contentOf(a) !== contentOf(b)).length;
  return [
    measured('real', 'files', hashes.length, 'count'),
    measured('real', 'recall', right.size / SAME_CONTENT.length, 'ratio', 1),
    measured('real', 'precision', precision(right.size, wrong), 'ratio', 1),
  ];
}

/** Every pair that is found from either side, once. */
function pairsAmong(hashes: readonly ClipHash[]): {
  readonly pairs: readonly (readonly [number, number])[];
  readonly seconds: number;
} {
  const startedAt = performance.now();
  const finder = copyFinder();
  for (const hash of hashes) finder.add(hash);
  const pairs = new Map<string, readonly [number, number]>();
  for (const [at, hash] of hashes.entries()) {
    for (const { other } of finder.find(hash)) {
      const pair = [Math.min(at, other), Math.max(at, other)] as const;
      pairs.set(pair.join(' '), pair);
    }
  }
  return { pairs: [...pairs.values()], seconds: (performance.now() - startedAt) / 1000 };
}

/** 1 where nothing was found: then nothing was wrong. */
function precision(right: number, wrong: number): number {
  return right + wrong === 0 ? 1 : right / (right + wrong);
}

async function hashOf(path: string, id: string, frames: FrameReader): Promise<ClipHash> {
  const info = await frames.probe(path);
  const video = { id, uri: path, info, metadata: {} };
  const clip: Clip = { id, video, span: { startMs: 0, endMs: info.durationMs }, facts: {} };
  const { outputs, failed } = await runStage(hashClips({ frames }), [clip]);
  const [hash] = outputs;
  if (hash === undefined)
    throw new ToolkitError('decode-failed', `${path}: ${failed[0]?.code ?? 'no picture'}`);
  return hash;
}
