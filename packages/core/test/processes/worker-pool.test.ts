import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { workerPool, type WorkerPool } from '../../src/processes/index.js';
import type { EchoAnswer, EchoQuestion } from './echo.worker.js';

const program = new URL('./echo.worker.ts', import.meta.url);

function pool(size = 1, name = 'echo'): WorkerPool<EchoQuestion, EchoAnswer> {
  return workerPool({ program, setup: { name }, size, work: 'echoes' });
}

describe('workerPool', () => {
  it('answers with typed arrays as they were sent, in a process that was told what it is', async () => {
    await using workers = pool();
    const numbers = Float32Array.of(1.5, -2);
    const { said, name, pid } = await workers.ask({ say: numbers });
    expect(Array.from(said as Float32Array)).toEqual([1.5, -2]);
    expect(ArrayBuffer.isView(said)).toBe(true);
    expect(name).toBe('echo');
    expect(pid).not.toBe(process.pid);
  });

  it('works in as many processes as it may, each one question at a time', async () => {
    await using workers = pool(2);
    const answers = await Promise.all([1, 2, 3, 4].map((say) => workers.ask({ say, afterMs: 20 })));
    expect(answers.map(({ said }) => said)).toEqual([1, 2, 3, 4]);
    expect(new Set(answers.map(({ pid }) => pid)).size).toBe(2);
  });

  it('passes failures on and answers what comes after', async () => {
    await using workers = pool();
    const bad = workers.ask({ fail: 'half a picture' });
    const good = workers.ask({ say: 'on' });
    await expect(bad).rejects.toMatchObject({ code: 'corrupt', message: 'half a picture' });
    expect((await good).said).toBe('on');
  });

  it('fails what a dead process was asked, and starts another', async () => {
    await using workers = pool();
    const { pid } = await workers.ask({ say: 1 });
    const [dying, behind] = [workers.ask({ exit: 3 }), workers.ask({ say: 2 })];
    for (const asked of [dying, behind])
      await expect(asked).rejects.toMatchObject({
        code: 'model-failed',
        retryable: true,
        message: 'The process that echoes ended: exit code 3.',
      });
    expect((await workers.ask({ say: 3 })).pid).not.toBe(pid);
  });

  it('says why it cannot open, when it is waited for and to every question', async () => {
    await using workers = pool(1, 'nobody');
    await expect(workers.ready()).rejects.toMatchObject({ code: 'not-found' });
    await expect(workers.ask({ say: 1 })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('keeps onnxruntime from reporting what it runs, unless the environment lets it', async () => {
    const before = process.env['ORT_DISABLE_TELEMETRY'];
    try {
      for (const [given, expected] of [
        [undefined, '1'],
        ['0', '0'],
      ] as const) {
        if (given === undefined) delete process.env['ORT_DISABLE_TELEMETRY'];
        else process.env['ORT_DISABLE_TELEMETRY'] = given;
        await using workers = pool();
        const { environment } = await workers.ask({ say: 1 });
        expect(environment['ORT_DISABLE_TELEMETRY']).toBe(expected);
      }
    } finally {
      if (before === undefined) delete process.env['ORT_DISABLE_TELEMETRY'];
      else process.env['ORT_DISABLE_TELEMETRY'] = before;
    }
  });

  it('is ready before anything is asked', async () => {
    await using workers = pool();
    await workers.ready();
    expect((await workers.ask({ say: 1 })).said).toBe(1);
  });

  it('stops waiting when told to, before and during', async () => {
    await using workers = pool();
    const gone = AbortSignal.abort(new Error('too late'));
    await expect(workers.ask({ say: 1 }, gone)).rejects.toThrow('too late');
    const stop = new AbortController();
    const asked = workers.ask({ say: 1, afterMs: 5_000 }, stop.signal);
    stop.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
  });

  it('fails what waits and takes nothing more once it is disposed of', async () => {
    const workers = pool();
    await workers.ready();
    const waiting = expect(workers.ask({ say: 1, afterMs: 60_000 })).rejects.toMatchObject({
      code: 'model-failed',
    });
    await workers[Symbol.asyncDispose]();
    await waiting;
    await expect(workers.ask({ say: 1 })).rejects.toThrow(TypeError);
    await expect(workers.ready()).rejects.toThrow('disposed');
  });

  it('refuses a size of none', () => {
    expect(() => pool(0)).toThrow(RangeError);
  });

  it('keeps no program alive that is done, and standard output for that program', async () => {
    const core = new URL('../../src/processes/index.ts', import.meta.url).href;
    const source = `import { workerPool } from ${JSON.stringify(core)};
      const options = { program: new URL(${JSON.stringify(program.href)}), setup: { name: 'echo' } };
      const workers = workerPool({ ...options, size: 1, work: 'echoes' });
      console.log((await workers.ask({ say: 'done' })).said);`;
    const flags = ['--conditions=source', '--import', 'tsx', '--input-type=module', '-e', source];
    const cwd = fileURLToPath(new URL('../../', import.meta.url));
    const child = spawn(process.execPath, flags, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
    const [out] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    expect(out).toBe('done\n');
  });
});
