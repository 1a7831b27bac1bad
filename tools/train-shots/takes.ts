import {
  blend,
  clamp,
  lookAt,
  mapValues,
  paint,
  plain,
  type Canvas,
  type Size,
  type View,
} from './canvas.js';
import type { Random } from './random.js';
import type { Stretch } from './stretch.js';

/** Something that one shot shows. */
export type Take = {
  readonly kind: 'film' | 'slide' | 'still';
  /** Pictures that there are. */
  readonly frames: number;
  at(index: number): Canvas;
};

/** What a camera does in a shot that its source did not do. */
const MOVES = {
  none: 50,
  pan: 7,
  zoom: 7,
  shake: 6,
  'whip-pan': 7,
  'fast-zoom': 5,
  rush: 6,
  dive: 5,
  turn: 4,
  'hand-held': 6,
} as const;
/** What moves fast is blurred: the shutter is open for half of the time. */
const BLURRED: readonly string[] = ['whip-pan', 'rush', 'dive', 'turn'];

/** A shot out of a stretch: another view of it, other colours, another speed. `first` is where in the stretch it begins. */
export function filmTake(
  stretch: Stretch,
  first: number,
  frames: number,
  size: Size,
  random: Random,
  look: FilmLook = filmLook(random),
): Take & { readonly look: FilmLook; readonly move: string } {
  const { isStill, speed, shutter, isMirrored, grade } = look;
  const move = frames < 20 ? 'none' : random.weighted(MOVES);
  const view = movingView(move, frames, look.view, random);
  return {
    kind: isStill ? 'still' : 'film',
    frames,
    look,
    move,
    at(index) {
      const place = first + (isStill ? 0 : Math.floor(index * speed));
      let source = stretch.read(backAndForth(place, stretch.frames));
      for (let more = 1; more < shutter; more++) {
        const later = stretch.read(backAndForth(place + more, stretch.frames));
        source = blend(source, later, 1 / (more + 1));
      }
      const steps = BLURRED.includes(move) ? 3 : 1;
      let canvas = lookAt(source, stretch, size, view(index), isMirrored);
      for (let step = 1; step < steps; step++) {
        const later = lookAt(source, stretch, size, view(index + step * 0.2), isMirrored);
        canvas = blend(canvas, later, 1 / (step + 1));
      }
      return grade(canvas);
    },
  };
}

/** A stretch that is too short is played backwards from its end on, so that nothing stands still. */
function backAndForth(place: number, frames: number): number {
  const turn = place % (2 * frames - 2);
  return turn < frames ? turn : 2 * frames - 2 - turn;
}

/** What stays the same within a scene: where the camera stands and what the colours are like. */
export type FilmLook = {
  readonly isStill: boolean;
  readonly speed: number;
  /** Pictures of the stretch that one of the shot is the mean of. */
  readonly shutter: number;
  readonly isMirrored: boolean;
  readonly view: View;
  readonly grade: (canvas: Canvas) => Canvas;
};

export function filmLook(random: Random): FilmLook {
  const isStill = random.chance(0.06);
  const speed = Number(random.weighted({ '1': 62, '2': 11, '3': 7, '4': 6, '0.5': 8, '0.8': 6 }));
  return {
    isStill,
    speed,
    shutter: !isStill && random.chance(0.5) ? Math.max(1, Math.floor(speed)) : 1,
    isMirrored: random.chance(0.5),
    view: {
      x: random.between(0.35, 0.65),
      y: random.between(0.35, 0.65),
      scale: random.chance(0.4) ? 0.98 : random.between(0.5, 0.98),
    },
    grade: grading(random),
  };
}

function grading(random: Random): (canvas: Canvas) => Canvas {
  if (random.chance(0.45)) return (canvas) => canvas;
  const gain = random.between(0.6, 1.25);
  const gamma = random.between(0.75, 1.35);
  const lift = random.chance(0.3) ? random.between(0, 30) : 0;
  const swap = random.chance(0.25);
  return (canvas) => {
    const graded = mapValues(canvas, (value) => lift + gain * 255 * (value / 255) ** gamma);
    if (!swap) return graded;
    for (let at = 0; at < graded.length; at += 3)
      [graded[at], graded[at + 2]] = [graded[at + 2] as number, graded[at] as number];
    return graded;
  };
}

