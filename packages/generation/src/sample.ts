import {
  ToolkitError,
  type Caption,
  type CaptionScale,
  type Clip,
  type JsonObject,
  type SampledFrame,
  type Score,
} from '@internvid/core';

/** A clip joined with all that is known of it. */
export type Sample = {
  readonly clip: Clip;
  /** At any scales; of several at one scale the first counts. */
  readonly captions: readonly Caption[];
  /** In time order. */
  readonly frames: readonly SampledFrame[];
  /** One for each name. */
  readonly scores?: readonly Score[];
};

/** Scales to take the one caption of a sample from, the first that is there. */
export type CaptionPreference = readonly CaptionScale[];

/** The whole clip before its details, and those before the middle frame alone. */
export const DEFAULT_CAPTION_PREFERENCE: CaptionPreference = ['clip', 'fine', 'coarse'];

/** @throws ToolkitError `invalid-record` for a sample without a caption at any of the scales. */
export function chosenCaption(sample: Sample, preference: CaptionPreference): Caption {
  for (const scale of preference) {
    const caption = captionAt(sample, scale);
    if (caption !== undefined && caption.text.trim() !== '') return caption;
  }
  throw refusal(sample, `it has no caption at the scale ${preference.join(' or ')}`);
}

/** The first caption at a scale. */
export function captionAt(sample: Sample, scale: CaptionScale): Caption | undefined {
  return sample.captions.find((caption) => caption.scale === scale);
}

/** The sampled frame in the middle; of two, the later. @throws ToolkitError `invalid-record` where there is none. */
export function middleFrame(sample: Sample): SampledFrame {
  const frame = sample.frames[Math.floor(sample.frames.length / 2)];
  if (frame === undefined) throw refusal(sample, 'it has no sampled frame');
  return frame;
}

/** Scores by name. @throws ToolkitError `invalid-record` for two scores of one name: which one counts is the caller's choice. */
export function scoresByName(sample: Sample): JsonObject {
  const scores = sample.scores ?? [];
  const twice = scores.find(
    ({ name }, index) => scores.findIndex((other) => other.name === name) !== index,
  );
  if (twice !== undefined) throw refusal(sample, `it has two scores called ${twice.name}`);
  return Object.fromEntries(scores.map(({ name, value }) => [name, value]));
}

/** The error for a sample that cannot be exported. */
export function refusal(sample: Sample, why: string): ToolkitError {
  return new ToolkitError(
    'invalid-record',
    `The clip ${sample.clip.id} cannot be exported: ${why}.`,
  );
}
