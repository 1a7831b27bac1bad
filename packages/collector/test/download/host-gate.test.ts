import { describe, expect, it } from '@jest/globals';
import { hostGate } from '../../src/download/host-gate.js';

const signal = new AbortController().signal;

/** Work that ends when it is told to. */
function openWork(): { work: () => Promise<void>; end: () => void; readonly isRunning: boolean } {
  let end = (): void => undefined;
  let isRunning = false;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const work = (): Promise<void> => {
    isRunning = true;
    return ended;
  };
  return {
    ...{ work, end: () => end() },
    get isRunning() {
      return isRunning;
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

describe('a host gate', () => {
  it('lets so many in at one host, and others at other hosts', async () => {
    const gate = hostGate({ concurrency: 2, requestsPerSecond: 1e6, maxWaitMs: 1_000 });
    const works = [openWork(), openWork(), openWork()];
    const other = openWork();
    const runs = works.map(({ work }) => gate.run('a', signal, work));
    runs.push(gate.run('b', signal, other.work));
    await turn();
    expect(works.map(({ isRunning }) => isRunning)).toEqual([true, true, false]);
    expect(other.isRunning).toBe(true);
    works[0]!.end();
    await turn();
    expect(works[2]!.isRunning).toBe(true);
    for (const { end } of [...works, other]) end();
    await Promise.all(runs);
  });

  it('begins no more often than it may', async () => {
    const gate = hostGate({ concurrency: 9, requestsPerSecond: 20, maxWaitMs: 1_000 });
    const started = performance.now();
    const times: number[] = [];
    const note = async (): Promise<void> => void times.push(performance.now() - started);
    await Promise.all([1, 2, 3, 4].map(() => gate.run('a', signal, note)));
    // Against the start, not each other: a busy machine may note one late and the next in time.
    times.forEach((time, index) => expect(time).toBeGreaterThanOrEqual(index * 50));
  });

  it('sits out a pause that the host asks for, and refuses to sit out a long one', async () => {
    const gate = hostGate({ requestsPerSecond: 1e6, maxWaitMs: 500 });
    gate.pause('a', 100);
    const started = performance.now();
    await gate.run('a', signal, async () => undefined);
    expect(performance.now() - started).toBeGreaterThan(95);
    gate.pause('a', 60_000);
    await expect(gate.run('a', signal, async () => undefined)).rejects.toMatchObject({
      retryable: true,
      details: { reason: 'not-yet' },
    });
    await gate.run('b', signal, async () => undefined);
  });

  it('gives its place back when work fails, and leaves the queue when it is told to stop', async () => {
    const gate = hostGate({ concurrency: 1, requestsPerSecond: 1e6, maxWaitMs: 500 });
    await expect(gate.run('a', signal, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    const running = openWork();
    const first = gate.run('a', signal, running.work);
    const stop = new AbortController();
    const never = openWork();
    const waiting = gate.run('a', stop.signal, never.work);
    stop.abort();
    await expect(waiting).rejects.toThrow('aborted');
    running.end();
    await first;
    expect(never.isRunning).toBe(false);
    await gate.run('a', signal, async () => undefined);
  });
});
