import type { JsonValue, Span } from '@internvid/core';
import type { Picture } from '@internvid/core/media';

/** One frame as it is looked at, all of one size. */
export type Look = {
  readonly timeMs: number;
  /** In `rgb24`. Read while looking only, as `luma`. */
  readonly picture: Picture;
  /** BT.601 luma of the picture in eight-bit steps, one byte per pixel. */
  readonly luma: Uint8Array;
};

/** Facts about a span, by name, and why others are missing, by the name of the fact. */
export type Found = {
  readonly facts: Readonly<Record<string, JsonValue>>;
  readonly missing?: Readonly<Record<string, MissingReason>>;
};

/** Why a fact is not there. */
export type MissingReason =
  /** No frame of the span was looked at. */
  | 'no-frames'
  /** Too few frames or samples were, for the fact to mean anything. */
  | 'too-short'
  /** Nothing in the picture can be followed. */
  | 'no-texture'
  /** No frame shows more than black, or more than white. */
  | 'no-picture'
  /** The video has no sound track. */
  | 'no-audio'
  /** The sound track ends before the span, or cannot be decoded there. */
  | 'no-samples'
  /** The picture is turned by a quarter, so that its lines are columns. */
  | 'not-upright'
  /** The sound track has nothing but silence. */
  | 'silent';

/** Measures one kind of facts while a video is read, and answers for any span of it afterwards. */
export interface Gauge {
  look(look: Look): void;
  over(span: Span): Found;
}

/** Several facts that are missing for one reason. */
export function missing(names: readonly string[], reason: MissingReason): Found {
  return { facts: {}, missing: Object.fromEntries(names.map((name) => [name, reason])) };
}
