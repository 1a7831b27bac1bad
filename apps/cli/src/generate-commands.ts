import type { Command } from 'commander';

import { commandsOf, withWork } from './command-options.js';
import type { InterleavedFlags } from './commands/generate.js';
import type { DialogueFlags } from './commands/generate-dialogue.js';
import type { TextToVideoFlags } from './commands/generate-t2v.js';

/** Adds `internvid generate` and what is under it. */
export function addGenerateCommands(program: Command): void {
  const command = commandsOf(program);
  const generate = program
    .command('generate')
    .summary('Make training data of captioned clips')
    .description('Make training data of captioned clips.');

  command(
    'interleaved [dataset]',
    'Documents of clips and captions in turn, as in InternVid-ICL',
    'internvid generate interleaved dataset --form joined',
    generate,
  )
    .option(
      '--form <name>',
      'captions: a video each; transcripts: with what is said; joined: several videos',
      'captions',
    )
    .option('--format <name>', 'documents, obelics, mmc4, chat, webdataset', 'documents')
    .option(
      '--media <kind>',
      'webdataset: what is inside of each clip: frame, frames, clips',
      'frame',
    )
    .option('--drop-clips <share>', 'how likely a clip is left out; default: 0.3')
    .option('--seed <n>', 'another seed leaves out other clips; default: 42')
    .option(
      '--name <name>',
      'name of the folder; default: that of the dataset, the subset and the form',
    )
    .option('--subset <name>', 'only the clips of a subset, see `internvid select`')
    .option('--part <name>', 'only this part of the subset, such as train')
    .option('--without-copies', 'leave out copies, see `internvid dedup`')
    .action(async (dataset: string | undefined, flags: InterleavedFlags) => {
      await (await import('./commands/generate.js')).generateInterleaved(dataset, flags);
    });

  command(
    'dialogue [dataset]',
    'Questions and answers from measured facts, every answer checked',
    'internvid generate dialogue dataset --format llava-video',
    generate,
  )
    .option('--format <name...>', 'dialogues, videochat, llava-video, openai; default: all')
    .option('--turns <n>', 'turns of a dialogue at most; default: 4')
    .option('--seed <n>', 'another seed gives other questions and wordings; default: 42')
    .option('--name <name>', 'name of the folder; default: that of the dataset and the subset')
    .option('--subset <name>', 'only the clips of a subset, see `internvid select`')
    .option('--part <name>', 'only this part of the subset, such as train')
    .option('--without-copies', 'leave out copies, see `internvid dedup`')
    .action(async (dataset: string | undefined, flags: DialogueFlags) => {
      await (await import('./commands/generate-dialogue.js')).generateDialogue(dataset, flags);
    });

  withWork(
    command(
      't2v [dataset]',
      'A text-to-video training set, in buckets by shape, size, frames and rate',
      'internvid generate t2v dataset --where "aesthetic >= 4.5" --frames 49 81 --fps 16 --clips',
      generate,
    ),
  )
    .option('--where <condition...>', 'what must hold, such as "motionWidthsPerSecond >= 0.02"')
    .option('--aspects <w:h...>', 'shapes; default: 9:16 3:4 1:1 4:3 16:9')
    .option('--sides <px...>', 'shorter sides; default: 240 360 480 720 1080')
    .option('--multiple-of <px>', 'what both sides are multiples of; default: 16')
    .option('--frames <n...>', 'frames of a clip; default: 17 49 81 121')
    .option('--fps <n...>', 'frames per second; default: 8 16 24')
    .option('--max-crop <share>', 'share of the picture that may be cut off; default: 0.3')
    .option('--upscale', 'take pictures that are smaller than the smallest bucket of their shape')
    .option('--captions <shares>', 'default: long=0.6,short=0.3,structured=0.1')
    .option('--measured-words <share>', 'captions that get motion and camera words; default: 1')
    .option('--seed <n>', 'another seed draws other captions; default: 42')
    .option('--clips', 'cut and encode the clips; default: name them by video and times')
    .option('--tars', 'with --clips: WebDataset shards of each bucket too')
    .option('--name <name>', 'name of the folder; default: that of the dataset and the subset')
    .option('--subset <name>', 'only the clips of a subset, see `internvid select`')
    .option('--part <name>', 'only this part of the subset, such as train')
    .option('--without-copies', 'leave out copies, see `internvid dedup`')
    .action(async (dataset: string | undefined, flags: TextToVideoFlags) => {
      await (await import('./commands/generate-t2v.js')).generateTextToVideo(dataset, flags);
    });
}
