import { measurements } from '@internvid/collector';
import type { CaptionFrame } from '@internvid/captioner';
import { clipId, contains, sha256, span, type Clip, type Span } from '@internvid/core';
import { centreTimes, encodeJpeg, ffmpegFrameReader, fitWithin } from '@internvid/core/media';
import type { ShotTruth } from './caption-truth.js';

/** A shot as a run of the pipeline hands it to a captioner. */
export type ShotClip = { readonly clip: Clip; readonly frames: readonly CaptionFrame[] };

const LONGEST_SIDE = 960;
const MEASURED_SIDE = 256;

/** The shots of a video as clips, measured and sampled as a run does it: about one frame a second, longest side 960 pixels. */
export async function clipsOf(
  path: string,
  shots: readonly ShotTruth[],
): Promise<readonly ShotClip[]> {
  const reader = ffmpegFrameReader();
  const { timesMs } = await reader.timeline(path);
  // The truth counts from the first picture, the reader from the container's start.
  const spans = shots.map((shot) => spanOf(shot, timesMs[0] ?? 0));
  const { displayWidth: width, displayHeight: height } = (await reader.probe(path)).video;
  const measured = measurements();
  const small = {
    ...fitWithin({ width, height }, MEASURED_SIDE),
    format: 'rgb24',
    scaler: 'fast-bilinear',
  } as const;
  const every = { select: { kind: 'all' }, outputs: [small] } as const;
  for await (const { index, timeMs, pictures } of reader.frames(path, every)) {
    const [picture] = pictures;
    if (picture !== undefined) measured.push({ index, timeMs, picture });
  }
  const output = { ...fitWithin({ width, height }, LONGEST_SIDE), format: 'rgb24' } as const;
  const wanted = [...new Set(spans.flatMap((part) => centreTimes(part, 1)))].sort((a, b) => a - b);
  const sampled = { select: { kind: 'times', timesMs: wanted }, outputs: [output] } as const;
  const frames: CaptionFrame[] = [];
  for await (const { timeMs, pictures } of reader.frames(path, sampled)) {
    const [picture] = pictures;
    if (picture === undefined) continue;
    const bytes = await encodeJpeg(picture);
    frames.push({ timeMs, sha256: sha256(bytes), read: () => Promise.resolve(bytes) });
  }
  return spans.map((part) => ({
    clip: {
      id: clipId(path, part),
      video: { id: path, uri: path, metadata: {} },
      span: part,
      facts: measured.over(part),
    },
    frames: frames.filter(({ timeMs }) => contains(part, timeMs)),
  }));
}

function spanOf(shot: ShotTruth, firstMs: number): Span {
  return span(Math.round(shot.start_s * 1000) + firstMs, Math.round(shot.end_s * 1000) + firstMs);
}
