import type { Readable } from 'node:stream';

/** How many whole frames a pipe may run ahead while the other pipes have theirs too. */
const AHEAD = 2;

/** Cuts the bytes of one pipe into frames of a known size, in buffers that are used again and again. */
export interface FramePipe {
  /** Whole frames that wait. */
  readonly waiting: number;
  /** True once the pipe is closed: nothing is added to `waiting` any more. */
  readonly isClosed: boolean;
  /** Takes the oldest waiting frame; its buffer is used again after the next call. */
  take(): Uint8Array | undefined;
  /** Lets the pipe read on, or stops it once enough frames wait. */
  setFlowing(isFlowing: boolean): void;
}

/** Reads frames of `frameBytes` bytes from a pipe; `onChange` is called when a frame is whole and when the pipe closes. */
export function framePipe(stream: Readable, frameBytes: number, onChange: () => void): FramePipe {
  const free: Uint8Array[] = [];
  const waiting: Uint8Array[] = [];
  let lent: Uint8Array | undefined;
  let current: Uint8Array = new Uint8Array(frameBytes);
  let filled = 0;
  let isClosed = false;
  stream.on('data', (chunk: Buffer) => {
    for (let from = 0; from < chunk.length;) {
      const part = chunk.subarray(from, from + frameBytes - filled);
      current.set(part, filled);
      from += part.length;
      filled += part.length;
      if (filled < frameBytes) continue;
      waiting.push(current);
      current = free.pop() ?? new Uint8Array(frameBytes);
      filled = 0;
    }
    if (waiting.length > 0) onChange();
  });
  stream.once('close', () => {
    isClosed = true;
    onChange();
  });
  // The end of the process tells what went wrong; a broken pipe adds nothing to it.
  stream.on('error', () => undefined);
  return {
    get waiting() {
      return waiting.length;
    },
    get isClosed() {
      return isClosed;
    },
    take: () => {
      if (lent !== undefined) free.push(lent);
      lent = waiting.shift();
      return lent;
    },
    setFlowing: (isFlowing) => {
      if (isFlowing || waiting.length < AHEAD) stream.resume();
      else stream.pause();
    },
  };
}
