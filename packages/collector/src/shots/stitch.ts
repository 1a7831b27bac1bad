import type { Shot } from '@internvid/core';

/** What a shot shows near its start and near its end, as vectors of any length of one model. */
export type ShotEmbeddings = { readonly first: Float32Array; readonly last: Float32Array };

/** When shots are taken for one. */
export type StitchOptions = {
  /** Least cosine between the end of a shot and the start of the next for the two to be joined. Default 0.82. */
  readonly minCosine?: number;
  /** A shot whose start and end have a smaller cosine is a transition and is joined to nothing. Default 0.5. */
  readonly minInnerCosine?: number;
};

/**
 * Joins neighbouring shots that show the same: a detector splits a shot at a flash or a fast move, and what it shows goes on.
 *
 * The rule is Panda-70M's (its `event_stitching.py`): ImageBind embeddings at 5 % and 95 % of each shot, joined at a distance of at most
 * 0.6, a transition inside from 1.0 on; between vectors of unit length those are cosines of 0.82 and 0.5. Other models need other
 * values. Where Panda drops transitions, they stay shots here: frames never vanish from between shots.
 *
 * @param shots of one video, in order, without gaps.
 * @param embeddings one for each shot; a shot without is joined to nothing.
 * @returns shots without gaps, numbered anew, each beginning at the boundary of its first part.
 * @throws RangeError for a different number of embeddings, for vectors of different lengths or without direction, and for a
 * cosine out of -1 to 1.
 */
export function stitchShots(
  shots: readonly Shot[],
  embeddings: readonly (ShotEmbeddings | undefined)[],
  options: StitchOptions = {},
): readonly Shot[] {
  const { minCosine = 0.82, minInnerCosine = 0.5 } = options;
  checkCosine('minCosine', minCosine);
  checkCosine('minInnerCosine', minInnerCosine);
  if (embeddings.length !== shots.length)
    throw new RangeError(
      `${shots.length} shots need as many embeddings, got ${embeddings.length}.`,
    );
  const isTransition = ({ first, last }: ShotEmbeddings): boolean =>
    cosine(first, last) < minInnerCosine;
  const steady = embeddings.map((each) =>
    each === undefined || isTransition(each) ? undefined : each,
  );
  const stitched: Shot[] = [];
  shots.forEach((shot, at) => {
    const before = steady[at - 1];
    const after = steady[at];
    const previous = stitched.at(-1);
    const showsSame =
      before !== undefined && after !== undefined && cosine(before.last, after.first) >= minCosine;
    if (showsSame && previous !== undefined) stitched[stitched.length - 1] = joined(previous, shot);
    else stitched.push(numbered(shot, stitched.length));
  });
  return stitched;
}

function checkCosine(name: string, value: number): void {
  if (!(value >= -1 && value <= 1))
    throw new RangeError(`options.${name} must be a cosine from -1 to 1, got ${value}.`);
}

function joined(shot: Shot, next: Shot): Shot {
  return {
    ...shot,
    span: { startMs: shot.span.startMs, endMs: next.span.endMs },
    endFrame: next.endFrame,
  };
}

function numbered(shot: Shot, index: number): Shot {
  return { ...shot, index, id: `${shot.video}_shot${String(index).padStart(4, '0')}` };
}

function cosine(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length)
    throw new RangeError(`Embeddings must be of one length, got ${a.length} and ${b.length}.`);
  let dot = 0;
  let ofA = 0;
  let ofB = 0;
  for (let at = 0; at < a.length; at++) {
    const [x, y] = [a[at] as number, b[at] as number];
    dot += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  const norm = Math.sqrt(ofA * ofB);
  if (!(norm > 0))
    throw new RangeError('An embedding must have a direction: all its values are 0.');
  return dot / norm;
}
