import type { FrameRequest } from './frame-reader.js';

/**
 * Checks a request at the door.
 *
 * @throws RangeError or TypeError that names the property and its value.
 */
export function checkRequest({ outputs, select, span }: FrameRequest): void {
  if (outputs.length === 0) throw new RangeError('request.outputs must name at least one output.');
  outputs.forEach(({ width, height }, index) => {
    if (!isCount(width) || !isCount(height)) {
      throw new RangeError(
        `request.outputs[${index}] must have whole sides of at least 1 pixel, got ${width}x${height}.`,
      );
    }
  });
  if (span !== undefined && !(span.startMs >= 0 && span.endMs > span.startMs)) {
    throw new RangeError(
      `request.span must have 0 <= startMs < endMs, got ${span.startMs} to ${span.endMs}.`,
    );
  }
  if (select.kind === 'rate' && !(select.fps > 0 && Number.isFinite(select.fps))) {
    throw new RangeError(`request.select.fps must be positive, got ${select.fps}.`);
  }
  if (select.kind === 'times') checkTimes(select.timesMs);
}

function checkTimes(timesMs: readonly number[]): void {
  timesMs.forEach((timeMs, index) => {
    if (!Number.isSafeInteger(timeMs) || timeMs < (timesMs[index - 1] ?? 0)) {
      throw new RangeError(
        `request.select.timesMs must be ascending whole milliseconds from 0, got ${timeMs} at place ${index}.`,
      );
    }
  });
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}
