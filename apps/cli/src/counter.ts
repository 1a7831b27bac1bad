import { createLogUpdate } from 'log-update';

/** Says on stderr how far a piece of work is. */
export interface Counter {
  readonly show: (done: number, total: number) => void;
  /** Leaves the last state standing. */
  stop(): void;
}

const LIVE_EVERY_MS = 100;
const PLAIN_EVERY_MS = 10_000;

/**
 * Redraws one line on a terminal; elsewhere a line comes every ten seconds. A total may be NaN: not known.
 *
 * @param format what to say of a number.
 */
export function counter(
  what: string,
  format: (value: number) => string,
  { json }: { readonly json?: boolean },
): Counter {
  const live = process.stderr.isTTY && json !== true ? createLogUpdate(process.stderr) : undefined;
  let shownAt = performance.now();
  let line = '';
  const draw = (): void => {
    shownAt = performance.now();
    if (live === undefined) process.stderr.write(`${line}\n`);
    else live(line);
  };
  return {
    show(done, total) {
      const share = total > 0 ? ` of ${format(total)}, ${Math.floor((100 * done) / total)} %` : '';
      line = `${what}: ${format(done)}${share}`;
      const isDue = performance.now() - shownAt >= (live ? LIVE_EVERY_MS : PLAIN_EVERY_MS);
      if (isDue || (live !== undefined && done === total)) draw();
    },
    stop() {
      if (live !== undefined && line !== '') draw();
      live?.done();
    },
  };
}
