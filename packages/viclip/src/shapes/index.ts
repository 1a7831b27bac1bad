export { captionsOf, plainCaption } from './captions.js';
export { drawClip, type ClipSizes } from './clip.js';
export { drawScene } from './draw.js';
export {
  allFilms,
  backwards,
  COLOURS,
  COUNTS,
  DIRECTIONS,
  filmName,
  MOTIONS,
  SHAPES,
  SIZES,
  type Colour,
  type Count,
  type Direction,
  type Motion,
  type MotionFilm,
  type SequenceFilm,
  type Shape,
  type ShapesFilm,
  type Size,
  type Thing,
  type TurnFilm,
} from './film.js';
export { isHeldOut } from './held-out.js';
export { ATTRIBUTES, questionsAbout, type Attribute, type Question } from './questions.js';
export { sceneOf, type Figure, type Pose, type Rgb, type Scene } from './scene.js';
