import {
  canonicalJson,
  duration,
  fieldOf,
  span,
  type JsonObject,
  type MediaInfo,
  type Span,
} from '@internvid/core';

import { scoresByName, type Sample } from '../sample.js';
import {
  placeClip,
  type Area,
  type Bucket,
  type BucketRules,
  type NoBucket,
  type PlacedClip,
} from './buckets.js';
import type { DrawnCaption } from './caption-mix.js';
import type { TextToVideoRow } from './text-to-video-row.js';

/** What a condition may ask for: the clip's facts and scores, `duration_ms`, and of its video `width`, `height`, `license`. */
export function askableValues(sample: Sample, info: MediaInfo): JsonObject {
  const { clip } = sample;
  const { displayWidth, displayHeight } = info.video;
  const license = clip.video.license === undefined ? {} : { license: clip.video.license };
  return {
    width: displayWidth,
    height: displayHeight,
    ...license,
    ...clip.facts,
    ...scoresByName(sample),
    duration_ms: duration(clip.span),
  };
}

/** A clip's bucket by what its video and its facts say. */
export function placeSample(
  { clip }: Sample,
  info: MediaInfo,
  rules: Required<BucketRules>,
): PlacedClip | NoBucket {
  const shape = {
    area: areaInsideBars(info, clip.facts),
    durationMs: duration(clip.span),
    fps: sourceFps(info),
  };
  return placeClip(shape, rules);
}

/** As many milliseconds as the frames take, in the middle of the clip. */
export function shownSpan(clip: Span, { frames, fps }: Bucket): Span {
  const length = Math.min(duration(clip), Math.ceil((frames / fps) * 1000));
  const startMs = clip.startMs + Math.floor((duration(clip) - length) / 2);
  return span(startMs, startMs + length);
}

/** The row of a placed sample, before its file is made. */
export function rowOf(
  sample: Sample,
  info: MediaInfo,
  { bucket, crop }: PlacedClip,
  caption: DrawnCaption,
): TextToVideoRow {
  const { clip } = sample;
  const shown = shownSpan(clip.span, bucket);
  const { id, ...form } = bucket;
  const scores = scoresByName(sample);
  const motion = clip.facts['motionWidthsPerSecond'];
  const { camera } = clip.facts;
  const { aesthetic } = scores;
  return {
    clip_id: clip.id,
    video_id: clip.video.id,
    uri: clip.video.uri,
    license: clip.video.license ?? 'unknown',
    start_ms: shown.startMs,
    end_ms: shown.endMs,
    bucket: id,
    ...form,
    source_width: info.video.displayWidth,
    source_height: info.video.displayHeight,
    source_fps: sourceFps(info),
    crop_left: crop.left,
    crop_top: crop.top,
    crop_width: crop.width,
    crop_height: crop.height,
    caption: caption.text,
    caption_form: caption.form,
    caption_scale: caption.from.scale,
    caption_language: caption.from.language,
    caption_by: `${caption.from.by.name}@${caption.from.by.version}`,
    frames_sha256: caption.from.framesSha256,
    ...(caption.measured === '' ? {} : { measured_words: caption.measured }),
    ...(typeof motion === 'number' ? { motion_score: motion } : {}),
    ...(typeof camera === 'string' ? { camera } : {}),
    ...(typeof aesthetic === 'number' ? { aesthetic_score: aesthetic } : {}),
    scores: canonicalJson(scores),
  };
}

function sourceFps({ video: { frameRate } }: MediaInfo): number {
  return Math.round((frameRate.num / frameRate.den) * 1000) / 1000;
}

/** The picture without the black bars that `borderPixels` and the ratios of the bars tell of. */
function areaInsideBars({ video }: MediaInfo, facts: JsonObject): Area {
  const { displayWidth: width, displayHeight: height } = video;
  const bars = (ratio: string, before: string, after: string, side: number): [number, number] => {
    const share = numberAt(facts, ratio);
    const [first, last] = [before, after].map((name) => numberAt(facts, `borderPixels.${name}`));
    const both = (first ?? 0) + (last ?? 0);
    if (share === undefined || both === 0) return [0, 0];
    return [
      Math.ceil((share * side * (first ?? 0)) / both),
      Math.ceil((share * side * (last ?? 0)) / both),
    ];
  };
  const [top, bottom] = bars('letterboxRatio', 'top', 'bottom', height);
  const [left, right] = bars('pillarboxRatio', 'left', 'right', width);
  const inside = { left, top, width: width - left - right, height: height - top - bottom };
  // A picture that is black all over has no inside.
  return inside.width > 0 && inside.height > 0 ? inside : { left: 0, top: 0, width, height };
}

function numberAt(facts: JsonObject, field: string): number | undefined {
  const value = fieldOf(facts, field);
  return typeof value === 'number' ? value : undefined;
}
