import type { Command } from 'commander';

import { commandsOf, type MakeCommand } from './command-options.js';
import type { ConvertFlags } from './commands/viclip-convert.js';
import type { EvalFlags } from './commands/viclip-eval.js';
import type { FetchFlags } from './commands/viclip-fetch.js';
import type { TrainFlags } from './commands/viclip-train.js';

/** The options that name a ViCLIP model. */
export function withViclip(target: Command): Command {
  return target
    .option(
      '--model <folder>',
      'ViCLIP model that looks at the pictures; default: that of the config, or none',
    )
    .option(
      '--merges <file>',
      'merges of its tokenizer; default: where `internvid viclip fetch merges` puts them',
    );
}

/** Adds `internvid viclip` and what is under it. What a command does is loaded when it is called. */
export function addViclipCommands(program: Command): void {
  const command = commandsOf(program);
  const viclip = program
    .command('viclip')
    .summary('Weights of ViCLIP, training, and how good a model is')
    .description('Weights of ViCLIP, training, and how good a model is.');
  addWeights(viclip, command);
  addTraining(viclip, command);
  addEvaluation(viclip, command);
}

function addWeights(viclip: Command, command: MakeCommand): void {
  command(
    'convert <in> <out>',
    'Make a model folder of a checkpoint, or a checkpoint in another form',
    'internvid viclip convert ViClip-InternVid-10M-FLT.pth models/viclip-l14 --precision int8',
    viclip,
  )
    .option(
      '--format <name>',
      'onnx: a model folder; safetensors: a checkpoint; default: by the name of <out>',
    )
    .option('--precision <name>', 'fp32, fp16, int8 (onnx), bf16 (safetensors); default: fp32')
    .option('--frames <n>', 'resize the table of times to so many frames of a clip')
    .option('--image <n>', 'resize the table of places to pictures of so many pixels')
    .option('--context <n>', 'resize the table of text positions to so many tokens')
    .option(
      '--heads <n,n>',
      'attention heads of pictures and texts, where the file does not say them',
    )
    .option('--wise-ft <file>', 'average with the checkpoint that the model was tuned from')
    .option('--coefficient <n>', 'share of the tuned weights in that average; default: 0.5')
    .action(async (input: string, output: string, flags: ConvertFlags) => {
      await (await import('./commands/viclip-convert.js')).convert(input, output, flags);
    });

  command(
    'info <file>',
    'Say what a checkpoint or a model folder holds',
    'internvid viclip info ViClip-InternVid-10M-FLT.pth',
    viclip,
  )
    .option(
      '--heads <n,n>',
      'attention heads of pictures and texts, where the file does not say them',
    )
    .action(async (path: string, flags: { json?: boolean; heads?: string }) => {
      await (await import('./commands/viclip-info.js')).info(path, flags);
    });

  command(
    'fetch [name]',
    'Get a published checkpoint, or the merges of the tokenizer; without a name: list them',
    'internvid viclip fetch viclip-l14-flt',
    viclip,
  )
    .option('--to <dir>', 'folder to keep it in; default: the cache')
    .option('--sha256 <hex>', 'hash that a checkpoint must have, where none was published')
    .option('--endpoint <url>', 'a mirror of https://huggingface.co')
    .action(async (name: string | undefined, flags: FetchFlags) => {
      await (await import('./commands/viclip-fetch.js')).fetchKnown(name, flags);
    });
}

