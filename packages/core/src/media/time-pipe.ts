import type { Readable } from 'node:stream';

/** The times of the frames, in ticks, from the lines of ffmpeg's `framecrc` writer. */
export interface TimePipe {
  readonly waiting: number;
  readonly isClosed: boolean;
  take(): number;
  setFlowing(isFlowing: boolean): void;
}

/** A line is `stream, dts, pts, duration, size, checksum`; lines of the header begin with `#`. */
const LINE = /^\d+,\s*-?\d+,\s*(-?\d+),/;

/** So many times may wait, a few bytes each, before the pipe is stopped. */
const AHEAD = 512;

/** Reads times; `onChange` is called when some have come and when the pipe closes. */
export function timePipe(stream: Readable, onChange: () => void): TimePipe {
  const waiting: number[] = [];
  let rest = '';
  let isClosed = false;
  stream.setEncoding('latin1').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const match = LINE.exec(line);
      if (match !== null) waiting.push(Number(match[1]));
    }
    onChange();
  });
  stream.once('close', () => {
    isClosed = true;
    onChange();
  });
  stream.on('error', () => undefined);
  return {
    get waiting() {
      return waiting.length;
    },
    get isClosed() {
      return isClosed;
    },
    take: () => waiting.shift() ?? 0,
    setFlowing: (isFlowing) => {
      if (isFlowing || waiting.length < AHEAD) stream.resume();
      else stream.pause();
    },
  };
}
