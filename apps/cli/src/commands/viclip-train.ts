import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { Recalls, TrainRunOptions, TrainRunReport, Weights } from '@internvid/viclip';

import type { Config } from '../config.js';
import { UsageError, wordsAsUsage } from '../exit.js';
import { formatTable, plural } from '../format.js';
import { loadConfig } from '../load-config.js';
import { plain, print } from '../output.js';
import { oneOf, signalOfInterrupts, wholeNumber } from '../session.js';
import { defined } from '../settings.js';
import { numberOf, settingsOf, stagesOf, type TrainingFlags } from '../train-settings.js';
import { openTrainingData } from '../training-data.js';
import { trainingView } from '../training-view.js';
import { keptMerges, openTokenizer } from '../viclip-model.js';
import { withResource } from '../with-resource.js';

/** Flags of `viclip train`. */
export type TrainFlags = TrainingFlags & {
  readonly json?: boolean;
  readonly config?: string;
  readonly out: string;
  readonly model?: string;
  readonly variant?: string;
  readonly merges?: string;
  readonly scale: readonly string[];
  readonly validation: string;
  readonly spareSameVideo?: boolean;
  readonly mirror: boolean;
  readonly wiseFt?: string;
  readonly checkpointEvery: string;
  readonly engine?: string;
  readonly threads?: string;
  readonly ffmpeg?: string;
  readonly ffprobe?: string;
};

/** `internvid viclip train`: learns from captioned clips. */
export async function train(place: string, flags: TrainFlags): Promise<void> {
  const { PUBLISHED_STAGES, trainViclip } = await import('@internvid/viclip');
  const { ffmpeg, ffprobe, out } = flags;
  const loaded = await loadConfig(flags.config);
  const config = { ...loaded.config, ...defined({ ffmpeg, ffprobe }) };
  if ((flags.model === undefined) === (flags.variant === undefined))
    throw new UsageError('Say what to start from: --model FOLDER, or --variant tiny for nothing.');
  const stages = stagesOf(flags, config, PUBLISHED_STAGES);
  const settings = settingsOf(flags, flags.model === undefined);
  const wiseFt = numberOf('--wise-ft', flags.wiseFt);
  const choices = {
    validation: numberOf('--validation', flags.validation) ?? 0.1,
    checkpointEvery: wholeNumber('--checkpoint-every', flags.checkpointEvery, 1),
    mirrors: flags.mirror,
    ...(flags.spareSameVideo === true ? { notNegatives: 'video' as const } : {}),
    ...(wiseFt === undefined ? {} : { wiseFt }),
    ...sessionOf(config, flags),
  };
  const signal = signalOfInterrupts(
    `Stopped. What is learnt is kept in ${out}: run the same command again to go on.`,
  );
  const tokenizer = await openTokenizer(
    flags.merges ?? config.viclip?.merges ?? keptMerges(),
    signal,
  );
  const data = await openTrainingData(place, flags, config, signal);
  const view = trainingView(flags);
  const onProgress = view.show;
  const report = await withResource(openStart(flags), (start) =>
    wordsAsUsage(
      trainViclip({
        ...{ data, start, tokenizer, out, stages, settings, signal, onProgress },
        ...choices,
      }),
    ),
  ).finally(() => {
    view.stop();
  });
  print(flags, plain(report), () => text(report));
}

function sessionOf(
  { viclip = {} }: Config,
  flags: TrainFlags,
): Pick<TrainRunOptions, 'engine' | 'provider' | 'threads'> {
  const engine =
    flags.engine === undefined ? viclip.engine : oneOf('--engine', flags.engine, ENGINES);
  const own = flags.threads === undefined ? undefined : wholeNumber('--threads', flags.threads, 1);
  const threads = own ?? viclip.threads;
  if (engine === 'tfjs' && threads !== undefined)
    throw new UsageError('Threads are for the engine onnx: tfjs runs on one thread.');
  return defined({ engine, provider: viclip.provider, threads });
}

const ENGINES = ['onnx', 'tfjs'] as const;

async function openStart({ model, variant = '', seed }: TrainFlags): Promise<Weights> {
  const { openWeights, smallVariants, untrainedWeights, viclipVariants } =
    await import('@internvid/viclip');
  if (model === undefined) {
    const variants = { ...smallVariants, ...viclipVariants };
    const names = ['tiny', 'small', 'b16', 'l14'] as const;
    return untrainedWeights(
      variants[oneOf('--variant', variant, names)],
      wholeNumber('--seed', seed, 0),
    );
  }
  const isFolder = existsSync(model) && statSync(model).isDirectory();
  return openWeights(isFolder ? join(model, 'weights.safetensors') : model);
}

function text({ out, engine, updates, clips, loss, recalls, files }: TrainRunReport): string {
  const { training, validation, wordless, failed } = clips;
  const rows = (
    [
      ['before', recalls.before],
      ['after', recalls.after],
      ['best', recalls.best],
      ['averaged with the start', recalls.averaged],
    ] as const
  ).flatMap(([name, found]) => (found === undefined ? [] : [recallRow(name, found)]));
  return [
    `${plural(updates, 'update')} by ${engine} on ${plural(training, 'clip')}; loss ${loss.first.toFixed(3)} at first, ${loss.last.toFixed(3)} at last.`,
    ...(wordless > 0 ? [`Left out, captions too short: ${plural(wordless, 'clip')}.`] : []),
    ...(failed > 0 ? [`Could not be read: ${plural(failed, 'clip')}, see log.jsonl.`] : []),
    ...(rows.length === 0
      ? ['No clips were put aside to test with.']
      : [
          '',
          `Recall on ${plural(validation, 'clip')} of other videos, in percent:`,
          formatTable(['', ...HEADS], rows),
        ]),
    '',
    `In ${out}: ${files.join(', ')}`,
    `Use it: internvid viclip convert ${join(out, recalls.best === undefined ? 'trained' : 'best')}.safetensors models/mine`,
  ].join('\n');
}

const HEADS = ['text to video @1', '@5', '@10', 'video to text @1', '@5', '@10'];

function recallRow(name: string, { textToVideo, videoToText }: Recalls): string[] {
  const figures = [textToVideo, videoToText].flatMap(({ r1, r5, r10 }) => [r1, r5, r10]);
  return [name, ...figures.map((figure) => figure.toFixed(1))];
}
