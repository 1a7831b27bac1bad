import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { cartoons } from './cartoons.js';
import type { CutTruth } from '../bench/score-shots.js';
import type { Stretch } from './stretch.js';

/** Longest side of the pictures that films are composed of. */
const SIDE = 288;
/** A stretch keeps so far from every boundary and doubtful place of its video, in frames. */
const MARGIN = 6;
const LONGEST = 240;
const SHORTEST = 24;
const STRETCHES_PER_VIDEO = 5;

/** Videos without a list of cuts, seen to be one shot. */
const SINGLE_SHOTS = [
  'basketball_practice',
  'beach_skyline',
  'butterflies',
  'dachshund',
  'golf_range',
  'man_dog_snow_forest',
  'pink_cake',
  'red_convertible',
  'reeds_wind',
  'rhino_lion',
  'rugby_team',
  'truck_dune_jump',
].map((name) => `captioned/${name}.mp4`);

/** Pictures that ffmpeg draws: movement without end, and none that a camera made. */
const DRAWN = [
  'testsrc2=size=288x162:rate=25',
  'mandelbrot=size=288x162:rate=25:end_scale=0.05:maxiter=300',
  'life=size=288x162:rate=25:mold=10:ratio=0.1:death_color=#402010:life_color=#f0e0a0,setsar=1',
  'gradients=size=288x162:rate=25:speed=0.03',
  'cellauto=size=288x162:rate=25:rule=110',
  'sierpinski=size=288x162:rate=25:seed=3',
  'gradients=size=288x162:rate=25:speed=0.12:nb_colors=6:seed=5',
];

/** Cuts the videos of a folder into single-shot stretches and decodes them into the cache, once. */
export async function openStretches(media: string, cache: string): Promise<readonly Stretch[]> {
  mkdirSync(cache, { recursive: true });
  const stretches: Stretch[] = [];
  for (const { file, ranges } of videosOf(media)) {
    for (const range of ranges) stretches.push(await decodeStretch(media, cache, file, range));
  }
  for (const [index, drawn] of DRAWN.entries()) {
    stretches.push(await decodeDrawn(cache, `drawn-${index}`, drawn));
  }
  stretches.push(...cartoons());
  return stretches.filter((stretch) => stretch.frames >= SHORTEST && !isPlain(stretch));
}

/** Black and other plain stretches are made where they are wanted, not found. */
function isPlain({ frames, read }: Stretch): boolean {
  const picture = read(frames >> 1);
  const mean = picture.reduce((sum, value) => sum + value, 0) / picture.length;
  return picture.reduce((sum, value) => sum + Math.abs(value - mean), 0) / picture.length < 8;
}

type Range = { readonly first: number; readonly end: number };

function videosOf(media: string): readonly { file: string; ranges: readonly Range[] }[] {
  const { videos } = JSON.parse(readFileSync(join(media, 'truth', 'cuts.json'), 'utf8')) as {
    videos: CutTruth[];
  };
  const known = videos
    .filter(({ file }) => !file.startsWith('broken/'))
    .map((truth) => ({ file: truth.file, ranges: quietRanges(truth) }));
  const single = SINGLE_SHOTS.filter((file) => existsSync(join(media, file)));
  return [...known, ...single.map((file) => ({ file, ranges: [{ first: 0, end: LONGEST }] }))];
}

function quietRanges(truth: CutTruth): readonly Range[] {
  const busy = [
    ...truth.hard_cuts.map(({ frame }) => ({ start_frame: frame, end_frame: frame })),
    ...(truth.gradual ?? []),
    ...(truth.ambiguous ?? []),
  ].toSorted((a, b) => a.start_frame - b.start_frame);
  const ranges: Range[] = [];
  let first = 0;
  for (const { start_frame, end_frame } of busy) {
    ranges.push({ first, end: start_frame - MARGIN });
    first = Math.max(first, end_frame + MARGIN);
  }
  ranges.push({ first, end: truth.frames_decoded });
  return ranges
    .flatMap(({ first: start, end }) => [
      { first: start, end: Math.min(end, start + LONGEST) },
      ...(end - start > 3 * LONGEST ? [{ first: end - LONGEST, end }] : []),
    ])
    .filter(({ first: start, end }) => end - start >= SHORTEST)
    .slice(0, STRETCHES_PER_VIDEO + 4);
}

/** Name that videos of the same content share. */
export function familyOf(file: string): string {
  const name = file.replace(/^.*\//, '').replace(/\.\w+$/, '');
  return /^(tears_of_steel|lego_machine|man_dog_snow)/.exec(name)?.[1] ?? name;
}

async function decodeStretch(
  media: string,
  cache: string,
  file: string,
  { first, end }: Range,
): Promise<Stretch> {
  const path = join(cache, `${file.replace(/\W+/g, '-')}-${first}-${end}`);
  const size = `scale='if(gte(iw,ih),${SIDE},-2)':'if(gte(iw,ih),-2,${SIDE})':flags=area`;
  const select = `select='between(n,${first},${end - 1})'`;
  const input = ['-i', `file:${join(media, file)}`, '-map', '0:v:0'];
  return decodeTo(
    path,
    [...input, '-vf', `${select},${size}`, '-frames:v', String(end - first)],
    familyOf(file),
  );
}

async function decodeDrawn(cache: string, name: string, source: string): Promise<Stretch> {
  return decodeTo(join(cache, name), ['-f', 'lavfi', '-i', source, '-frames:v', '200'], name);
}

/** Pictures go into a file of portable pixmaps, which say their own size. */
async function decodeTo(
  path: string,
  options: readonly string[],
  family: string,
): Promise<Stretch> {
  if (!existsSync(path)) {
    const output = [
      '-fps_mode',
      'passthrough',
      '-pix_fmt',
      'rgb24',
      '-c:v',
      'ppm',
      '-f',
      'image2pipe',
    ];
    const args = ['-v', 'error', '-nostdin', '-y', ...options, ...output, `file:${path}.part`];
    await ffmpeg(args);
    renameSync(`${path}.part`, path);
  }
  const handle = openSync(path, 'r');
  const head = Buffer.alloc(20);
  readSync(handle, head, 0, 20, 0);
  const match = /^P6\n(\d+) (\d+)\n255\n/.exec(head.toString('latin1'));
  if (match === null) throw new Error(`${path} holds no pictures.`);
  const [text, width, height] = [match[0], Number(match[1]), Number(match[2])];
  const stride = text.length + width * height * 3;
  return {
    family,
    width,
    height,
    frames: Math.floor(statSync(path).size / stride),
    read(index) {
      const picture = new Uint8Array(width * height * 3);
      readSync(handle, picture, 0, picture.length, index * stride + text.length);
      return picture;
    },
  };
}

/** Runs ffmpeg to its end. */
export function ffmpeg(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('ffmpeg', args, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`ffmpeg ended with ${String(code)}: ${args.join(' ')}`));
    });
  });
}
