import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { fileStore, sha256 } from '@internvid/core';

import { datasetClips } from '../../../src/train/data/dataset-clips.js';
import { readCheckpoint } from '../../../src/train/checkpoint.js';
import { startEventFile, appendScalars } from '../../../src/train/run/event-file.js';
import type { LogEntry } from '../../../src/train/run/run-log.js';
import type { TrainRunReport } from '../../../src/train/run/run-report.js';
import { openWeights } from '../../../src/weights/open-weights.js';
import { convertCheckpoint } from '../../../src/weights/convert.js';
import { seededWeights } from '../../../src/weights/seeded.js';
import { drawnScenes, writeDrawnDataset } from '../drawn-dataset.js';
import { CONFIG, loggedLosses, trainDrawn } from './drawn-run.js';

let dataset = '';
let whole = '';
let out = '';
let report: TrainRunReport;

beforeAll(async () => {
  dataset = await mkdtemp(join(tmpdir(), 'viclip-drawn-'));
  whole = await mkdtemp(join(tmpdir(), 'viclip-whole-'));
  await writeDrawnDataset(fileStore(dataset), drawnScenes(1).slice(0, 60));
  report = await trainDrawn(dataset, whole, { wiseFt: 0.5 });
}, 300_000);
afterAll(async () => {
  for (const folder of [dataset, whole]) await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'viclip-run-'));
});
afterEach(() => rm(out, { recursive: true, force: true }));

const hashOf = async (...path: string[]): Promise<string> => sha256(await readFile(join(...path)));

