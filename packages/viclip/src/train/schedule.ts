/** How the learning rate goes up and down. */
export type Schedule = {
  /** The highest rate. Published: 4e-4 (L/14) and 2e-4 (B/16) masked, 4e-6 unmasked. */
  readonly learningRate: number;
  /** Updates of the whole run. */
  readonly updates: number;
  /** Updates until the highest rate; may be a fraction, as warm-up epochs times updates an epoch are. */
  readonly warmup: number;
};

const LEAST = 0.01;

/**
 * The rate of an update, counted from 0: linear warm-up, then half a cosine, never below a hundredth of the highest
 * (`utils/scheduler.py` of the published training).
 */
export function rateAt({ learningRate, updates, warmup }: Schedule, update: number): number {
  const factor =
    update < warmup
      ? update / warmup
      : (1 + Math.cos((Math.PI * (update - warmup)) / (updates - warmup))) / 2;
  return learningRate * Math.max(LEAST, factor);
}

/** @throws RangeError for a schedule that cannot be followed. */
export function checkSchedule({ learningRate, updates, warmup }: Schedule): void {
  if (!(learningRate > 0 && learningRate < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`schedule.learningRate must be positive, got ${learningRate}.`);
  }
  if (!Number.isSafeInteger(updates) || updates < 1) {
    throw new RangeError(`schedule.updates must be a positive whole number, got ${updates}.`);
  }
  if (!(warmup >= 0 && warmup < updates)) {
    throw new RangeError(`schedule.warmup must be from 0 to below ${updates}, got ${warmup}.`);
  }
}
