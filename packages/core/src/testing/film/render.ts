import { canvas, mix, type Canvas } from './canvas.js';
import { planFilm, type PlannedShot } from './film-plan.js';
import type { FilmSpec } from './film-spec.js';
import { shotPainter } from './shot-painter.js';

/** A shot's picture at a frame of the film. */
type Scene = (filmFrame: number) => Canvas;

/** Draws the frames of a film in order; the same film gives the same bytes. */
export function* renderFrames(film: FilmSpec): Generator<Canvas, void, undefined> {
  const plan = planFilm(film);
  const black = canvas(film.width, film.height);
  let before: Scene = () => black;
  for (const shot of plan.shots) {
    const scene = sceneOf(shot, film);
    yield* transition(shot, before, scene, black);
    for (let frame = shot.startFrame; frame < shot.endFrame; frame++) yield scene(frame);
    before = scene;
  }
  const end = plan.frames - (film.fadeOutFrames ?? 0);
  yield* steps(film.fadeOutFrames ?? 0, (step, share) => mix(before(end + step), black, share));
}

function sceneOf(shot: PlannedShot, film: FilmSpec): Scene {
  const draw = shotPainter(shot.spec, film);
  const { num, den } = film.frameRate;
  return (filmFrame) => draw(((filmFrame - shot.startFrame) * den) / num);
}

function* transition(
  { begins, boundaryFrame }: PlannedShot,
  before: Scene,
  after: Scene,
  black: Canvas,
): Generator<Canvas, void, undefined> {
  if (begins.kind === 'dissolve') {
    yield* steps(begins.frames, (step, share) =>
      mix(before(boundaryFrame + step), after(boundaryFrame + step), share),
    );
  }
  if (begins.kind === 'fade') {
    const inFrame = boundaryFrame + begins.outFrames + begins.blackFrames;
    yield* steps(begins.outFrames, (step, share) =>
      mix(before(boundaryFrame + step), black, share),
    );
    yield* steps(begins.blackFrames, () => black);
    yield* steps(begins.inFrames, (step, share) => mix(black, after(inFrame + step), share));
  }
}

/** `count` frames with a share that grows evenly, 0 and 1 left out: those are the frames on both sides. */
function* steps(
  count: number,
  draw: (step: number, share: number) => Canvas,
): Generator<Canvas, void, undefined> {
  for (let step = 0; step < count; step++) yield draw(step, (step + 1) / (count + 1));
}
