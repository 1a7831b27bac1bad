import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Where each package's Jest leaves its result, relative to the package. */
export const RESULT_FILE = '.jest-result.json';

/** How many tests ended how. */
export type TestTotals = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed: package, file, title and the first lines of the message. */
  readonly failures: readonly string[];
};

type JestResult = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** Test files that did not even load. */
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    /** Absolute path of the test file. */
    readonly name: string;
    readonly status: string;
    /** Why a file did not load. */
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
};

/** Of each failure's message, how many lines are repeated at the end. */
const MESSAGE_LINES = 12;

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
    failures: [...sum.failures, ...result.failures],
  }));
}

function readResult(folder: string): TestTotals {
  const file = join(folder, RESULT_FILE);
  if (!existsSync(file)) {
    console.error(`${folder}: no test result`);
    return { passed: 0, failed: 1, skipped: 0, failures: [`${folder}: no test result`] };
  }
  const result = JSON.parse(readFileSync(file, 'utf8')) as JestResult;
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    skipped: result.numPendingTests + result.numTodoTests,
    failures: result.testResults.flatMap(failuresOf),
  };
}

function failuresOf({
  name,
  status,
  message,
  assertionResults,
}: JestResult['testResults'][number]): readonly string[] {
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (failed.length === 0 && status === 'failed') return [described(name, 'did not run', message)];
  return failed.map(({ fullName, failureMessages }) =>
    described(name, fullName, failureMessages.join('\n')),
  );
}

function described(file: string, title: string, message: string): string {
  const lines = stripVTControlCharacters(message).split('\n').slice(0, MESSAGE_LINES);
  return [`${relative(process.cwd(), file)}: ${title}`, ...lines].join('\n    ');
}
