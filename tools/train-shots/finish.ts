import { mapValues, paint, type Canvas, type Size } from './canvas.js';
import type { Random } from './random.js';

/** What lies over a whole film: bars, a logo, grain, no colour, darkness. */
export function filmLookOver(size: Size, random: Random): (picture: Canvas) => Canvas {
  const steps: ((picture: Canvas) => Canvas)[] = [];
  if (random.chance(0.12)) steps.push(grey);
  if (random.chance(0.15)) {
    const gain = random.between(0.2, 0.5);
    steps.push((picture) => mapValues(picture, (value) => value * gain));
  }
  if (random.chance(0.22)) steps.push(grain(random));
  if (random.chance(0.15)) steps.push(bars(size, random));
  if (random.chance(0.15)) steps.push(logo(size, random));
  return (picture) => steps.reduce((canvas, step) => step(canvas), picture);
}

function grey(picture: Canvas): Canvas {
  const canvas = picture.slice();
  for (let at = 0; at < canvas.length; at += 3) {
    const value =
      0.3 * (canvas[at] as number) +
      0.59 * (canvas[at + 1] as number) +
      0.11 * (canvas[at + 2] as number);
    canvas[at] = canvas[at + 1] = canvas[at + 2] = value;
  }
  return canvas;
}

function grain(random: Random): (picture: Canvas) => Canvas {
  const strength = random.between(4, 18);
  const noise = Float32Array.from(
    { length: 65_537 },
    () => (random.next() + random.next() + random.next() - 1.5) * strength,
  );
  return (picture) => {
    const canvas = picture.slice();
    const start = random.whole(0, 65_536);
    const stride = random.whole(1, 500) * 2 + 1;
    for (let at = 0, from = start; at < canvas.length; at += 3, from += stride) {
      const add = noise[from % 65_537] as number;
      for (let channel = at; channel < at + 3; channel++)
        canvas[channel] = Math.max(0, Math.min(255, (canvas[channel] as number) + add));
    }
    return canvas;
  };
}

function bars(size: Size, random: Random): (picture: Canvas) => Canvas {
  const thick = random.between(0.06, 0.14);
  const areUpright = random.chance(0.2);
  return (picture) => {
    const canvas = picture.slice();
    const { width, height } = size;
    const across = areUpright ? width * thick : width;
    const down = areUpright ? height : height * thick;
    paint(canvas, size, { left: 0, top: 0, right: across, bottom: down }, [0, 0, 0]);
    paint(
      canvas,
      size,
      { left: width - across, top: height - down, right: width, bottom: height },
      [0, 0, 0],
    );
    return canvas;
  };
}

function logo(size: Size, random: Random): (picture: Canvas) => Canvas {
  const left = random.chance(0.5) ? 0.05 : 0.8;
  const top = random.chance(0.7) ? 0.06 : 0.85;
  const colour = [random.whole(120, 255), random.whole(120, 255), random.whole(120, 255)];
  const wide = random.between(0.06, 0.15);
  return (picture) => {
    const canvas = picture.slice();
    const box = {
      left: left * size.width,
      top: top * size.height,
      right: (left + wide) * size.width,
      bottom: (top + 0.08) * size.height,
    };
    paint(canvas, size, box, colour);
    return canvas;
  };
}
