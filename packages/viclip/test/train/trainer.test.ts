import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { parameterShapes } from '../../src/model/parameters.js';
import { writeModelFolder } from '../../src/onnx/model-folder.js';
import type { TrainingEngine } from '../../src/train/graph-session.js';
import type { TrainChoices } from '../../src/train/settings.js';
import type { TrainBatch } from '../../src/train/step-inputs.js';
import { resumedTrainer, viclipTrainer, type Trainer } from '../../src/train/trainer.js';
import { openWeights } from '../../src/weights/open-weights.js';
import { openSafetensors } from '../../src/weights/safetensors.js';
import { seededValues, seededWeights } from '../../src/weights/seeded.js';
import { writeTensors } from '../../src/weights/write-tensors.js';
import { byteTokenizer, SMALL } from '../small-model.js';

const schedule = { learningRate: 1e-3, updates: 20, warmup: 2 };
const THREADS = { threads: 1 };
const ENGINES = ['onnx', 'tfjs'] as const;
const WORDS = ['a dog', 'a cat', 'a red train', 'two people'];

function batch(step = 0): TrainBatch {
  const frames = seededValues(`frames/${step}`, 4 * 4 * 3 * 32 * 32, { amplitude: 2 });
  return { frames, texts: { tokens: byteTokenizer.tokenize(WORDS) } };
}

function started(
  choices: Partial<TrainChoices> = {},
  engine: TrainingEngine = 'onnx',
): Promise<Trainer> {
  const settings = { schedule, maskRatio: 0.5, ...choices };
  return viclipTrainer(seededWeights(SMALL), settings, { engine, ...THREADS });
}

async function parameters(trainer: Trainer): Promise<ReadonlyMap<string, Float32Array>> {
  const weights = trainer.weights();
  const found = new Map<string, Float32Array>();
  for (const key of parameterShapes(SMALL).keys()) found.set(key, await weights.read(key));
  return found;
}

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viclip-train-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('viclipTrainer', () => {
  it('learns which text goes with which clip', async () => {
    await using trainer = await started();
    const losses: number[] = [];
    for (let step = 0; step < 20; step++) losses.push((await trainer.train(batch())).loss);
    expect(losses[0]).toBeGreaterThan(1);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 10);
  });

  it('leaves a frozen text tower as it was and trains it where that is asked for', async () => {
    for (const trainsText of [false, true]) {
      await using trainer = await started({ trainsText });
      const before = await parameters(trainer);
      await trainer.train(batch());
      const changed = [...(await parameters(trainer))]
        .filter(([key, values]) => String(values) !== String(before.get(key)))
        .map(([key]) => key);
      expect(changed.some((key) => key.startsWith('text_encoder.'))).toBe(trainsText);
      expect(changed).toContain('vision_encoder.conv1.weight');
      expect(changed).toContain('temp');
    }
  });

  it('takes vectors of texts that were kept, for the same step', async () => {
    await using a = await started();
    await using b = await started();
    const { frames, texts } = batch();
    const vectors = await b.embedTexts((texts as { tokens: Int32Array }).tokens);
    expect(await b.train({ frames, texts: { vectors } })).toEqual(await a.train({ frames, texts }));
  });

  it('draws other masks at every step and the same for the same seed', async () => {
    const losses = async (seed: number): Promise<readonly number[]> => {
      await using trainer = await started({ seed, maskRatio: 0.9, optimizer: still });
      return [(await trainer.train(batch())).loss, (await trainer.train(batch())).loss];
    };
    const [first, second] = await losses(1);
    expect(second).not.toBe(first);
    expect(await losses(1)).toEqual([first, second]);
    expect((await losses(2))[0]).not.toBe(first);
  });

  it.each(['sample', 'token'] as const)(
    'gives the same losses in parts as at once, with drop path for each %s',
    async (unit) => {
      const dropPath = { rate: 0.4, unit };
      await using whole = await started({ dropPath, trainsText: true });
      await using parts = await started({ dropPath, trainsText: true, microBatch: 3 });
      for (let step = 0; step < 3; step++) {
        const [a, b] = [await whole.train(batch(step)), await parts.train(batch(step))];
        expect(b.loss).toBeCloseTo(a.loss, 4);
        expect(b.gradientNorm / a.gradientNorm).toBeCloseTo(1, 4);
      }
    },
  );

  it('counts samples of one id as right answers of each other', async () => {
    const loss = async (ids: readonly number[]): Promise<number> => {
      await using trainer = await started();
      return (await trainer.train({ ...batch(), ids })).loss;
    };
    expect(await loss([0, 1, 2, 3])).not.toBe(await loss([0, 1, 0, 3]));
    expect(await loss([5, 5, 5, 5])).toBeGreaterThan(Math.log(4));
  });

  it.each(ENGINES)(
    'leaves the model as it was where the loss is no number on %s',
    async (engine) => {
      await using trainer = await started({}, engine);
      const before = await parameters(trainer);
      const broken = batch();
      broken.frames[7] = Number.NaN;
      await expect(trainer.train({ ...broken, kept: allOf(trainer) })).rejects.toMatchObject({
        code: 'model-failed',
        message: expect.stringContaining('Step 1 gave the loss NaN'),
      });
      expect(await parameters(trainer)).toEqual(before);
      expect(trainer.step).toBe(0);
    },
  );

  it('gives its parameters to a model folder, which is a checkpoint of them', async () => {
    await using trainer = await started();
    await trainer.train(batch());
    await writeModelFolder(trainer.weights(), folder);
    await using written = await openWeights(join(folder, 'weights.safetensors'));
    expect(written.config).toEqual(SMALL);
    for (const [key, values] of await parameters(trainer)) {
      expect(await written.read(key)).toEqual(values);
    }
  });

  it('ends where its schedule ends', async () => {
    await using trainer = await started({ schedule: { ...schedule, updates: 3 } });
    for (let step = 0; step < 3; step++) await trainer.train(batch());
    await expect(trainer.train(batch())).rejects.toMatchObject({ code: 'model-failed' });
  });

  it('refuses batches and settings that do not fit, by name', async () => {
    await using trainer = await started();
    const { frames, texts } = batch();
    const refused = async (wrong: Partial<TrainBatch>, why: string): Promise<void> => {
      await expect(trainer.train({ frames, texts, ...wrong })).rejects.toThrow(why);
    };
    await refused({ frames: frames.subarray(1) }, 'batch.frames must be clips of [4, 3, 32, 32]');
    await refused({ ids: [1, 2] }, 'batch.ids must have 4 entries, got 2');
    await refused({ texts: { tokens: new Int32Array(64).fill(256) } }, 'from 0 to 255, got 256');
    await refused({ texts: { vectors: new Float32Array(5) } }, 'must have 96 entries, got 5');
    await refused({ kept: new Int32Array(4 * trainer.keptTokens).fill(64) }, 'got 64');
    await expect(started({ maskRatio: 1 })).rejects.toThrow('settings.maskRatio must be from 0');
    await expect(started({ microBatch: 0 })).rejects.toThrow('settings.microBatch must be');
    await expect(started({ schedule: { ...schedule, warmup: 20 } })).rejects.toThrow('warmup');
  });

  it('stops before a step when it was cancelled', async () => {
    await using trainer = await started();
    await expect(trainer.train(batch(), AbortSignal.abort())).rejects.toThrow('abort');
    expect(trainer.step).toBe(0);
  });
});

