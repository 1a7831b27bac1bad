import type { Fraction } from '../../media-info.js';
import type { FilmSpec, ShotSpec, Transition } from './film-spec.js';

/** A shot in its place. */
export type PlannedShot = {
  readonly spec: ShotSpec;
  readonly begins: Transition | { readonly kind: 'start' };
  /** First frame of the transition before the shot; the shot's own first frame where there is none. */
  readonly boundaryFrame: number;
  /** First frame that shows the shot alone, and the first after the last such. */
  readonly startFrame: number;
  readonly endFrame: number;
};

/** Where every shot of a film lies. */
export type FilmPlan = { readonly shots: readonly PlannedShot[]; readonly frames: number };

/**
 * Places the shots one after the other.
 *
 * @throws RangeError for a size that is not even, a shot without frames, or a film without shots.
 */
export function planFilm(film: FilmSpec): FilmPlan {
  check(film);
  const shots: PlannedShot[] = [];
  let frame = 0;
  for (const spec of film.shots) {
    const first = shots.length === 0;
    const begins = first ? ({ kind: 'start' } as const) : (spec.begins ?? { kind: 'cut' });
    const startFrame = frame + transitionFrames(begins);
    const endFrame = startFrame + spec.frames;
    shots.push({ spec, begins, boundaryFrame: frame, startFrame, endFrame });
    frame = endFrame;
  }
  return { shots, frames: frame + (film.fadeOutFrames ?? 0) };
}

/** Presentation time of a frame in whole milliseconds, rounded down. */
export function frameTimeMs(frame: number, rate: Fraction): number {
  return Math.floor((frame * 1000 * rate.den) / rate.num);
}

function transitionFrames(begins: PlannedShot['begins']): number {
  if (begins.kind === 'dissolve') return begins.frames;
  if (begins.kind === 'fade') return begins.outFrames + begins.blackFrames + begins.inFrames;
  return 0;
}

function check(film: FilmSpec): void {
  // Even, because x264 stores colour at half size.
  for (const [side, pixels] of Object.entries({ width: film.width, height: film.height })) {
    if (pixels < 2 || pixels % 2 !== 0) {
      throw new RangeError(`film.${side} must be even and positive, got ${pixels}.`);
    }
  }
  if (film.shots.length === 0) throw new RangeError(`film.shots of "${film.name}" is empty.`);
  film.shots.forEach(({ frames }, index) => {
    if (!Number.isSafeInteger(frames) || frames < 1) {
      throw new RangeError(
        `film.shots[${index}].frames must be a positive whole number, got ${frames}.`,
      );
    }
  });
}