function movingView(
  move: keyof typeof MOVES,
  frames: number,
  start: View,
  random: Random,
): (index: number) => View {
  const roams = move === 'whip-pan' || move === 'pan' || move === 'rush' || move === 'turn';
  const scale = roams ? Math.min(start.scale, 0.7) : start.scale;
  const slope = { x: random.between(-0.012, 0.012), y: random.between(-0.006, 0.006) };
  const begin = random.whole(4, Math.max(5, frames - 12));
  const takes = random.whole(3, 8);
  const size = random.between(0.01, 0.05);
  const shakes = Array.from({ length: frames + 2 }, () => [
    random.between(-size, size),
    random.between(-size, size),
  ]);
  const growth = random.between(-0.008, 0.008);
  const target = random.chance(0.5) ? scale * 0.55 : Math.min(1, scale * 1.6);
  const direction = random.chance(0.5) ? 1 : -1;
  const edge = scale / 2;
  const speed = direction * random.between(0.01, 0.04);
  const growing = direction * random.between(0.012, 0.04);
  const turning = direction * random.between(0.005, 0.04);
  const waves = Array.from({ length: 3 }, () => ({
    length: random.between(6, 40),
    x: random.between(-0.04, 0.04),
    y: random.between(-0.03, 0.03),
    angle: random.between(-0.03, 0.03),
    start: random.between(0, 6),
  }));
  return (index) => {
    const gone = clamp((index - begin) / takes, 0, 1);
    const [jerkX, jerkY] = shakes[Math.min(shakes.length - 1, Math.floor(index))] as [
      number,
      number,
    ];
    if (move === 'pan')
      return { x: start.x + slope.x * index, y: start.y + slope.y * index, scale };
    if (move === 'zoom') return { ...start, scale: clamp(scale * (1 + growth * index), 0.3, 1) };
    if (move === 'shake' && index >= begin && index < begin + 4 * takes)
      return { x: start.x + jerkX, y: start.y + jerkY, scale: Math.min(scale, 0.9) };
    if (move === 'shake') return { ...start, scale: Math.min(scale, 0.9) };
    if (move === 'whip-pan') {
      const x = direction > 0 ? edge + gone * (1 - 2 * edge) : 1 - edge - gone * (1 - 2 * edge);
      return { x, y: start.y, scale };
    }
    if (move === 'rush') {
      const x = triangle(start.x + speed * index);
      return { x: edge + x * (1 - 2 * edge), y: start.y, scale };
    }
    if (move === 'dive') return { ...start, scale: 0.3 + 0.65 * triangle(scale + growing * index) };
    if (move === 'turn') return { ...start, scale, angle: turning * index };
    if (move === 'hand-held') {
      const sway = { x: start.x, y: start.y, angle: 0 };
      for (const wave of waves) {
        const place = Math.sin(wave.start + (index * 6.28) / wave.length);
        sway.x += wave.x * place;
        sway.y += wave.y * place;
        sway.angle += wave.angle * place;
      }
      return { ...sway, scale: Math.min(scale, 0.85) };
    }
    if (move === 'fast-zoom') return { ...start, scale: scale + (target - scale) * gone };
    return start;
  };
}

/** Goes up from 0 to 1 and back again. */
function triangle(value: number): number {
  const turn = ((value % 2) + 2) % 2;
  return turn < 1 ? turn : 2 - turn;
}

/** Slides of one deck: the same ground and frame, other words. Each call draws another slide. */
export function deck(size: Size, random: Random): (frames: number) => Take {
  const isDark = random.chance(0.25);
  const ground = isDark
    ? [random.whole(0, 50), random.whole(0, 50), random.whole(0, 70)]
    : [random.whole(215, 255), random.whole(215, 255), random.whole(215, 255)];
  const ink = isDark
    ? [225, 225, 225]
    : [random.whole(0, 80), random.whole(0, 80), random.whole(0, 90)];
  const bar = [random.whole(0, 255), random.whole(0, 255), random.whole(0, 255)];
  const hasBar = random.chance(0.5);
  return (frames) => {
    const canvas = plain(size, ground);
    if (hasBar)
      paint(canvas, size, { left: 0, top: 0, right: size.width, bottom: size.height * 0.06 }, bar);
    writeLine(canvas, size, 0.1, 0.07, random.between(0.2, 0.8), ink, random);
    const lines = random.whole(1, 8);
    for (let line = 0; line < lines; line++)
      writeLine(
        canvas,
        size,
        0.27 + line * 0.08,
        random.between(0.025, 0.045),
        random.between(0.1, 0.85),
        ink,
        random,
      );
    if (random.chance(0.35)) drawFigure(canvas, size, random);
    return { kind: 'slide', frames, at: () => canvas.slice() };
  };
}

/** Words as rows of strokes: a detector sees no more of them. */
export function writeLine(
  canvas: Canvas,
  size: Size,
  top: number,
  height: number,
  length: number,
  ink: readonly number[],
  random: Random,
  start = 0.08,
): void {
  const [upper, lower] = [top * size.height, (top + height) * size.height];
  const stroke = Math.max(1, (height * size.height) / 6);
  for (let x = start * size.width; x < (start + length) * size.width; x += stroke * 2.2) {
    if (random.chance(0.18)) continue;
    const rise = random.between(0, (lower - upper) * 0.4);
    paint(canvas, size, { left: x, top: upper + rise, right: x + stroke, bottom: lower }, ink);
    if (random.chance(0.4))
      paint(
        canvas,
        size,
        { left: x, top: upper + rise, right: x + stroke * 2, bottom: upper + rise + stroke },
        ink,
      );
  }
}

function drawFigure(canvas: Canvas, size: Size, random: Random): void {
  for (let part = random.whole(1, 6); part > 0; part--) {
    const left = random.between(0.5, 0.85) * size.width;
    const top = random.between(0.3, 0.75) * size.height;
    const colour = [random.whole(0, 255), random.whole(0, 255), random.whole(0, 255)];
    paint(
      canvas,
      size,
      {
        left,
        top,
        right: left + random.between(0.04, 0.3) * size.width,
        bottom: top + random.between(0.04, 0.3) * size.height,
      },
      colour,
    );
  }
}
