import { describe, expect, it } from '@jest/globals';
import type { Canvas } from '../../../src/testing/film/canvas.js';
import { planFilm } from '../../../src/testing/film/film-plan.js';
import { COLOURS, type FilmSpec, type ShotSpec } from '../../../src/testing/film/film-spec.js';
import { renderFrames } from '../../../src/testing/film/render.js';

const film = (shots: readonly ShotSpec[], more: Partial<FilmSpec> = {}): FilmSpec => ({
  name: 'test',
  width: 64,
  height: 48,
  frameRate: { num: 25, den: 1 },
  shots,
  ...more,
});

const plain = (colour: 'red' | 'white' | 'black', frames = 3): ShotSpec => ({
  frames,
  backdrop: { kind: 'plain', colour },
});

const pixel = ({ data, width }: Canvas, x: number, y: number): number[] => [
  ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];

/** Mean place of the pixels that are nearer to white than to black. */
function bright({ data, width }: Canvas): { x: number; y: number; count: number } {
  const lit = Array.from({ length: data.length / 3 }, (_, at) => at).filter(
    (at) => data[at * 3]! > 127,
  );
  const mean = (of: (at: number) => number): number =>
    lit.reduce((sum, at) => sum + of(at) + 0.5, 0) / lit.length;
  return {
    x: mean((at) => at % width),
    y: mean((at) => Math.floor(at / width)),
    count: lit.length,
  };
}

describe('renderFrames', () => {
  it('draws as many frames as the plan says, transitions and fade-out included', () => {
    const spec = film(
      [
        plain('red'),
        { ...plain('white'), begins: { kind: 'dissolve', frames: 4 } },
        { ...plain('red'), begins: { kind: 'fade', outFrames: 2, blackFrames: 1, inFrames: 3 } },
      ],
      { fadeOutFrames: 5 },
    );
    expect([...renderFrames(spec)]).toHaveLength(3 + 4 + 3 + 6 + 3 + 5);
    expect(planFilm(spec).frames).toBe(24);
  });

  it('gives the same bytes every time', () => {
    const spec = film([
      { ...plain('red'), backdrop: { kind: 'texture', from: 'red', to: 'blue' } },
    ]);
    expect([...renderFrames(spec)]).toEqual([...renderFrames(spec)]);
  });

  it('moves an object by its velocity, right and down positive', () => {
    const actors = [
      { shape: 'circle', colour: 'white', size: 0.4, places: [[0.3, 0.4]], velocity: [50, 25] },
    ] as const;
    const frames = [...renderFrames(film([{ ...plain('black', 11), actors }]))];
    const [first, last] = [bright(frames[0]!), bright(frames[10]!)];
    expect(last.x - first.x).toBeCloseTo((50 * 10) / 25, 1);
    expect(last.y - first.y).toBeCloseTo((25 * 10) / 25, 1);
    expect(first.x).toBeCloseTo(0.3 * 64, 1);
  });

  it('fills a circle of the asked size', () => {
    const actors = [{ shape: 'circle', colour: 'white', size: 0.5, places: [[0.5, 0.5]] }] as const;
    const [frame] = renderFrames(film([{ ...plain('black'), actors }]));
    expect(bright(frame!).count / (Math.PI * 12 ** 2)).toBeCloseTo(1, 1);
  });

  it('shifts the scene against the pan', () => {
    const shot: ShotSpec = {
      frames: 2,
      backdrop: { kind: 'texture', from: 'black', to: 'white' },
      camera: { kind: 'pan', velocity: [75, 50] },
    };
    const [before, after] = [...renderFrames(film([shot]))];
    expect(pixel(after!, 20, 10)).toEqual(pixel(before!, 23, 12));
  });

  it('enlarges an object as the camera zooms in', () => {
    const actors = [
      { shape: 'square', colour: 'white', size: 0.35, places: [[0.5, 0.5]] },
    ] as const;
    const camera = { kind: 'zoom', factor: 2 } as const;
    const frames = [...renderFrames(film([{ ...plain('black', 26), actors, camera }]))];
    // Sides of 0.9 times the size: whole pixels cost up to one on each side.
    expect(Math.sqrt(bright(frames[0]!).count)).toBeCloseTo(0.9 * 0.35 * 48, -0.3);
    expect(Math.sqrt(bright(frames[25]!).count)).toBeCloseTo(2 * 0.9 * 0.35 * 48, -0.3);
  });

  it('mixes both shots evenly through a dissolve', () => {
    const shots = [
      plain('black'),
      { ...plain('white'), begins: { kind: 'dissolve', frames: 3 } },
    ] as const;
    const values = [...renderFrames(film(shots))].map((frame) => pixel(frame, 0, 0)[0]!);
    const step = (COLOURS.white[0] - COLOURS.black[0]) / 4;
    const expected = [0, 0, 0, 1, 2, 3, 4, 4, 4].map((n) =>
      Math.round(COLOURS.black[0] + n * step),
    );
    expect(values).toEqual(expected);
  });

  it('goes through true black in a fade', () => {
    const begins = { kind: 'fade', outFrames: 2, blackFrames: 2, inFrames: 2 } as const;
    const frames = [...renderFrames(film([plain('red'), { ...plain('white'), begins }]))];
    const reds = frames.map((frame) => pixel(frame, 5, 5)[0]!);
    expect(reds.slice(5, 7)).toEqual([0, 0]);
    expect(reds[3]).toBeGreaterThan(reds[4]!);
    expect(reds[7]).toBeLessThan(reds[8]!);
  });

  it('burns words into every frame, where the text says', () => {
    const text = { words: 'HI', at: 'bottom', size: 0.3 } as const;
    const [frame] = renderFrames(film([{ ...plain('red'), text }]));
    const white = Array.from({ length: 48 }, (_, y) =>
      Array.from({ length: 64 }, (_, x) => pixel(frame!, x, y)[1]!).some((green) => green > 200),
    );
    expect(white.slice(0, 24)).not.toContain(true);
    expect(white.slice(24)).toContain(true);
  });

  it('refuses words that do not fit the picture', () => {
    const text = { words: 'FAR TOO MANY WORDS', at: 'top', size: 0.3 } as const;
    expect(() => [...renderFrames(film([{ ...plain('red'), text }]))]).toThrow(RangeError);
  });

  it('refuses odd sizes, empty films and empty shots', () => {
    expect(() => planFilm(film([plain('red')], { width: 63 }))).toThrow('film.width');
    expect(() => planFilm(film([]))).toThrow('film.shots');
    expect(() => planFilm(film([plain('red', 0)]))).toThrow('film.shots[0].frames');
  });
});
