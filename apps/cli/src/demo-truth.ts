import { basename } from 'node:path';

import {
  clipsTable,
  detectionsTable,
  readStepTable,
  rejectsTable,
  shotsTable,
  videosTable,
  type Boundary,
  type ClipRow,
  type Detection,
  type Shot,
  type Store,
  type Video,
} from '@internvid/core';
import type { DrawnFilm, ShotTruth } from '@internvid/core/testing';

import { currentSteps } from './current-steps.js';
import { formatTable } from './format.js';

/** One thing that is true of a film, beside what the pipeline found. */
export type ComparisonLine = {
  readonly film: string;
  readonly what: string;
  readonly truth: string;
  readonly found: string;
  readonly isRight: boolean;
  /** Whether anything is claimed at all. */
  readonly isExpected: boolean;
};

type Found = {
  readonly video: Video;
  readonly shots: readonly Shot[];
  readonly clips: readonly ClipRow[];
  readonly detections: readonly Detection[];
  readonly dropped: readonly { readonly id: string; readonly reason: string }[];
};

/** Compares a dataset with the truth of the films that it was made from. */
export async function compareWithTruth(
  films: readonly DrawnFilm[],
  store: Store,
  signal: AbortSignal,
): Promise<ComparisonLine[]> {
  const lines: ComparisonLine[] = [];
  for (const film of films) {
    const found = await readFound(film, store, signal);
    if (found === undefined) {
      lines.push(line(film, 'video', 'readable', 'not in the dataset', false));
      continue;
    }
    lines.push(soundLine(film, found), cutsLine(film, found));
    lines.push(
      ...gradualLines(film, found),
      ...stillLines(film, found),
      ...textLines(film, found),
      ...cameraLines(film, found),
    );
  }
  return lines;
}

/** The comparison as a table, with a mark for each line. */
export function formatComparison(lines: readonly ComparisonLine[]): string {
  const mark = ({ isRight, isExpected }: ComparisonLine): string =>
    isRight ? '✓' : isExpected ? '✗' : '·';
  const rows = lines.map((entry) => [
    mark(entry),
    entry.film,
    entry.what,
    entry.truth,
    entry.found,
  ]);
  const missed = lines.some(({ isRight, isExpected }) => !isRight && !isExpected);
  const legend = missed ? '\n\n·  nothing is claimed where the evidence is thin' : '';
  return formatTable(['', 'film', 'what', 'true', 'found'], rows) + legend;
}

async function readFound(
  film: DrawnFilm,
  store: Store,
  signal: AbortSignal,
): Promise<Found | undefined> {
  const steps = await currentSteps(store);
  const [collect, split, caption] = [
    steps.need('collect'),
    steps.need('split'),
    steps.need('caption'),
  ];
  const video = await first(readStepTable(store, collect, videosTable, signal), ({ uri }) =>
    uri.endsWith(`/${basename(film.file)}`),
  );
  if (video === undefined) return undefined;
  const isOfFilm = (id: string): boolean => id.startsWith(video.id);
  return {
    video,
    shots: await all(readStepTable(store, split, shotsTable, signal), (shot) =>
      isOfFilm(shot.video),
    ),
    clips: await all(readStepTable(store, split, clipsTable, signal), (clip) =>
      isOfFilm(clip.video),
    ),
    detections: await all(readStepTable(store, caption, detectionsTable, signal), ({ clip }) =>
      isOfFilm(clip),
    ),
    dropped: await all(readStepTable(store, split, rejectsTable, signal), ({ id }) => isOfFilm(id)),
  };
}

function soundLine(film: DrawnFilm, { video }: Found): ComparisonLine {
  const hasSound = (video.info?.audio.length ?? 0) > 0;
  const word = (value: boolean): string => (value ? 'a tone' : 'silent');
  return line(film, 'sound', word(film.hasSound), word(hasSound), hasSound === film.hasSound);
}

function cutsLine(film: DrawnFilm, { shots }: Found): ComparisonLine {
  const truth = film.shots.flatMap(({ boundary }) =>
    boundary.kind === 'cut' ? [boundary.startFrame] : [],
  );
  const gradual = gradualOf(film);
  const found = boundariesOf(shots)
    .filter((boundary) => !gradual.some((range) => touches(boundary, range)))
    .map(({ kind, startFrame }) => (kind === 'cut' ? `${startFrame}` : `${startFrame} (${kind})`));
  const text = (frames: readonly (string | number)[]): string =>
    frames.length === 0 ? 'none' : `frames ${frames.join(', ')}`;
  return line(film, 'hard cuts', text(truth), text(found), truth.join() === found.join());
}

function gradualLines(film: DrawnFilm, { shots }: Found): ComparisonLine[] {
  const found = boundariesOf(shots);
  return gradualOf(film).map((range) => {
    const hit = found.find((boundary) => touches(boundary, range));
    const text = hit === undefined ? 'no boundary' : `${hit.kind}, ${framesOf(hit)}`;
    return line(film, range.kind, framesOf(range), text, hit !== undefined);
  });
}

type Range = Pick<Boundary, 'kind' | 'startFrame' | 'endFrame'>;