function addTraining(viclip: Command, command: MakeCommand): void {
  command(
    'train <data>',
    'Train a model on the captioned clips of a dataset, or on WebDataset shards',
    [
      'internvid viclip train dataset --model models/viclip-b16 --out runs/mine      tune a model',
      '  internvid viclip train dataset --variant tiny --out runs/tiny --mask 0.5      from nothing',
      '  internvid viclip train shards/ --model b16.pth --out runs/mine --batch 64 --micro-batch 8',
      "  internvid viclip train 'https://example.org/set-{00..11}.tar' --model b16.pth --out runs/mine",
      '',
      'A run that was stopped or killed goes on when the same command is called again.',
    ].join('\n'),
    viclip,
  )
    .requiredOption('--out <dir>', 'folder of the run; where it holds this run, the run goes on')
    .option('--model <path>', 'model to start from: a model folder, or a checkpoint')
    .option('--variant <name>', 'train from nothing instead: tiny, small, b16, l14')
    .option('--merges <file>', 'merges of the tokenizer; default: where `fetch merges` puts them')
    .option('--batch <n>', 'clips that are told apart in one step', '32')
    .option('--micro-batch <n>', 'clips in memory at once; default: the whole batch')
    .option('--recompute', 'compute blocks again on the way back: half the memory, a longer step')
    .option('--epochs <n>', 'of the masked stage; 0 leaves it out; default: 10')
    .option('--learning-rate <n>', 'of the masked stage; default: 2e-4')
    .option('--mask <share>', 'of the patches that the masked stage leaves out; default: 0.9')
    .option('--mask-unit <unit>', 'token, or tube: the same places in all frames', 'token')
    .option('--unmasked-epochs <n>', 'of the stage after it; 0 leaves it out; default: 0.5')
    .option('--unmasked-learning-rate <n>', 'default: 4e-6')
    .option('--text <how>', 'frozen, trained; default: frozen with --model, else trained')
    .option('--scale <name...>', 'captions to learn from: fine, coarse, video, clip', ['fine'])
    .option('--validation <share>', 'of the clips put aside to test with, by video', '0.1')
    .option('--spare-same-video', 'clips of one video are no negatives of each other')
    .option('--no-mirror', 'never mirror clips: for captions that tell left from right')
    .option('--drop-path <rate>', 'leave out residual branches; published: 0.1; default: none')
    .option('--clip-gradients <n>', 'longest that the gradient may be; default: no limit')
    .option('--average-decay <n>', 'keep and test a moving average of the weights; such as 0.999')
    .option('--wise-ft <share>', 'also write an average with the start; published: 0.5')
    .option('--checkpoint-every <n>', 'updates; also after every epoch', '200')
    .option('--seed <n>', 'of order, masks, crops', '42')
    .option('--engine <name>', 'onnx, tfjs; default: `viclip.engine` of the config, else onnx')
    .option('--threads <n>', 'of the engine onnx; default: as many as there are cores')
    .option('--ffmpeg <path>', 'ffmpeg for films in shards; default: found on this machine')
    .option('--ffprobe <path>', 'ffprobe for films in shards; default: found on this machine')
    .action(async (data: string, flags: TrainFlags) => {
      await (await import('./commands/viclip-train.js')).train(data, flags);
    });
}

function addEvaluation(viclip: Command, command: MakeCommand): void {
  const evaluation = viclip
    .command('eval')
    .summary('Test a model without tuning it')
    .description('Test a model without tuning it.');

  withTest(
    command(
      'zero-shot <set> <annotations> <videos>',
      'Recognise actions by their names: kinetics, ucf101, hmdb51',
      'internvid viclip eval zero-shot ucf101 testlist01.txt UCF-101/ --model models/viclip-l14',
      evaluation,
    ),
  )
    .option('--split <name>', 'part of the set: a split of kinetics, or 1, 2 or 3 of hmdb51')
    .option('--classes <file>', "names of the classes, in place of the set's own")
    .action(
      async (
        set: string,
        annotations: string,
        videos: string,
        flags: EvalFlags & { split?: string; classes?: string },
      ) => {
        const { evaluateZeroShot } = await import('./commands/viclip-eval.js');
        await evaluateZeroShot(set, annotations, videos, flags);
      },
    );

  withTest(
    command(
      'retrieval <set> <annotations> <videos>',
      'Find videos by texts and texts by videos: msrvtt-csv, msrvtt-json, msvd, didemo, lsmdc, activitynet, viclip',
      'internvid viclip eval retrieval msrvtt-csv test.csv videos/ --model models/viclip-l14 --out report',
      evaluation,
    ),
  ).action(async (set: string, annotations: string, videos: string, flags: EvalFlags) => {
    const { evaluateRetrieval } = await import('./commands/viclip-eval.js');
    await evaluateRetrieval(set, annotations, videos, flags);
  });
}

function withTest(target: Command): Command {
  return withViclip(target)
    .option('--out <folder>', 'write the whole report here: JSON, tables, pictures')
    .option('--ffmpeg <path>', 'ffmpeg to use; default: found on this machine')
    .option('--ffprobe <path>', 'ffprobe to use; default: found on this machine');
}
