import type { JsonObject } from './json.js';
import type { MediaInfo } from './media-info.js';
import type { Span } from './span.js';

/** Readable and derived from content: `<name>-<12 hex digits of the content's hash>`. */
export type VideoId = string;

/** `<video id>_<start ms>_<end ms>`, each time padded to nine digits, so that ids of one video sort by time. */
export type ClipId = string;

/** Anything that can be named in a report. */
export type Identified = { readonly id: string };

/** What made a value: enough to tell two makers apart and to make the value again. */
export type Producer = {
  readonly name: string;
  readonly version: string;
  readonly config: JsonObject;
};

/** Bytes in the store: a whole object, or `bytes` of it from `offset`. */
export type Asset = {
  readonly key: string;
  readonly offset?: number;
  readonly bytes: number;
  /** SHA-256 of exactly these bytes, lower-case hex. */
  readonly sha256: string;
  readonly mediaType: string;
};

/** A whole source recording. */
export type Video = {
  readonly id: VideoId;
  /** Absolute path or URL. */
  readonly uri: string;
  readonly info?: MediaInfo;
  readonly license?: string;
  readonly metadata: JsonObject;
};

/** How a shot begins: at the video's start, at a hard cut, or out of a gradual transition. */
export type BoundaryKind = 'start' | 'cut' | 'fade' | 'dissolve' | 'wipe';

/** A change from one shot to the next; a hard cut has `startFrame` = `endFrame`. */
export type Boundary = {
  readonly kind: BoundaryKind;
  /** First frame of the transition, from 0 in presentation order; for a cut, the first frame of the new shot. */
  readonly startFrame: number;
  /** First frame that shows the new shot alone. */
  readonly endFrame: number;
  /** Presentation times of those frames. */
  readonly startMs: number;
  readonly endMs: number;
  /** 0 to 1. */
  readonly confidence: number;
  readonly by: Producer;
};

/** The frames between two boundaries. */
export type Shot = {
  /** `<video id>_shot<number from 0, padded to four digits>`. */
  readonly id: string;
  readonly video: VideoId;
  readonly index: number;
  readonly span: Span;
  /** First frame inside and first frame after, from 0 in presentation order. */
  readonly startFrame: number;
  readonly endFrame: number;
  /** The boundary that the shot begins at. */
  readonly boundary: Boundary;
};

/** A time span of one video that is a row of the dataset. */
export type Clip = {
  readonly id: ClipId;
  readonly video: Video;
  readonly span: Span;
  /** Where its sampled frames lie, once they are sampled. */
  readonly frames?: Asset;
  /** What was measured, by name, in the unit that the name ends in. */
  readonly facts: JsonObject;
};

/** A sampled picture of a clip, kept in the store. */
export type SampledFrame = {
  /** `<clip id>_<time in ms, padded to nine digits>`. */
  readonly id: string;
  readonly clip: ClipId;
  /** True presentation time. */
  readonly timeMs: number;
  readonly width: number;
  readonly height: number;
  /** The encoded picture: its hash is what a caption is bound to. */
  readonly picture: Asset;
};

/** What a caption speaks of. */
export type CaptionScale = 'frame' | 'coarse' | 'fine' | 'clip' | 'video';

/** Text about a clip at one scale. */
export type Caption = {
  readonly clip: ClipId;
  readonly scale: CaptionScale;
  /** For scale `frame`: the time of the frame. */
  readonly timeMs?: number;
  readonly text: string;
  /** BCP 47 tag. */
  readonly language: string;
  /** Hash of the hashes of the frames that made it, see `framesSha256`. */
  readonly framesSha256: string;
  readonly by: Producer;
};

/** Something found at a place in a frame. */
export type Detection = {
  readonly clip: ClipId;
  readonly timeMs: number;
  /** `object` or `text`. */
  readonly kind: 'object' | 'text';
  /** Class name of an object; the words of a text. */
  readonly label: string;
  /** 0 to 1, by the model's own measure. */
  readonly confidence: number;
  /** Left, top, width, height as shares of the picture, 0 to 1. */
  readonly box: readonly [number, number, number, number];
  readonly by: Producer;
};

/** A named number about a clip. */
export type Score = {
  readonly clip: ClipId;
  readonly name: string;
  readonly value: number;
  readonly by: Producer;
};

/** A vector about a clip. */
export type Embedding = {
  readonly clip: ClipId;
  /** What was embedded: `video`, or `caption-<scale>`. */
  readonly of: string;
  /** Unit length. */
  readonly vector: Float32Array;
  readonly by: Producer;
};
