import { appendFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ToolkitError } from '@internvid/core';

import type { TrainingEngine } from '../graph-session.js';
import { appendScalars, startEventFile, type Scalars } from './event-file.js';
import type { Recalls } from './test-clips.js';

/** What a step did. */
export type StepEntry = {
  readonly type: 'step';
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly stage: string;
  /** Counted from 0. */
  readonly epoch: number;
  /** Updates of the whole run, this one included. */
  readonly update: number;
  readonly loss: number;
  /** Share of the clips whose nearest text in the batch is a right one. */
  readonly accuracy: number;
  readonly learningRate: number;
  readonly gradientNorm: number;
  readonly temperature: number;
  readonly clips: number;
  /** The step itself, and how long it waited for its batch before. */
  readonly stepMs: number;
  readonly waitMs: number;
  /** Of this process, in memory. */
  readonly memoryBytes: number;
};

/** How good the model was on the clips put aside. */
export type TestEntry = {
  readonly type: 'test';
  readonly timeMs: number;
  readonly stage: string;
  readonly update: number;
  readonly recalls: Recalls;
};

/** A clip that could not be read, and so was left out of a batch. */
export type FailedEntry = {
  readonly type: 'failed-clip';
  readonly timeMs: number;
  /** The update under way. */
  readonly update: number;
  readonly id: string;
  readonly code: string;
  readonly message: string;
};

/** A call that began the run or went on with it, and what it ran on. */
export type SessionEntry = {
  readonly type: 'session';
  readonly timeMs: number;
  /** The last update before it. */
  readonly update: number;
  readonly engine: TrainingEngine;
  readonly provider: 'cpu' | 'cuda';
};

/** A line of the log. */
export type LogEntry = StepEntry | TestEntry | FailedEntry | SessionEntry;

/** The log of a run: `log.jsonl`, and the same numbers for TensorBoard under `tensorboard/`. */
export interface RunLog {
  /** All that was logged, that of earlier sessions included. */
  readonly entries: readonly LogEntry[];
  write(entry: LogEntry): Promise<void>;
}

/**
 * Opens the log of a run that goes on after an update: what a session that was killed logged behind its last checkpoint is
 * taken out, as it happens again.
 *
 * @throws ToolkitError `store-failed`.
 */
export async function openLog(folder: string, update: number): Promise<RunLog> {
  const path = join(folder, 'log.jsonl');
  const entries = (await readEntries(path)).filter((entry) => entry.update <= update);
  const tensorboard = join(folder, 'tensorboard');
  const events = join(
    tensorboard,
    `events.out.tfevents.${Math.floor(Date.now() / 1000)}.internvid`,
  );
  await stored(path, async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(`${path}.tmp`, entries.map(line).join(''));
    await rename(`${path}.tmp`, path);
    // One file with all that is true: several would show twice what happened twice.
    await rm(tensorboard, { recursive: true, force: true });
    await mkdir(tensorboard, { recursive: true });
    await startEventFile(events, entries[0]?.timeMs ?? Date.now());
    await appendScalars(events, entries.flatMap(scalarsOf));
  });
  return {
    entries,
    async write(entry) {
      entries.push(entry);
      await stored(path, async () => {
        await appendFile(path, line(entry));
        await appendScalars(events, scalarsOf(entry));
      });
    },
  };
}

/** The log of a run; a last line that was cut off is left out. */
export async function readEntries(path: string): Promise<LogEntry[]> {
  const words = await readFile(path, 'utf8').catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new ToolkitError('unreadable', `${path} cannot be read.`, { cause });
  });
  const lines = words.split('\n').slice(0, -1);
  return lines.map((each, at) => {
    try {
      return JSON.parse(each) as LogEntry;
    } catch (cause) {
      throw new ToolkitError('corrupt', `Line ${at + 1} of ${path} is not JSON.`, { cause });
    }
  });
}

function scalarsOf(entry: LogEntry): readonly Scalars[] {
  const { timeMs, update } = entry;
  if (entry.type === 'failed-clip' || entry.type === 'session') return [];
  if (entry.type === 'test') {
    const { textToVideo, videoToText } = entry.recalls;
    return [
      {
        timeMs,
        update,
        values: { ...named('text-to-video', textToVideo), ...named('video-to-text', videoToText) },
      },
    ];
  }
  const { loss, accuracy, learningRate, gradientNorm, temperature, memoryBytes } = entry;
  const values = {
    'train/loss': loss,
    'train/accuracy': accuracy,
    'train/learning-rate': learningRate,
    'train/gradient-norm': gradientNorm,
    'train/temperature': temperature,
    'speed/step-ms': entry.stepMs,
    'speed/wait-ms': entry.waitMs,
    'speed/memory-bytes': memoryBytes,
  };
  return [{ timeMs, update, values }];
}

function named(name: string, figures: Recalls['textToVideo']): Readonly<Record<string, number>> {
  const { r1, r5, r10 } = figures;
  return { [`test/${name}/r1`]: r1, [`test/${name}/r5`]: r5, [`test/${name}/r10`]: r10 };
}

function line(entry: LogEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

async function stored<Out>(path: string, work: () => Promise<Out>): Promise<Out> {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ToolkitError('store-failed', `${path} cannot be written: ${why}`, { cause });
  }
}
