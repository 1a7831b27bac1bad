import { downloadError } from './problem.js';

/** What a run may spend. */
export type BudgetOptions = {
  /** Bytes received over all downloads of the run. Default: any number. */
  readonly bytes?: number;
  /** Time from the first download on, in milliseconds. Default: any. */
  readonly ms?: number;
};

/** Counts what a run has spent. */
export interface Budget {
  /**
   * Counts bytes that came.
   *
   * @throws ToolkitError `over-budget` once more is spent than there is: what came stays, and the next run goes on there.
   */
  spend(bytes: number): void;
}

/** Makes a budget. */
export function openBudget({ bytes = Infinity, ms = Infinity }: BudgetOptions): Budget {
  let spent = 0;
  let startedAt: number | undefined;
  return {
    spend(more) {
      startedAt ??= performance.now();
      spent += more;
      // Bytes that are there already are used up to the last one; only then is there nothing left to begin with.
      if (spent > bytes || (more === 0 && spent === bytes)) throw overBudget(`${bytes} bytes`);
      if (performance.now() - startedAt > ms) throw overBudget(`${ms} ms`);
    },
  };
}

function overBudget(budget: string): Error {
  const message = `The run's budget of ${budget} for downloads is used up. Run again to go on.`;
  // No wait of this run helps.
  return downloadError('over-budget', message, { retryAfterMs: Infinity });
}
