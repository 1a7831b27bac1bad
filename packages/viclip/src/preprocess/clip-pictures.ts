import { contains, ToolkitError, type SampledFrame, type Span, type Store } from '@internvid/core';
import { decodeJpeg, readPicture, type FrameReader, type Picture } from '@internvid/core/media';

import { middleFrames } from './frame-choice.js';

/**
 * Numbers of the frames nearest to the middles of `count` equal stretches of a span; of two equally near ones the earlier.
 * Where every frame is there, that is the published choice (`middleFrames`) but for two frames at most; where there are few, as in
 * clips sampled once a second, each stands for the time around it instead of the last one standing for all that is missing.
 *
 * @param timesMs ascending, at least one.
 */
export function framesNearMiddles(
  count: number,
  span: Span,
  timesMs: readonly number[],
): readonly number[] {
  if (timesMs.length === 0) throw new RangeError('timesMs is empty: there is no frame to choose.');
  const middles = Array.from({ length: count }, (_, index) => (index + 0.5) / count);
  return framesNear(middles, span, timesMs);
}

/**
 * Numbers of the frames nearest to places in a span; of two equally near ones the earlier.
 *
 * @param shares of the span, from 0 (its start) to 1.
 * @param timesMs ascending, at least one.
 */
export function framesNear(
  shares: readonly number[],
  span: Span,
  timesMs: readonly number[],
): readonly number[] {
  return shares.map((share) => {
    const wanted = span.startMs + share * (span.endMs - span.startMs);
    let nearest = 0;
    for (const [place, time] of timesMs.entries()) {
      const best = timesMs[nearest] ?? time;
      if (Math.abs(time - wanted) < Math.abs(best - wanted)) nearest = place;
    }
    return nearest;
  });
}

/** The pictures of a clip's sampled frames that stand for it, decoded, `count` of them. A frame may stand there twice. */
export async function readClipPictures(
  store: Store,
  clip: { readonly span: Span; readonly frames: readonly SampledFrame[] },
  count: number,
  signal?: AbortSignal,
): Promise<readonly Picture[]> {
  const { span, frames } = clip;
  const chosen = framesNearMiddles(
    count,
    span,
    frames.map(({ timeMs }) => timeMs),
  );
  const pictures = new Map<number, Picture>();
  for (const place of chosen) {
    const frame = frames[place];
    if (frame === undefined || pictures.has(place)) continue;
    pictures.set(place, await decodeJpeg(await readPicture(store, frame, signal)));
  }
  return pick(chosen, pictures);
}

/**
 * The pictures that stand for a video, or for a span of it, in full size: the choice of the published evaluation
 * (`middleFrames`) among all its frames.
 *
 * @throws ToolkitError `decode-failed` for a span without frames, and what the reader throws.
 */
export async function readVideoPictures(
  reader: FrameReader,
  uri: string,
  options: { readonly count: number; readonly span?: Span | undefined },
  signal?: AbortSignal,
): Promise<readonly Picture[]> {
  const { count, span } = options;
  const [{ video }, timeline] = [
    await reader.probe(uri, signal),
    await reader.timeline(uri, signal),
  ];
  const times = Array.from(timeline.timesMs).filter(
    (timeMs) => span === undefined || contains(span, timeMs),
  );
  if (times.length === 0) throw noFrames(uri);
  const chosen = middleFrames(count, times.length);
  const timesMs = [...new Set(chosen.map((place) => times[place] ?? 0))];
  const output = {
    width: video.displayWidth,
    height: video.displayHeight,
    format: 'rgb24',
  } as const;
  const request = { select: { kind: 'times', timesMs }, outputs: [output] } as const;
  const pictures = new Map<number, Picture>();
  for await (const frame of reader.frames(uri, request, signal)) {
    const [picture] = frame.pictures;
    if (picture !== undefined) {
      pictures.set(frame.timeMs, { ...picture, data: Uint8Array.from(picture.data) });
    }
  }
  if (pictures.size === 0) throw noFrames(uri);
  const known = [...pictures.keys()];
  return pick(
    chosen.map((place) => lastAtOrBefore(known, times[place] ?? 0)),
    pictures,
  );
}

/** A damaged video may lack the last frames: the last one that there is stands for them. */
function lastAtOrBefore(times: readonly number[], wanted: number): number {
  return times.findLast((time) => time <= wanted) ?? times[0] ?? 0;
}

function pick(
  chosen: readonly number[],
  pictures: ReadonlyMap<number, Picture>,
): readonly Picture[] {
  return chosen.flatMap((key) => pictures.get(key) ?? []);
}

function noFrames(uri: string): ToolkitError {
  return new ToolkitError('decode-failed', `${uri} has no frame there to embed.`);
}
