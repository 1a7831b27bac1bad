import { existsSync } from 'node:fs';
import { appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  clipTokenizer,
  resumedTrainer,
  viclipTrainer,
  writeModelFolder,
  type Trainer,
  type Weights,
} from '../../packages/viclip/src/index.js';
import { captionWords, mergesFor } from '../../packages/viclip/src/shapes/vocabulary.js';
import { batchMaker } from './batches.js';
import { evaluate, figuresTable, heldOutFilms } from './evaluate.js';
import {
  MAX_GRADIENT_NORM,
  OPTIMIZER,
  SEED,
  SIZES,
  STAGES,
  startWeights,
  type Stage,
} from './recipe.js';

const MODEL = fileURLToPath(new URL('../../packages/viclip/models/viclip-shapes', import.meta.url));
const TEST_EVERY = 250;
const SAVE_EVERY = 100;

const { values } = parseArgs({
  options: {
    /** Folder of the run; one that was stopped goes on there. */
    run: { type: 'string', default: join(tmpdir(), 'train-shapes') },
    /** Where the model is written. */
    model: { type: 'string', default: MODEL },
    /** Updates in percent of the recipe's. */
    share: { type: 'string', default: '100' },
    /** Trains with the pictures of each film in an order by chance, to see what time is worth. */
    shuffled: { type: 'boolean', default: false },
  },
});

const share = Number(values.share) / 100;
const tokenizer = clipTokenizer(mergesFor(captionWords()));
const config = { ...SIZES, text: { ...SIZES.text, vocabulary: tokenizer.vocabularySize } };
const films = heldOutFilms(256);
const started = { ms: Date.now(), processor: process.cpuUsage() };
await mkdir(values.run, { recursive: true });

let weights: Weights = startWeights(config);
let updatesBefore = 0;
for (const [place, stage] of STAGES.entries()) {
  await using trainer = await trainStage(place, stage, weights, updatesBefore);
  updatesBefore += stageUpdates(stage);
  weights = trainer.weights();
  if (place === STAGES.length - 1) await finish(trainer);
}

async function trainStage(
  place: number,
  stage: Stage,
  start: Weights,
  before: number,
): Promise<Trainer> {
  const checkpoint = join(values.run, `${place}-${stage.name}.safetensors`);
  const trainer = existsSync(checkpoint)
    ? await resumedTrainer(checkpoint)
    : await viclipTrainer(start, {
        schedule: {
          learningRate: stage.learningRate,
          updates: stageUpdates(stage),
          warmup: stage.warmup * share,
        },
        maskRatio: stage.maskRatio,
        trainsText: true,
        optimizer: OPTIMIZER,
        maxGradientNorm: MAX_GRADIENT_NORM,
        seed: SEED,
      });
  const { frames, image: side } = config.vision;
  const seen = { frames, side, context: config.text.context, isShuffled: values.shuffled };
  const batchOf = batchMaker(SEED, stage.batch, seen, tokenizer);
  while (trainer.step < stageUpdates(stage)) {
    const report = await trainer.train(batchOf(before + trainer.step));
    const { step } = report;
    await appendFile(
      join(values.run, 'log.jsonl'),
      `${JSON.stringify({ stage: stage.name, ...report })}\n`,
    );
    say(stage, report, before);
    if (step % TEST_EVERY === 0) await test(trainer, before + step);
    if (step % SAVE_EVERY === 0 || step === stageUpdates(stage)) await trainer.save(checkpoint);
  }
  return trainer;
}

function stageUpdates({ updates }: Stage): number {
  return Math.max(2, Math.round(updates * share));
}

async function test(trainer: Trainer, update: number): Promise<void> {
  const figures = await evaluate(trainer, tokenizer, films.slice(0, 128));
  const { shape, colour, motion, turn, order } = figures.attributes;
  const shares = Object.entries({ shape, colour, motion, turn, order }).map(
    ([name, { right }]) => `${name} ${(100 * right).toFixed(0)}`,
  );
  process.stderr.write(
    `\n${update}: R@1 ${(100 * figures.textToVideo).toFixed(1)} / ${(100 * figures.videoToText).toFixed(1)}; ${shares.join(', ')}\n`,
  );
}

function say(stage: Stage, report: Awaited<ReturnType<Trainer['train']>>, before: number): void {
  const all = STAGES.reduce((sum, each) => sum + stageUpdates(each), 0);
  const done = before + report.step;
  const seconds = ((Date.now() - started.ms) / 1000).toFixed(0);
  const { loss, accuracy, temperature } = report;
  process.stderr.write(
    `\r${stage.name} ${done}/${all}  loss ${loss.toFixed(3)}  right in batch ${(100 * accuracy).toFixed(0)} %  temperature ${temperature.toFixed(4)}  ${seconds} s   `,
  );
}

async function finish(trainer: Trainer): Promise<void> {
  const drawn = await evaluate(trainer, tokenizer, films);
  const shuffled = await evaluate(trainer, tokenizer, films, 'shuffled');
  const backwards = await evaluate(trainer, tokenizer, films, 'backwards');
  const { user, system } = process.cpuUsage(started.processor);
  const table = figuresTable({ 'as drawn': drawn, shuffled, backwards });
  const cost = `${((Date.now() - started.ms) / 1000).toFixed(0)} s, ${((user + system) / 1e6).toFixed(0)} s of the processor in this call`;
  process.stdout.write(`\n${table}\n\n${cost}\n`);
  await writeFile(
    join(values.run, 'figures.json'),
    JSON.stringify({ drawn, shuffled, backwards }, null, 2),
  );
  const unfinished = `${values.model}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await writeModelFolder(trainer.weights(), unfinished);
  await rm(values.model, { recursive: true, force: true });
  await rename(unfinished, values.model);
}
