import {
  clipId,
  drop,
  flatMapStage,
  shotsTable,
  span,
  type ClipRow,
  type Dropped,
  type JsonValue,
  type Span,
  type Stage,
} from '@internvid/core';
import type { SplitVideo } from './split.js';

/**
 * Makes clips of the stretches that a list named for each video (`spans` of its metadata, see `manifestSource` and `urlTable`), in
 * order of time, instead of its shots. The shots are written to the table `shots` all the same, and the facts are measured.
 *
 * Drops a video as `no-listed-clips`. Warns `listed-clip-cut-short` where a stretch goes past the end of the video and
 * `listed-clip-outside` where it lies behind it; such a one gives no clip.
 */
export function clipsFromLists(): Stage<SplitVideo, ClipRow> {
  return flatMapStage({
    name: 'clips-from-lists',
    version: 1,
    config: {},
    *flatMap(
      { video, shots, measurements }: SplitVideo,
      { emit, warn },
    ): Generator<ClipRow | Dropped> {
      const listed = listedSpans(video.metadata.spans);
      if (listed.length === 0) {
        yield drop('no-listed-clips');
        return;
      }
      for (const shot of shots) emit(shotsTable, shot);
      const endMs = shots.at(-1)?.span.endMs ?? 0;
      const interlaced = video.info.video.isInterlaced;
      for (const wanted of listed) {
        if (wanted.startMs >= endMs) {
          warn('listed-clip-outside');
          continue;
        }
        if (wanted.endMs > endMs) warn('listed-clip-cut-short');
        const part = span(wanted.startMs, Math.min(wanted.endMs, endMs));
        const facts = { ...measurements.over(part), interlaced };
        yield { id: clipId(video.id, part), video: video.id, span: part, facts };
      }
    },
  });
}

/** The well-formed ones, each once, by time: metadata comes from outside. */
function listedSpans(value: JsonValue | undefined): readonly Span[] {
  const found = new Map<string, Span>();
  for (const each of Array.isArray(value) ? (value as readonly JsonValue[]) : []) {
    const { startMs, endMs } = Object(each) as { startMs?: unknown; endMs?: unknown };
    if (!isTime(startMs) || !isTime(endMs) || startMs >= endMs) continue;
    found.set(`${startMs}-${endMs}`, span(startMs, endMs));
  }
  return [...found.values()].sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