describe('trainViclip', () => {
  it('runs its stages, tests between epochs and says what came of it', async () => {
    expect(report).toMatchObject({
      updates: 27,
      clips: { training: 48, validation: 12, failed: 0 },
    });
    expect(report.loss.last).toBeLessThan(report.loss.first * 0.7);
    const lines = (await readFile(join(whole, 'log.jsonl'), 'utf8')).trim().split('\n');
    const entries = lines.map((line) => JSON.parse(line) as LogEntry);
    const tests = entries.flatMap((entry) => (entry.type === 'test' ? [entry] : []));
    expect(tests.map(({ update, stage }) => [update, stage])).toEqual([
      [0, 'masked'],
      [6, 'masked'],
      [12, 'masked'],
      [18, 'masked'],
      [24, 'unmasked'],
      [27, 'unmasked'],
    ]);
    expect(await readFile(join(whole, 'curves.svg'), 'utf8')).toContain('recall at 1');
    for (const file of report.files) expect(await readdir(whole)).toContain(file);
  });

  it('writes weights that are a checkpoint under the published names, and come back', async () => {
    await convertCheckpoint(join(whole, 'trained.safetensors'), join(out, 'model'));
    await using again = await openWeights(join(out, 'model', 'weights.safetensors'));
    const { state } = await readCheckpoint(join(whole, 'latest.safetensors'));
    expect(again.config).toEqual(CONFIG);
    const key = 'vision_encoder.conv1.weight';
    expect(await again.read(key)).toEqual(state.averages!.get(key));
    await using middle = await openWeights(join(whole, 'wise-ft.safetensors'));
    const [first] = await middle.read(key);
    const [start] = await seededWeights(CONFIG).read(key);
    expect(first).toBeCloseTo((state.averages!.get(key)![0]! + start!) / 2, 6);
  });

  it('goes on to the same losses and weights after it was killed, again and again', async () => {
    const child = fileURLToPath(new URL('./train-child.ts', import.meta.url));
    const args = ['--conditions=source', '--import', 'tsx', child, dataset, out];
    for (const updates of [3, 11, 20]) {
      const running = spawn(process.execPath, args, { stdio: 'ignore' });
      const ended = once(running, 'exit');
      while (running.exitCode === null) {
        const done = await loggedLosses(out).catch(() => []);
        if (done.length >= updates) break;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      running.kill('SIGKILL');
      await ended;
    }
    await trainDrawn(dataset, out);
    expect(await loggedLosses(out)).toEqual(await loggedLosses(whole));
    for (const file of ['trained.safetensors', 'best.safetensors', 'latest.safetensors']) {
      expect(await hashOf(out, file)).toBe(await hashOf(whole, file));
    }
    expect((await readdir(out)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }, 300_000);

  it('goes on after it was stopped, where it was', async () => {
    const controller = new AbortController();
    const stopped = trainDrawn(dataset, out, {
      ...{ signal: controller.signal, checkpointEvery: 1000 },
      onProgress: ({ update }) => {
        if (update === 4) controller.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    const { state } = await readCheckpoint(join(out, 'latest.safetensors'));
    expect(state.step).toBeGreaterThanOrEqual(4);
    await trainDrawn(dataset, out);
    expect(await loggedLosses(out)).toEqual(await loggedLosses(whole));
  }, 300_000);

  it('leaves the last checkpoint as it was where the disk is full', async () => {
    const full = join(out, `latest.safetensors.${process.pid}.tmp`);
    let before = '';
    const filling = trainDrawn(dataset, out, {
      onProgress: ({ update }) => {
        if (update === 3) fill();
      },
    });
    let ready = Promise.resolve();
    const fill = (): void => {
      // Writing to what this names fails as a full disk does.
      ready = hashOf(out, 'latest.safetensors').then(async (hash) => {
        before = hash;
        await symlink('/dev/full', full);
      });
    };
    await expect(filling).rejects.toThrow(
      /cannot be written: .*ENOSPC.* of update \d+: the same call/s,
    );
    await ready;
    expect(await hashOf(out, 'latest.safetensors')).toBe(before);
    await trainDrawn(dataset, out);
    expect(await loggedLosses(out)).toEqual(await loggedLosses(whole));
  }, 300_000);

  it('says in its log and report what ran it', async () => {
    const stage = { name: 'short', maskRatio: 0.5, warmupEpochs: 0, learningRate: 1e-3 };
    const { engine } = await trainDrawn(dataset, out, {
      ...{ engine: 'tfjs', stages: [{ ...stage, epochs: 0.5, batch: 8 }], validation: 0 },
    });
    expect([engine, report.engine]).toEqual(['tfjs', 'onnx']);
    const entries = async (folder: string): Promise<readonly LogEntry[]> =>
      (await readFile(join(folder, 'log.jsonl'), 'utf8'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as LogEntry);
    expect((await entries(out))[0]).toMatchObject({ type: 'session', engine: 'tfjs', update: 0 });
    expect((await entries(whole))[0]).toMatchObject({ type: 'session', engine: 'onnx' });
  });

  it('does not train where another call does', async () => {
    const controller = new AbortController();
    let second: Promise<unknown> | undefined;
    const first = trainDrawn(dataset, out, {
      ...{ signal: controller.signal, validation: 0 },
      onProgress: () => {
        second ??= trainDrawn(dataset, out, { validation: 0 }).finally(() => {
          controller.abort();
        });
        second.catch(() => undefined);
      },
    });
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    await expect(second).rejects.toThrow(`${out} is in use`);
    expect(await readdir(out)).not.toContain('run.lock');
  });

  it('does not go on with another run', async () => {
    const others = [{ validation: 0.3 }, { start: seededWeights(CONFIG, 'other/') }];
    for (const changes of [...others, { engine: 'tfjs' } as const]) {
      await expect(trainDrawn(dataset, whole, changes)).rejects.toMatchObject({
        code: 'invalid-config',
      });
    }
    await writeFile(join(out, 'latest.safetensors'), 'nonsense');
    await expect(trainDrawn(dataset, out)).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('stops where the loss is no number, and says where it goes on from', async () => {
    const data = await datasetClips({ store: fileStore(dataset) });
    const start = seededWeights(CONFIG);
    const broken = {
      ...start,
      read: async (key: string) =>
        key === 'vision_encoder.proj' ? (await start.read(key)).fill(Number.NaN) : start.read(key),
    };
    const running = trainDrawn(dataset, out, { data, start: broken, validation: 0 });
    await expect(running).rejects.toThrow(
      /Stage masked stopped. Step 1 gave the loss NaN.*of update 0: the same call/s,
    );
  });

  it('keeps the vectors of a frozen text tower, and needs no test clips', async () => {
    const changes = { settings: { microBatch: 4 }, validation: 0 };
    const { recalls, loss } = await trainDrawn(dataset, out, changes);
    expect(recalls).toEqual({});
    expect(loss.last).toBeLessThan(loss.first);
    expect(await readdir(out)).toContain('captions.safetensors');
    expect(await readdir(out)).not.toContain('best.safetensors');
    await using trained = await openWeights(join(out, 'trained.safetensors'));
    const key = 'text_encoder.token_embedding.weight';
    expect(await trained.read(key)).toEqual(await seededWeights(CONFIG).read(key));
  });

  it('finds clips of other videos by their captions far better than before it learnt', async () => {
    const many = join(out, 'many');
    const scenes = drawnScenes(6).filter(({ move }) => move === 'left');
    await writeDrawnDataset(fileStore(many), scenes);
    const stage = { name: 'masked', maskRatio: 0.25, warmupEpochs: 1, learningRate: 2e-3 };
    const { recalls } = await trainDrawn(many, join(out, 'run'), {
      stages: [{ ...stage, batch: 16, epochs: 25 }],
      ...{ settings: { trainsText: true }, validation: 0.2, checkpointEvery: 1000 },
    });
    expect(recalls.after!.mean).toBeGreaterThan(2 * recalls.before!.mean);
  }, 300_000);

  it('refuses stages and clips that make no run', async () => {
    await expect(trainDrawn(dataset, out, { stages: [] })).rejects.toThrow('at least one stage');
    const empty = { location: 'here', clips: [] };
    await expect(trainDrawn(dataset, out, { data: empty })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('the event file', () => {
  it('has the bytes that TensorBoard writes', async () => {
    const path = join(out, 'events.out.tfevents.1');
    await startEventFile(path, 1_500_000_000_000);
    await appendScalars(path, [{ timeMs: 1_500_000_001_500, update: 300, values: { loss: 0.5 } }]);
    expect((await readFile(path)).toString('hex')).toBe(WRITTEN);
  });
});

/** By `tensorboard` 2.21 (`EventsWriter` and `RecordWriter`), the same two events. */
const WRITTEN =
  '1800000000000000a37f4b2209000000c00b5ad6411a0d627261696e2e4576656e743a324ca9a4641b000000000000001a0d9e1309000060c00b5ad64110ac022a0d0a0b0a046c6f7373150000003f79b536ec';