/** The gradual transitions of a film, the fade to black that it ends with among them. */
function gradualOf(film: DrawnFilm): readonly Range[] {
  const between = film.shots.map(({ boundary }) => boundary).filter(({ kind }) => isGradual(kind));
  const last = film.shots.at(-1)?.endFrame ?? film.frames;
  return last === film.frames
    ? between
    : [...between, { kind: 'fade', startFrame: last, endFrame: film.frames }];
}

function boundariesOf(shots: readonly Shot[]): readonly Range[] {
  return shots.map(({ boundary }) => boundary).filter(({ kind }) => kind !== 'start');
}

/** A boundary may lie so many frames outside a range and still be it: transitions begin and end faintly. */
const MARGIN_FRAMES = 2;

function touches(boundary: Range, range: Range): boolean {
  return (
    boundary.endFrame >= range.startFrame - MARGIN_FRAMES &&
    boundary.startFrame <= range.endFrame + MARGIN_FRAMES
  );
}

function framesOf({ startFrame, endFrame }: Range): string {
  return startFrame === endFrame ? `frame ${startFrame}` : `frames ${startFrame} to ${endFrame}`;
}

function stillLines(film: DrawnFilm, { dropped }: Found): ComparisonLine[] {
  return film.shots.filter(isLongStill).map((shot) => {
    const isDropped = dropped.some(
      ({ id, reason }) => reason === 'still' && overlap(spanOfClipId(id), shot) > 0.5,
    );
    const truth = `a still shot of ${seconds(shot)} s`;
    return line(film, 'still', truth, isDropped ? 'dropped as still' : 'kept', isDropped);
  });
}

/** Shorter ones go as too short, whatever they show. */
function isLongStill(shot: ShotTruth): boolean {
  return shot.isStill && shot.endMs - shot.startMs > 2_000;
}

function textLines(film: DrawnFilm, { clips, detections }: Found): ComparisonLine[] {
  return film.shots.flatMap((shot) => {
    if (shot.text === undefined || isLongStill(shot)) return [];
    const clip = clips.find(({ span }) => overlap(span, shot) > 0.5);
    if (clip === undefined) return [];
    const texts = detections
      .filter((found) => found.kind === 'text' && found.clip === clip.id)
      .map(({ label }) => label);
    const wanted = letters(shot.text);
    const isRead =
      letters(texts.join('')).includes(wanted) || texts.some((text) => letters(text) === wanted);
    const found = [...new Set(texts)]
      .slice(0, 3)
      .map((text) => `"${text}"`)
      .join(' ');
    return [
      line(
        film,
        'text',
        `"${shot.text.replaceAll('\n', ' ')}"`,
        found === '' ? 'nothing' : found,
        isRead,
      ),
    ];
  });
}

function cameraLines(film: DrawnFilm, { clips }: Found): ComparisonLine[] {
  return film.shots.flatMap((shot) => {
    const clip = clips.find(({ span }) => overlap(span, shot) > 0.8);
    if (clip === undefined || shot.camera.kind === 'still') return [];
    const truth = cameraWords(shot);
    const found = typeof clip.facts.camera === 'string' ? clip.facts.camera : 'not measured';
    // Nothing is claimed where the evidence is thin: "unclear" is no wrong answer.
    return [line(film, 'camera', truth, found, found === truth, found !== 'unclear')];
  });
}

function cameraWords({ camera }: ShotTruth): string {
  if (camera.kind === 'zoom') return camera.factor > 1 ? 'zoom-in' : 'zoom-out';
  if (camera.kind === 'still') return 'static';
  const [x, y] = camera.velocity;
  if (Math.abs(x) >= Math.abs(y)) return x > 0 ? 'pan-right' : 'pan-left';
  return y > 0 ? 'tilt-down' : 'tilt-up';
}

function isGradual(kind: string): boolean {
  return kind !== 'cut' && kind !== 'start';
}

function spanOfClipId(id: string): { startMs: number; endMs: number } {
  const [startMs = 0, endMs = 0] = id.split('_').slice(-2).map(Number);
  return { startMs, endMs };
}

/** Share of the shot that the span covers. */
function overlap(
  span: { startMs: number; endMs: number },
  shot: { startMs: number; endMs: number },
): number {
  const shared = Math.min(span.endMs, shot.endMs) - Math.max(span.startMs, shot.startMs);
  return Math.max(0, shared) / (shot.endMs - shot.startMs);
}

function seconds({ startMs, endMs }: ShotTruth): string {
  return ((endMs - startMs) / 1000).toFixed(1);
}

function letters(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

function line(
  film: DrawnFilm,
  what: string,
  truth: string,
  found: string,
  isRight: boolean,
  isExpected = true,
): ComparisonLine {
  return { film: basename(film.file), what, truth, found, isRight, isExpected };
}

async function all<Row>(rows: AsyncIterable<Row>, isWanted: (row: Row) => boolean): Promise<Row[]> {
  const wanted: Row[] = [];
  for await (const row of rows) if (isWanted(row)) wanted.push(row);
  return wanted;
}

async function first<Row>(
  rows: AsyncIterable<Row>,
  isWanted: (row: Row) => boolean,
): Promise<Row | undefined> {
  for await (const row of rows) if (isWanted(row)) return row;
  return undefined;
}
