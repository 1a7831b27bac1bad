import { blend, mapValues, paint, type Canvas, type Size } from './canvas.js';
import type { Random } from './random.js';
import { writeLine } from './takes.js';

/** What was done to the pictures of one shot. `isDoubtful`: some would call it a boundary. */
export type Disturbance = {
  readonly kind: string;
  readonly first: number;
  readonly last: number;
  readonly isDoubtful: boolean;
};

const KINDS = {
  flash_white: 12,
  camera_flash: 12,
  strobe: 6,
  brightness_change: 10,
  exposure_drift: 14,
  side_light: 6,
  flare: 7,
  occluder: 15,
  freeze: 7,
  repeated_frame: 5,
  dropped_frame: 8,
  subtitle_appears: 14,
  subtitle_vanishes: 10,
  subtitle_fades: 6,
  title: 7,
  focus: 5,
  glitch: 4,
  picture_in_picture: 4,
} as const;

/** Frames that a disturbance leaves alone at either end of a shot. */
const EDGE = 7;

/** Does something to a shot that is no boundary; changes the list in place. */
export function disturb(pictures: Canvas[], size: Size, random: Random): Disturbance {
  const kind = random.weighted(KINDS);
  const first = random.whole(EDGE, Math.max(EDGE, pictures.length - EDGE - 10));
  const last = MAKERS[kind]({ pictures, size, random, first });
  return { kind, first, last, isDoubtful: kind === 'picture_in_picture' };
}

type Scene = {
  readonly pictures: Canvas[];
  readonly size: Size;
  readonly random: Random;
  readonly first: number;
};

