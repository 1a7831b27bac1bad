import { paint } from './backdrops.js';
import { canvas, type Canvas } from './canvas.js';
import { textPainter } from './draw-text.js';
import {
  COLOURS,
  type CameraMove,
  type FilmSpec,
  type ShotSpec,
  type Vector,
} from './film-spec.js';
import { drawShape } from './shapes.js';

/** Draws a shot at a time in seconds from its first frame alone; negative inside a transition. */
export type ShotPainter = (seconds: number) => Canvas;

type View = { readonly zoom: number; readonly centre: Vector; readonly shift: Vector };

/** Makes the painter of one shot; what does not move is drawn once. */
export function shotPainter(shot: ShotSpec, film: FilmSpec): ShotPainter {
  const { width, height } = film;
  const camera = shot.camera ?? { kind: 'still' };
  const behind = backdropPainter(shot, film, camera);
  const text = shot.text && textPainter(shot.text, width, height);
  return (seconds) => {
    const target = behind(seconds);
    drawActors(target, shot, seconds, viewAt(camera, seconds, film));
    text?.(target);
    return target;
  };
}

function viewAt(camera: CameraMove, seconds: number, film: FilmSpec): View {
  const centre: Vector = [film.width / 2, film.height / 2];
  if (camera.kind === 'zoom') return { zoom: camera.factor ** seconds, centre, shift: [0, 0] };
  const [panX, panY] = camera.kind === 'pan' ? camera.velocity : [0, 0];
  return { zoom: 1, centre, shift: [panX * seconds, panY * seconds] };
}

function backdropPainter(shot: ShotSpec, film: FilmSpec, camera: CameraMove): ShotPainter {
  const colourAt = paint(shot.backdrop, film.height);
  const draw = (seconds: number): Canvas => {
    const target = canvas(film.width, film.height);
    const { zoom, centre, shift } = viewAt(camera, seconds, film);
    for (let y = 0; y < film.height; y++) {
      const sceneY = centre[1] + (y + 0.5 - centre[1]) / zoom + shift[1];
      for (let x = 0; x < film.width; x++) {
        const sceneX = centre[0] + (x + 0.5 - centre[0]) / zoom + shift[0];
        const colour = colourAt(sceneX, sceneY);
        const at = (y * film.width + x) * 3;
        target.data[at] = colour[0];
        target.data[at + 1] = colour[1];
        target.data[at + 2] = colour[2];
      }
    }
    return target;
  };
  if (camera.kind !== 'still') return draw;
  const still = draw(0);
  return () => ({ ...still, data: still.data.slice() });
}

function drawActors(target: Canvas, shot: ShotSpec, seconds: number, view: View): void {
  const { zoom, centre, shift } = view;
  const smaller = Math.min(target.width, target.height);
  for (const { shape, colour, size, places, velocity = [0, 0] } of shot.actors ?? []) {
    for (const [x, y] of places) {
      const sceneX = x * target.width + velocity[0] * seconds - shift[0];
      const sceneY = y * target.height + velocity[1] * seconds - shift[1];
      drawShape(target, shape, {
        centre: [centre[0] + (sceneX - centre[0]) * zoom, centre[1] + (sceneY - centre[1]) * zoom],
        radius: (size * smaller * zoom) / 2,
        colour: COLOURS[colour],
      });
    }
  }
}
