import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Where each package's Jest leaves its result, relative to the package. */
export const RESULT_FILE = '.jest-result.json';

/** How many tests ended how. */
export type TestTotals = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
};

type JestResult = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** Test files that did not even load. */
  readonly numRuntimeErrorTestSuites: number;
};

/** Removes the results of an earlier run, so that a package that did not run cannot be counted. */
export function clearResults(folders: readonly string[]): void {
  for (const folder of folders) rmSync(join(folder, RESULT_FILE), { force: true });
}

/** Adds up the results of all packages; a package that left none and a file that did not load count as failed. */
export function readTotals(folders: readonly string[]): TestTotals {
  return folders.map(readResult).reduce((sum, result) => ({
    passed: sum.passed + result.passed,
    failed: sum.failed + result.failed,
    skipped: sum.skipped + result.skipped,
  }));
}

function readResult(folder: string): TestTotals {
  const file = join(folder, RESULT_FILE);
  if (!existsSync(file)) {
    console.error(`${folder}: no test result`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const result = JSON.parse(readFileSync(file, 'utf8')) as JestResult;
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}
