import { setTimeout as sleep } from 'node:timers/promises';
import { ToolkitError } from '../../src/errors.js';
import { serveWorker } from '../../src/processes/index.js';

/** What the worker of the tests can be asked. */
export type EchoQuestion =
  | { readonly say: unknown; readonly afterMs?: number }
  | { readonly fail: string }
  | { readonly exit: number };

export type EchoAnswer = {
  readonly said: unknown;
  readonly pid: number;
  readonly name: string;
  readonly environment: NodeJS.ProcessEnv;
};

serveWorker(async ({ name }: { name: string }) => {
  if (name === 'nobody') throw new ToolkitError('not-found', 'There is nobody of that name.');
  await sleep(10);
  process.stdout.write('a library chats\n');
  return async (question: EchoQuestion): Promise<EchoAnswer> => {
    if ('exit' in question) process.exit(question.exit);
    if ('fail' in question) throw new ToolkitError('corrupt', question.fail);
    await sleep(question.afterMs ?? 0);
    return { said: question.say, pid: process.pid, name, environment: process.env };
  };
});
