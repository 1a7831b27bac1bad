import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFfmpeg } from '@internvid/core/media';

const WIDTH = 320;
const HEIGHT = 180;
const FPS = 12.5;
const SHOT_FRAMES = 25;
const SHOTS = 3;
const SHAPES = 14;

/** How copies are made of a film. */
export const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  reencoded: ['-vf', 'scale=240:-2', '-crf', '34'],
  'cropped-5-percent': ['-vf', 'crop=trunc(iw*0.95/2)*2:trunc(ih*0.95/2)*2'],
  'cropped-5-percent-off-one-side': ['-vf', 'crop=trunc(iw*0.95/2)*2:ih:iw-trunc(iw*0.95/2)*2:0'],
  letterboxed: ['-vf', 'pad=iw:trunc(ih*1.3/2)*2:0:(oh-ih)/2'],
  'shifted-0.5-s': ['-ss', '0.5'],
  brighter: ['-vf', 'lutyuv=y=clip(val*1.1+16\\,16\\,235)'],
  'sped-up-1.05': ['-vf', 'setpts=PTS/1.05'],
  'partial-overlap': ['-ss', '2.3', '-t', '2.4'],
};

type Shape = {
  readonly isRound: boolean;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly right: number;
  readonly down: number;
  readonly grey: number;
};

/**
 * Draws a film of its own: three shots of two seconds, each of moving boxes and ellipses over a slope of grey, all by the seed, so
 * that two films have nothing in common but how they are made.
 */
export async function drawShapes(seed: number, path: string): Promise<void> {
  const random = randomOf(seed);
  const size = `${WIDTH}x${HEIGHT}`;
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', size, '-r', String(FPS), '-i', 'pipe:0'];
  const child = spawn(
    findFfmpeg('ffmpeg').path,
    ['-v', 'error', '-y', ...raw, ...ENCODED, '-crf', '18', path],
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  const closed = once(child, 'close') as Promise<[number | null]>;
  for (let shot = 0; shot < SHOTS; shot++) {
    const slope = [random(), random(), random()].map((value) => value * 200) as Slope;
    const shapes = Array.from({ length: SHAPES }, () => shapeOf(random));
    for (let frame = 0; frame < SHOT_FRAMES; frame++)
      if (!child.stdin.write(drawFrame(slope, shapes, frame / FPS)))
        await once(child.stdin, 'drain');
  }
  child.stdin.end();
  const [code] = await closed;
  if (code !== 0) throw new Error(`ffmpeg could not draw ${path}.`);
}

/** Makes a copy of a film. */
export async function makeVariant(film: string, name: string, folder: string): Promise<string> {
  const path = join(folder, `${name}.mp4`);
  const change = VARIANTS[name] ?? [];
  await promisify(execFile)(findFfmpeg('ffmpeg').path, [
    ...['-v', 'error', '-nostdin', '-y', '-i', film, ...change, ...ENCODED, path],
  ]);
  return path;
}

const ENCODED = ['-an', '-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '1'].concat([
  '-pix_fmt',
  'yuv420p',
]);

type Slope = [number, number, number];

function shapeOf(random: () => number): Shape {
  return {
    isRound: random() < 0.5,
    x: random(),
    y: random(),
    width: 0.06 + random() * 0.3,
    height: 0.06 + random() * 0.4,
    right: (random() - 0.5) * 0.3,
    down: (random() - 0.5) * 0.3,
    grey: Math.floor(random() * 256),
  };
}

function drawFrame(
  [start, acrossTo, downTo]: Slope,
  shapes: readonly Shape[],
  seconds: number,
): Uint8Array {
  const picture = new Uint8Array(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    const left = start + ((downTo - start) * y) / HEIGHT;
    for (let x = 0; x < WIDTH; x++)
      picture[y * WIDTH + x] = left + ((acrossTo - start) * x) / (2 * WIDTH);
  }
  for (const shape of shapes) drawShape(picture, shape, seconds);
  return picture;
}

function drawShape(picture: Uint8Array, shape: Shape, seconds: number): void {
  const centreX = (shape.x + shape.right * seconds) * WIDTH;
  const centreY = (shape.y + shape.down * seconds) * HEIGHT;
  const [halfWidth, halfHeight] = [(shape.width * WIDTH) / 2, (shape.height * HEIGHT) / 2];
  const top = Math.max(0, Math.ceil(centreY - halfHeight));
  const bottom = Math.min(HEIGHT, centreY + halfHeight);
  for (let y = top; y < bottom; y++) {
    const share = (y - centreY) / halfHeight;
    const reach = shape.isRound ? halfWidth * Math.sqrt(Math.max(0, 1 - share * share)) : halfWidth;
    const from = Math.max(0, Math.ceil(centreX - reach));
    const to = Math.min(WIDTH, Math.floor(centreX + reach));
    if (to > from) picture.fill(shape.grey, y * WIDTH + from, y * WIDTH + to);
  }
}

/** Random numbers in [0, 1) that a seed fixes (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