describe('resumedTrainer', () => {
  it.each(ENGINES)(
    'goes on to the numbers of a run on %s that was never interrupted, bit for bit',
    async (engine) => {
      const choices = { trainsText: true, maxGradientNorm: 1, dropPath } as const;
      await using whole = await started(choices, engine);
      const reports = [];
      for (let step = 0; step < 4; step++) reports.push(await whole.train(batch(step)));

      const path = join(folder, 'run "a" 🎬.safetensors');
      {
        await using first = await started(choices, engine);
        for (let step = 0; step < 2; step++) await first.train(batch(step));
        await first.save(path);
      }
      await using second = await resumedTrainer(path, { engine, ...THREADS });
      expect(second.settings).toEqual(whole.settings);
      expect(second.step).toBe(2);
      expect([await second.train(batch(2)), await second.train(batch(3))]).toEqual(
        reports.slice(2),
      );
      expect(await parameters(second)).toEqual(await parameters(whole));
    },
  );

  it('writes parameters under their published names', async () => {
    const path = join(folder, 'run.safetensors');
    await using trainer = await started();
    await trainer.train(batch());
    await trainer.save(path);
    await using file = await openSafetensors(path);
    const moments = [...file.tensors.keys()].filter((name) => /^(first|second)\//.test(name));
    expect(moments).not.toContain('first/text_encoder.text_projection');
    for (const [key, values] of await parameters(trainer)) {
      expect(await file.read(key)).toEqual(values);
    }
  });

  it('refuses files that are no checkpoint, or no whole one', async () => {
    const path = join(folder, 'other.safetensors');
    const tensor = { name: 'x', type: 'F32', shape: [1], read: async () => new Uint8Array(4) };
    await writeTensors(path, [tensor as never]);
    await expect(resumedTrainer(path)).rejects.toMatchObject({ code: 'corrupt' });

    const run = { config: SMALL, settings: { schedule: 'never' }, step: 0 };
    const metadata = { format: 'internvid-viclip-training-1', run: JSON.stringify(run) };
    await writeTensors(path, [tensor as never], { metadata });
    await expect(resumedTrainer(path)).rejects.toThrow('the run that its metadata describes');

    await using trainer = await started();
    const settings = JSON.parse(JSON.stringify(trainer.settings)) as unknown;
    const right = { ...metadata, run: JSON.stringify({ ...run, settings }) };
    await writeTensors(path, [tensor as never], { metadata: right });
    await expect(resumedTrainer(path)).rejects.toThrow('it has no float32 tensor temp []');
    await expect(resumedTrainer(join(folder, 'none'))).rejects.toMatchObject({ code: 'not-found' });
  });

  it('leaves the last checkpoint whole where the next cannot be written', async () => {
    await using trainer = await started();
    await expect(trainer.save(folder)).rejects.toMatchObject({ code: 'store-failed' });
    const good = join(folder, 'run.safetensors');
    await trainer.save(good);
    await trainer.train(batch());
    await expect(trainer.save(good, AbortSignal.abort())).rejects.toThrow('abort');
    await using resumed = await resumedTrainer(good);
    expect(resumed.step).toBe(0);
  });
});

const dropPath = { rate: 0.3, unit: 'sample' } as const;
/** So little that no float32 weight moves far. */
const still = { betas: [0, 0], epsilon: 1e12, weightDecay: 0 } as const;

function allOf({ keptTokens }: Trainer): Int32Array {
  return Int32Array.from({ length: 4 * keptTokens }, (_, at) => at % keptTokens);
}