/** Each answers with the last picture that it changed. */
const MAKERS: Readonly<Record<keyof typeof KINDS, (scene: Scene) => number>> = {
  flash_white: (scene) => {
    const level = scene.random.pick([255, 255, 255, 0, 240]);
    return changeEach(scene, scene.random.whole(1, 3), (picture) =>
      mapValues(picture, () => level),
    );
  },
  camera_flash: (scene) => {
    const gain = scene.random.between(1.6, 4);
    const lift = scene.random.between(0, 80);
    return changeEach(scene, scene.random.whole(1, 4), (picture, gone) =>
      mapValues(
        picture,
        (value) => value * (1 + (gain - 1) * (1 - gone * 0.5)) + lift * (1 - gone),
      ),
    );
  },
  strobe: (scene) => {
    const { random } = scene;
    const [period, level] = [random.whole(2, 5), random.pick([0.1, 0.3, 2.5, 4])];
    return changeEach(scene, random.whole(12, 40), (picture, _, index) =>
      index % period < period / 2 ? mapValues(picture, (value) => value * level) : picture,
    );
  },
  brightness_change: (scene) => {
    const gain = scene.random.pick([0.55, 0.7, 0.8, 1.3, 1.4, 1.7]);
    const isShort = scene.random.chance(0.3);
    const length = isShort ? scene.random.whole(8, 30) : scene.pictures.length;
    changeEach(scene, length, (picture) => mapValues(picture, (value) => value * gain));
    return scene.first;
  },
  exposure_drift: (scene) => {
    const { random } = scene;
    const gain = random.pick([0.3, 0.4, 0.6, 1.5, 2, 2.6]);
    const tint = random.chance(0.3) ? random.between(0.7, 1.3) : 1;
    const takes = random.whole(6, 60);
    const comesBack = random.chance(0.35);
    const length = comesBack ? 2 * takes : scene.pictures.length;
    const last = changeEach(scene, length, (picture, _, index) => {
      const gone = index < takes ? (index + 1) / takes : comesBack ? 2 - (index + 1) / takes : 1;
      return light(picture, 1 + (gain - 1) * gone, 1 + (tint - 1) * gone);
    });
    return comesBack ? last : Math.min(last, scene.first + takes);
  },
  side_light: (scene) => {
    const { random, size } = scene;
    const gain = random.pick([0.25, 0.5, 1.8, 2.6]);
    const softness = random.between(0.3, 1);
    const takes = random.whole(8, 45);
    const fromLeft = random.chance(0.5);
    changeEach(scene, scene.pictures.length, (picture, _, index) =>
      eachPixel(picture, size, (x) => {
        const along = fromLeft ? x : 1 - x;
        const gone = Math.min(1, (index + 1) / takes) * (1 + softness);
        return 1 + (gain - 1) * Math.max(0, Math.min(1, (gone - along) / softness));
      }),
    );
    return Math.min(scene.pictures.length - 1, scene.first + takes);
  },
  flare: (scene) => {
    const { random, size } = scene;
    const [fromX, toX] = [random.between(-0.3, 1.3), random.between(-0.3, 1.3)];
    const [y, radius] = [random.between(0, 1), random.between(0.15, 0.7)];
    const strength = random.between(1, 6);
    return changeEach(scene, random.whole(8, 45), (picture, gone) => {
      const centre = fromX + (toX - fromX) * gone;
      const power = strength * Math.sin(Math.PI * gone);
      return eachPixel(picture, size, (x, row) => {
        const away = ((x - centre) ** 2 + (row - y) ** 2) / radius ** 2;
        return 1 + power * Math.exp(-away);
      });
    });
  },
  occluder: occlude,
  freeze: ({ pictures, random, first }) => {
    const length = random.whole(5, 14);
    const skips = random.chance(0.4);
    const still = pictures[first] as Canvas;
    if (skips) {
      for (let at = first; at < Math.min(pictures.length, first + length); at++)
        pictures[at] = still;
    } else pictures.splice(first, 0, ...Array.from({ length }, () => still));
    return first + length;
  },
  repeated_frame: ({ pictures, random, first }) => {
    const still = pictures[first] as Canvas;
    for (let times = random.whole(1, 2); times > 0; times--) pictures.splice(first, 0, still);
    return first + 2;
  },
  dropped_frame: ({ pictures, random, first }) => {
    pictures.splice(first, random.whole(1, 3));
    return first;
  },
  subtitle_appears: (scene) => {
    const write = subtitle(scene);
    changeEach(scene, scene.pictures.length, write);
    return scene.first;
  },
  subtitle_vanishes: ({ pictures, size, random, first }) => {
    const write = subtitle({ pictures, size, random, first });
    for (let at = 0; at < first; at++) pictures[at] = write(pictures[at] as Canvas);
    return first;
  },
  subtitle_fades: (scene) => {
    const write = subtitle(scene);
    const takes = scene.random.whole(4, 20);
    changeEach(scene, scene.pictures.length, (picture, _, index) =>
      blend(picture, write(picture), Math.min(1, (index + 1) / takes)),
    );
    return Math.min(scene.pictures.length - 1, scene.first + takes);
  },
  title: (scene) => {
    const { random } = scene;
    const write = subtitle(scene, random.between(0.3, 0.6));
    const takes = random.pick([1, 1, 6, 12, 24]);
    const stays = random.whole(10, 60);
    const last = changeEach(scene, stays, (picture, _, index) =>
      blend(picture, write(picture), Math.min(1, (index + 1) / takes)),
    );
    return last;
  },
  focus: (scene) =>
    changeEach(scene, scene.random.whole(8, 24), (picture, gone) =>
      blurred(picture, scene.size, Math.round(6 * Math.sin(Math.PI * gone))),
    ),
  glitch: (scene) => {
    const { random, size } = scene;
    return changeEach(scene, random.whole(1, 4), (picture) => {
      const canvas = picture.slice();
      for (let band = random.whole(1, 4); band > 0; band--) {
        const top = random.between(0, 0.85) * size.height;
        const box = {
          left: random.between(0, 0.5) * size.width,
          top,
          right: size.width,
          bottom: top + random.between(0.04, 0.2) * size.height,
        };
        paint(canvas, size, box, [
          random.whole(60, 200),
          random.whole(60, 200),
          random.whole(60, 200),
        ]);
      }
      return canvas;
    });
  },
  picture_in_picture: (scene) => {
    const { random, size, pictures } = scene;
    const inset = pictures[0] as Canvas;
    const [left, top] = [random.between(0.05, 0.6), random.between(0.05, 0.6)];
    return changeEach(scene, random.whole(10, 40), (picture) => {
      const canvas = picture.slice();
      insert(canvas, inset, size, left, top, 0.33);
      return canvas;
    });
  },
};

/** Changes so many pictures from `first` on; `gone` runs from 0 towards 1 over them. */
function changeEach(
  { pictures, first }: Scene,
  length: number,
  change: (picture: Canvas, gone: number, index: number) => Canvas,
): number {
  const end = Math.min(pictures.length, first + length);
  for (let at = first; at < end; at++)
    pictures[at] = change(pictures[at] as Canvas, (at - first) / length, at - first);
  return end - 1;
}

/** More or less light, and more of it in red than in blue or the other way round. */
function light(picture: Canvas, gain: number, tint: number): Canvas {
  const canvas = mapValues(picture, (value) => value * gain);
  if (tint === 1) return canvas;
  for (let at = 0; at < canvas.length; at += 3) {
    canvas[at] = Math.min(255, (canvas[at] as number) * tint);
    canvas[at + 2] = Math.min(255, (canvas[at + 2] as number) / tint);
  }
  return canvas;
}

