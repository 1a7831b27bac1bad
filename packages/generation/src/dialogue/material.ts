import type { Detection, JsonObject, JsonValue } from '@internvid/core';
import type { SeenSample, Subject } from './subject.js';

/** What is known of a film: what a model is told, and what its answers are held against. */
export type Material = {
  /** For the model, as JSON. */
  readonly told: JsonObject;
  /** All texts of it: captions, transcript, on-screen text, names of things, camera moves in words. */
  readonly texts: readonly string[];
  /** Texts that may be quoted: transcript and on-screen text. */
  readonly quotable: readonly string[];
  /** Numbers that may be said, such as times and lengths in seconds. */
  readonly numbers: readonly number[];
};

/** From this confidence what a detector saw is told. */
const MIN_CONFIDENCE = 0.5;
const MIN_TEXT_CONFIDENCE = 0.93;
const MAX_FRAME_CAPTIONS = 24;
const MAX_TRANSCRIPT = 4_000;

/** Collects what is known of the clips of a subject. */
export function materialOf({ of, video, clips, labels }: Subject): Material {
  const told = clips.map((clip) => clipMaterial(clip, labels));
  const durationMs = video.info?.durationMs;
  const length = of === 'video' && durationMs !== undefined ? { length: seconds(durationMs) } : {};
  const all: JsonObject = { ...length, clips: told };
  return {
    told: all,
    texts: stringsIn(told),
    quotable: told.flatMap(({ onScreenText, transcript }) => stringsIn([onScreenText, transcript])),
    numbers: [...numbersIn(all), clips.length],
  };
}

/** The material as the human message: no text of it can end the fence, since JSON has no line ends and `<`, `>` are written as escapes. */
export function fenced({ told }: Material): string {
  const json = JSON.stringify(told).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');
  return `<<<MATERIAL\n${json}\nMATERIAL>>>`;
}

type ClipMaterial = JsonObject & {
  readonly onScreenText: readonly string[];
  readonly transcript: string;
};

function clipMaterial(sample: SeenSample, labels: ReadonlySet<string>): ClipMaterial {
  const { clip, captions, detections = [], transcript = '' } = sample;
  const { startMs, endMs } = clip.span;
  const frames = captions.filter(({ scale }) => scale === 'frame').slice(0, MAX_FRAME_CAPTIONS);
  const { camera } = clip.facts;
  const whole = captions
    .filter(({ scale }) => scale !== 'frame')
    .map(({ scale, text }) => ({ of: scale, text }));
  return {
    from: seconds(startMs),
    to: seconds(endMs),
    length: seconds(endMs - startMs),
    captions: whole,
    frames: frames.map(({ timeMs = startMs, text }) => ({ at: seconds(timeMs), text })),
    ...(typeof camera === 'string' && camera !== 'unclear' ? { camera } : {}),
    things: thingsOf(detections, labels),
    onScreenText: linesOf(detections),
    transcript: transcript.slice(0, MAX_TRANSCRIPT),
  };
}

function thingsOf(detections: readonly Detection[], labels: ReadonlySet<string>): string[] {
  const sure = detections.filter(
    ({ kind, confidence, label }) =>
      kind === 'object' && confidence >= MIN_CONFIDENCE && labels.has(label),
  );
  return [...new Set(sure.map(({ label }) => label))].sort();
}

function linesOf(detections: readonly Detection[]): string[] {
  const sure = detections.filter(
    ({ kind, confidence }) => kind === 'text' && confidence >= MIN_TEXT_CONFIDENCE,
  );
  return [...new Set(sure.map(({ label }) => label))];
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}

function stringsIn(value: JsonValue | undefined): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

function numbersIn(value: JsonValue | undefined): number[] {
  if (typeof value === 'number') return [value];
  if (Array.isArray(value)) return value.flatMap(numbersIn);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}
