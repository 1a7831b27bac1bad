/**
 * Which of `length` frames a clip is seen by: the middle one of each of `count` equal stretches. Where there are fewer frames
 * than wanted, the last one is repeated.
 *
 * The rule `middle` of the published evaluation (`get_frame_indices` of `dataset/video_utils.py`), with its step in floating
 * point: for some counts (14, and many above 17) that cuts a stretch one frame earlier than whole numbers would.
 *
 * @throws RangeError for no frames.
 */
export function middleFrames(count: number, length: number): readonly number[] {
  refuseNone('count', count);
  refuseNone('length', length);
  const stretches = Math.min(count, length);
  const step = length / stretches;
  const edge = (stretch: number): number =>
    stretch === stretches ? length : Math.trunc(stretch * step);
  const chosen = Array.from({ length: stretches }, (_, stretch) =>
    Math.floor((edge(stretch) + edge(stretch + 1) - 1) / 2),
  );
  return padded(chosen, count);
}

/**
 * The choice of the published demonstration (`frames2tensor`): every `floor(length / count)`-th frame from the first.
 *
 * @throws RangeError for fewer frames than wanted.
 */
export function strideFrames(count: number, length: number): readonly number[] {
  refuseNone('count', count);
  if (!(length >= count)) {
    throw new RangeError(`length must be at least count (${count}), got ${length}.`);
  }
  const step = Math.floor(length / count);
  return Array.from({ length: count }, (_, index) => index * step);
}

function padded(chosen: readonly number[], count: number): readonly number[] {
  const last = chosen.at(-1) ?? 0;
  return Array.from({ length: count }, (_, index) => chosen[index] ?? last);
}

function refuseNone(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(`${name} must be a whole number of at least 1, got ${value}.`);
  }
}