/** Multiplies each pixel by what a function says of its place, 0 to 1 across and down. */
function eachPixel(
  picture: Canvas,
  { width, height }: Size,
  gain: (x: number, y: number) => number,
): Canvas {
  const canvas = new Uint8Array(picture.length);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const factor = gain((x + 0.5) / width, (y + 0.5) / height);
      for (let end = at + 3; at < end; at++)
        canvas[at] = Math.min(255, (picture[at] as number) * factor + 4 * Math.max(0, factor - 1));
    }
  }
  return canvas;
}

function occlude(scene: Scene): number {
  const { random, size } = scene;
  const takes = random.whole(5, random.chance(0.3) ? 45 : 22);
  const [wide, high] = [random.between(0.25, 1.3), random.between(0.4, 1.2)];
  const isTextured = random.chance(0.4);
  const shade = random.whole(0, random.chance(0.7) ? 50 : 255);
  const colour = [shade, random.chance(0.5) ? shade : random.whole(0, 90), shade];
  const isRightward = random.chance(0.5);
  const isUpright = random.chance(0.2);
  const top = random.between(-0.2, 1 - high + 0.2);
  return changeEach(scene, takes, (picture, gone) => {
    const canvas = picture.slice();
    const along = isRightward ? gone : 1 - gone;
    const start = -wide + along * (1 + wide);
    const box = isUpright
      ? {
          left: 0,
          right: size.width,
          top: start * size.height,
          bottom: (start + wide) * size.height,
        }
      : {
          left: start * size.width,
          right: (start + wide) * size.width,
          top: top * size.height,
          bottom: (top + high) * size.height,
        };
    paint(canvas, size, box, colour);
    if (!isTextured) return canvas;
    for (let stripe = 0; stripe < 6; stripe++) {
      const left = box.left + ((box.right - box.left) * (stripe + 0.2)) / 6;
      const tint = [(stripe * 37 + shade) % 256, (stripe * 61) % 200, 60];
      paint(canvas, size, { ...box, left, right: left + (box.right - box.left) / 12 }, tint);
    }
    return canvas;
  });
}

/** @param high where large words begin, 0 to 1; without it they are small and lie below or above. */
function subtitle({ size, random }: Scene, high?: number): (picture: Canvas) => Canvas {
  const low = random.chance(0.85) ? random.between(0.78, 0.88) : random.between(0.05, 0.12);
  const top = high ?? low;
  const lines = random.whole(1, 2);
  const seedOf = random.whole(1, 1_000_000);
  const large = high === undefined ? 1 : random.between(1.5, 3);
  const [height, length] = [large * random.between(0.05, 0.09), random.between(0.3, 0.75)];
  const ink = random.chance(0.7) ? [255, 255, 255] : [250, 230, 60];
  const hasBox = random.chance(0.25);
  const start = (1 - length) / 2;
  return (picture) => {
    const canvas = picture.slice();
    const box = {
      left: (start - 0.02) * size.width,
      right: (start + length + 0.02) * size.width,
      top: (top - 0.01) * size.height,
      bottom: (top + height * 1.1) * size.height,
    };
    if (hasBox) paint(canvas, size, box, [0, 0, 0]);
    for (let line = 0; line < lines; line++) {
      // The same words in each picture.
      const words = repeatable(seedOf + line);
      writeLine(
        canvas,
        size,
        top - line * height * 1.3,
        height,
        length,
        ink,
        {
          ...random,
          chance: (p) => words() < p,
          between: (low, high) => low + (high - low) * words(),
        },
        start,
      );
    }
    return canvas;
  };
}

function repeatable(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

function blurred(picture: Canvas, size: Size, reach: number): Canvas {
  if (reach <= 0) return picture;
  let canvas = picture;
  for (let shift = 1; shift <= reach; shift *= 2) {
    canvas = blend(canvas, rotated(canvas, shift * 3), 0.5);
    canvas = blend(canvas, rotated(canvas, shift * 3 * size.width), 0.5);
  }
  return canvas;
}

function rotated(canvas: Canvas, shift: number): Canvas {
  const moved = canvas.slice();
  moved.copyWithin(shift, 0);
  return moved;
}

function insert(
  canvas: Canvas,
  inset: Canvas,
  size: Size,
  left: number,
  top: number,
  scale: number,
): void {
  const [startX, startY] = [Math.round(left * size.width), Math.round(top * size.height)];
  for (let y = 0; y < Math.floor(size.height * scale); y++) {
    for (let x = 0; x < Math.floor(size.width * scale); x++) {
      const from =
        (Math.floor(y / scale) * size.width + size.width - 1 - Math.floor(x / scale)) * 3;
      const to = ((startY + y) * size.width + startX + x) * 3;
      for (let channel = 0; channel < 3; channel++)
        canvas[to + channel] = inset[from + channel] as number;
    }
  }
}
