import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

/** A program and its arguments. */
export type CommandLine = readonly [program: string, ...args: string[]];

/** Longest time without a word from us, in milliseconds: some CI machines end a job that says nothing. */
const SILENCE_MS = 30_000;

/**
 * Runs a program of `node_modules/.bin` or `PATH` from the root of the repository and shows what it prints as it comes.
 *
 * @returns its exit code; 1 when a signal ended it.
 */
export async function runCommand(command: CommandLine): Promise<number> {
  const [program, ...args] = command;
  const started = Date.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment() });
  const tick = setInterval(() => {
    console.log(
      `... ${program} has been running for ${Math.round((Date.now() - started) / 1000)} s`,
    );
  }, SILENCE_MS);
  child.stdout.on('data', (bytes: Buffer) => {
    process.stdout.write(bytes);
    tick.refresh();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    process.stderr.write(bytes);
    tick.refresh();
  });
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 1));
    });
  } finally {
    clearInterval(tick);
  }
}

function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    CI: 'true',
    NX_DAEMON: 'false',
    PATH: [join(process.cwd(), 'node_modules', '.bin'), process.env.PATH].join(delimiter),
  };
}
