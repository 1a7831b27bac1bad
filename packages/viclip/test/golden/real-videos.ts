import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Picture } from '@internvid/core/media';

import { textGraph } from '../../src/model/text.js';
import { visionGraph } from '../../src/model/vision.js';
import { middleFrames } from '../../src/preprocess/frame-choice.js';
import { preprocess } from '../../src/preprocess/preprocess.js';
import { viclipVariants } from '../../src/variants.js';
import { angle, cosines, furthest, type GoldenCheck } from './check.js';
import type { GraphRunner } from './graph-runners.js';
import { GOLDEN } from './shared.js';

type RealVideo = {
  readonly file: string;
  readonly frames_decoded: number;
  readonly width: number;
  readonly height: number;
  readonly indices: readonly number[];
  readonly embedding: readonly number[];
};

type RealGolden = {
  readonly videos: readonly RealVideo[];
  readonly tokens: readonly (readonly number[])[];
  readonly sims: readonly (readonly number[])[];
};

const CONFIG = viclipVariants.b16;

/** From files to the order of texts: real videos, decoded by ffmpeg, sampled and preprocessed here, through a seeded B/16. */
export async function checkRealVideos(runner: GraphRunner): Promise<readonly GoldenCheck[]> {
  const golden = JSON.parse(
    readFileSync(join(GOLDEN, 'viclip/real/real.json'), 'utf8'),
  ) as RealGolden;
  const tokens = {
    values: Int32Array.from(golden.tokens.flat()),
    sizes: [golden.tokens.length, CONFIG.text.context],
  };
  const texts =
    (await runner.run(textGraph(CONFIG), { tokens })).get('text.projected') ?? new Float32Array();
  const checks: GoldenCheck[] = [];
  for (const [place, video] of golden.videos.entries()) {
    const indices = middleFrames(CONFIG.vision.frames, video.frames_decoded);
    checks.push({
      name: `${video.file}/frames`,
      worst: furthest(indices, video.indices),
      tolerance: 0,
    });
    const found = await embedded(runner, video, indices);
    // The README's limits: another version of ffmpeg turns the colours of the MPEG-2 video a little otherwise.
    const tolerance = video.file.startsWith('city_night') ? 2e-5 : 1e-5;
    checks.push({ name: `${video.file}/angle`, worst: angle(found, video.embedding), tolerance });
    const order = ranked(cosines(found, texts, CONFIG.dimension));
    const wrong = furthest(order, ranked(golden.sims[place] ?? []));
    checks.push({ name: `${video.file}/order of texts`, worst: wrong, tolerance: 0 });
  }
  return checks.map((check) => ({ ...check, name: `real/${runner.name}/${check.name}` }));
}

async function embedded(
  runner: GraphRunner,
  video: RealVideo,
  indices: readonly number[],
): Promise<Float32Array> {
  const { frames, image } = CONFIG.vision;
  const values = preprocess(await decoded(video, indices), image);
  const found = await runner.run(visionGraph(CONFIG, { attention: 'fused' }), {
    frames: { values, sizes: [1, frames, 3, image, image] },
  });
  return found.get('vision.projected') ?? new Float32Array();
}

async function decoded(
  { file, width, height }: RealVideo,
  indices: readonly number[],
): Promise<readonly Picture[]> {
  const path = join(GOLDEN, '../media', file);
  const chosen = indices.map((index) => `eq(n\\,${index})`).join('+');
  const { stdout } = await promisify(execFile)(
    'ffmpeg',
    [
      '-v',
      'error',
      '-i',
      path,
      '-vf',
      `select=${chosen}`,
      '-fps_mode',
      'passthrough',
      '-f',
      'rawvideo',
      '-pix_fmt',
      'rgb24',
      'pipe:1',
    ],
    { encoding: 'buffer', maxBuffer: 2 ** 28 },
  );
  const bytes = width * height * 3;
  return indices.map((_, place) => ({
    width,
    height,
    format: 'rgb24',
    data: stdout.subarray(place * bytes, (place + 1) * bytes),
  }));
}

/** Places of numbers from the largest on. */
function ranked(values: readonly number[]): readonly number[] {
  return values.map((_, place) => place).sort((a, b) => values[b]! - values[a]!);
}
