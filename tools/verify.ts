import { runCommand, type CommandLine } from './verify/run-command.js';
import { clearResults, readTotals, RESULT_FILE } from './verify/test-totals.js';
import { workspacePackages } from './verify/workspace.js';

/** Commands that must all succeed. */
type Stage = { readonly name: string; readonly commands: readonly CommandLine[] };

type Outcome = { readonly name: string; readonly isOk: boolean; readonly seconds: number };

const packages = workspacePackages();
const published = packages.filter(({ isPrivate }) => !isPrivate).map(({ folder }) => folder);
const tested = packages
  .filter(({ scripts }) => scripts.includes('test'))
  .map(({ folder }) => folder);

const runMany = ['run-many', '--outputStyle=stream', '--parallel=2', '-t'] as const;

const stages: readonly Stage[] = [
  { name: 'lock', commands: [['tsx', 'tools/check-lock.ts']] },
  { name: 'format', commands: [['prettier', '--check', '.']] },
  { name: 'build', commands: [['nx', ...runMany, 'build', '--exclude=docs']] },
  {
    name: 'typecheck',
    commands: [
      ['nx', ...runMany, 'typecheck'],
      ['tsc', '-p', 'tools/tsconfig.json'],
    ],
  },
  {
    name: 'lint',
    commands: [
      ['nx', ...runMany, 'lint'],
      ['eslint', 'tools', 'eslint.config.js', 'jest.config.base.js'],
    ],
  },
  {
    name: 'packaging',
    commands: published.flatMap((folder): CommandLine[] => [
      ['publint', '--strict', folder],
      ['attw', '--pack', folder, '--profile', 'esm-only'],
    ]),
  },
  {
    name: 'docs',
    commands: [
      ['tsx', '--conditions=source', 'tools/check-docs.ts'],
      ['nx', 'run', 'docs:build'],
    ],
  },
  {
    name: 'test',
    commands: [
      // One package after the other: Jest has two workers, and models use threads of their own.
      // prettier-ignore
      ['nx', 'run-many', '-t', 'test', '--outputStyle=stream', '--parallel=1',
        '--', '--json', `--outputFile=${RESULT_FILE}`],
    ],
  },
];

async function runStage({ name, commands }: Stage): Promise<Outcome> {
  const started = Date.now();
  console.log(`\n== ${name}`);
  let isOk = true;
  for (const command of commands) {
    const code = await runCommand(command);
    if (code !== 0) console.error(`${command.join(' ')} ended with code ${code}`);
    isOk &&= code === 0;
  }
  return { name, isOk, seconds: (Date.now() - started) / 1000 };
}

clearResults(tested);
const outcomes: Outcome[] = [];
for (const stage of stages) outcomes.push(await runStage(stage));

console.log('');
for (const { name, isOk, seconds } of outcomes) {
  console.log(
    `${isOk ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s`,
  );
}

const totals = readTotals(tested);
// At the end, where the tail of a log shows them.
for (const failure of totals.failures) console.log(`\nFAILED ${failure}`);
const brokenStages = outcomes.filter(({ name, isOk }) => !isOk && name !== 'test').length;
// Jest may also fail without a failed test, by an error in its own set-up.
const testBroke =
  outcomes.some(({ name, isOk }) => name === 'test' && !isOk) && totals.failed === 0;
const failed = totals.failed + brokenStages + (testBroke ? 1 : 0);
process.exitCode = failed === 0 ? 0 : 1;
const skipped = totals.skipped === 0 ? '' : `, ${totals.skipped} skipped`;
console.log(`${totals.passed} passed, ${failed} failed${skipped}`);
