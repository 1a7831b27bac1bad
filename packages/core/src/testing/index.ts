export { fakeFrames } from './fake-frames.js';
export { storeThatDiesAt } from './faulty-store.js';
export { drawFilm, type DrawFilmOptions, type DrawnFilm } from './film/draw-film.js';
export { encodeFilm, type EncodeFilmOptions, type FilmToEncode } from './film/encode-film.js';
export { filmSet } from './film/film-set.js';
export type {
  Actors,
  Backdrop,
  BurnedText,
  CameraMove,
  Colour,
  FilmSpec,
  Shape,
  ShotSpec,
  Transition,
} from './film/film-spec.js';
export { filmTruth, type DrawnObjects, type FilmTruth, type ShotTruth } from './film/film-truth.js';
export { renderFrames } from './film/render.js';
export { describeFrameReader } from './frame-reader-suite.js';
export { memoryStore } from './memory-store.js';
export { runStage, type StageResult } from './run-stage.js';
export { describeStore } from './store-suite.js';
