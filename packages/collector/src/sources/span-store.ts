import type { Span } from '@internvid/core';

/** Remembers the stretches of many videos, in 12 bytes each. */
export interface SpanStore {
  /** @param video a number of the caller's, below 2^31. */
  add(video: number, span: Span): void;
  /** Stretches that begin before an earlier one of their video ends. Equal stretches overlap. */
  overlaps(): number;
}

/** Makes an empty store of stretches. Times are kept up to 2^32 ms, 49 days. */
export function spanStore(): SpanStore {
  let columns = {
    video: new Int32Array(1024),
    start: new Uint32Array(1024),
    end: new Uint32Array(1024),
  };
  let size = 0;
  return {
    add(video, { startMs, endMs }) {
      if (size === columns.video.length) {
        columns = {
          video: doubled(columns.video, Int32Array),
          start: doubled(columns.start, Uint32Array),
          end: doubled(columns.end, Uint32Array),
        };
      }
      columns.video[size] = video;
      columns.start[size] = startMs;
      columns.end[size] = endMs;
      size += 1;
    },
    overlaps() {
      const { video, start, end } = columns;
      const at = (column: Int32Array | Uint32Array, index: number): number => column[index] ?? 0;
      const order = Uint32Array.from({ length: size }, (_, index) => index).sort(
        (a, b) => at(video, a) - at(video, b) || at(start, a) - at(start, b) || a - b,
      );
      let count = 0;
      let last = { video: -1, endMs: 0 };
      for (const index of order) {
        const isSame = at(video, index) === last.video;
        if (isSame && at(start, index) < last.endMs) count += 1;
        const endMs = Math.max(at(end, index), isSame ? last.endMs : 0);
        last = { video: at(video, index), endMs };
      }
      return count;
    },
  };
}

function doubled<Column extends Int32Array | Uint32Array>(
  column: Column,
  Type: new (length: number) => Column,
): Column {
  const next = new Type(column.length * 2);
  next.set(column);
  return next;
}
