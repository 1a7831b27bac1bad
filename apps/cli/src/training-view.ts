import type { RunProgress } from '@internvid/viclip';
import { createLogUpdate } from 'log-update';

import { formatBytes, formatSeconds } from './format.js';

/** Says on stderr how a training run goes. */
export interface TrainingView {
  readonly show: (progress: RunProgress) => void;
  /** Leaves the last state standing. */
  stop(): void;
}

const PLAIN_EVERY_MS = 10_000;

/** Redraws one line on a terminal; elsewhere a line comes every ten seconds. */
export function trainingView({ json }: { readonly json?: boolean }): TrainingView {
  const live = process.stderr.isTTY && json !== true ? createLogUpdate(process.stderr) : undefined;
  let shownAt = performance.now();
  return {
    show(progress) {
      if (live !== undefined) live(progressLine(progress));
      else if (performance.now() - shownAt >= PLAIN_EVERY_MS) {
        shownAt = performance.now();
        process.stderr.write(`${progressLine(progress)}\n`);
      }
    },
    stop() {
      live?.done();
    },
  };
}

/** `masked 120/3000  loss 1.204  accuracy 62 %  21.3 clips/s  1.2 GB  ETA 3 min`. */
export function progressLine(progress: RunProgress): string {
  const { stage, update, updates, loss, accuracy, clipsPerSecond, memoryBytes, leftMs } = progress;
  return [
    `${stage} ${update}/${updates}`,
    `loss ${loss.toFixed(3)}`,
    `accuracy ${Math.round(100 * accuracy)} %`,
    `${clipsPerSecond.toFixed(1)} clips/s`,
    formatBytes(memoryBytes),
    `ETA ${formatSeconds(leftMs / 1000)}`,
  ].join('  ');
}
