import type { Fraction } from '../../media-info.js';
import type { BoundaryKind } from '../../records.js';
import { frameTimeMs, planFilm, type PlannedShot } from './film-plan.js';
import type { Actors, CameraMove, Colour, FilmSpec, Shape } from './film-spec.js';

/** Equal objects of a shot, in words. */
export type DrawnObjects = {
  readonly shape: Shape;
  readonly colour: Colour;
  readonly count: number;
  /** Pixels a second over the scene, the camera's own move left out. */
  readonly speed: number;
  readonly direction:
    'none' | 'left' | 'right' | 'up' | 'down' | `${'up' | 'down'}-${'left' | 'right'}`;
};

/** What is true of one shot. */
export type ShotTruth = {
  /** First frame that shows the shot alone, and the first after the last such; times of those frames. */
  readonly startFrame: number;
  readonly endFrame: number;
  readonly startMs: number;
  readonly endMs: number;
  /** The transition that the shot begins with; a cut has `startFrame` = `endFrame`. */
  readonly boundary: {
    readonly kind: BoundaryKind;
    readonly startFrame: number;
    readonly endFrame: number;
  };
  readonly objects: readonly DrawnObjects[];
  /** The burned-in words as drawn, or `undefined`. */
  readonly text: string | undefined;
  readonly camera: CameraMove;
  /** Whether every frame of the shot is the same picture. */
  readonly isStill: boolean;
  readonly toneHz: number | undefined;
};

/** What is true of a film, by construction. */
export type FilmTruth = {
  readonly width: number;
  readonly height: number;
  readonly frameRate: Fraction;
  readonly frames: number;
  /** End of the last frame. */
  readonly durationMs: number;
  readonly hasSound: boolean;
  readonly shots: readonly ShotTruth[];
};

/** Says what a film shows, without drawing it. */
export function filmTruth(film: FilmSpec): FilmTruth {
  const plan = planFilm(film);
  return {
    width: film.width,
    height: film.height,
    frameRate: film.frameRate,
    frames: plan.frames,
    durationMs: frameTimeMs(plan.frames, film.frameRate),
    hasSound: film.shots.some(({ toneHz }) => toneHz !== undefined),
    shots: plan.shots.map((shot) => shotTruth(shot, film.frameRate)),
  };
}

function shotTruth(shot: PlannedShot, rate: Fraction): ShotTruth {
  const { spec, startFrame, endFrame, begins, boundaryFrame } = shot;
  const camera = spec.camera ?? { kind: 'still' };
  const objects = (spec.actors ?? []).map(inWords);
  return {
    startFrame,
    endFrame,
    startMs: frameTimeMs(startFrame, rate),
    endMs: frameTimeMs(endFrame, rate),
    boundary: { kind: begins.kind, startFrame: boundaryFrame, endFrame: startFrame },
    objects,
    text: spec.text?.words.toUpperCase(),
    camera,
    isStill: camera.kind === 'still' && objects.every(({ speed }) => speed === 0),
    toneHz: spec.toneHz,
  };
}

function inWords({ shape, colour, places, velocity: [x, y] = [0, 0] }: Actors): DrawnObjects {
  const across = x === 0 ? undefined : x < 0 ? 'left' : 'right';
  const along = y === 0 ? undefined : y < 0 ? 'up' : 'down';
  const direction = across && along ? (`${along}-${across}` as const) : (across ?? along ?? 'none');
  return { shape, colour, count: places.length, speed: Math.hypot(x, y), direction };
}
