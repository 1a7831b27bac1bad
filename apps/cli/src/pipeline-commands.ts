import type { Command } from 'commander';

import type { CollectFlags } from './collecting.js';
import {
  commandsOf,
  withFetching,
  withSpeech,
  withSplit,
  withWork,
  type MakeCommand,
} from './command-options.js';
import type { CaptionFlags } from './commands/caption.js';
import type { PlanFlags } from './commands/plan.js';
import type { QueriesFlags } from './commands/queries.js';
import type { CommonFlags, SplitFlags } from './session.js';
import type { SpeechFlags } from './transcribing.js';
import { withViclip } from './viclip-commands.js';
import type { ViclipFlags } from './viclip-model.js';

type CollectingFlags = CommonFlags & CollectFlags & { readonly out?: string };
type RunFlags = CollectingFlags & SplitFlags & SpeechFlags & ViclipFlags;

/** Adds the whole pipeline and its steps, in their order. */
export function addPipelineCommands(program: Command): void {
  const command = commandsOf(program);
  withSpeech(
    withViclip(
      withSplit(
        withFetching(
          withWork(
            command(
              'run [videos...]',
              'The whole pipeline: videos in, dataset and exports out',
              'internvid run videos/ --out dataset',
            ),
          ),
        ),
      ),
    ),
  )
    .option('--out <dir>', 'the dataset folder; what is done there already is not done again')
    .action(async (videos: string[], flags: RunFlags) => {
      await (await import('./commands/run.js')).run(videos, flags);
    });

  command(
    'queries',
    'Search queries of actions, for `internvid collect`',
    'internvid queries --category cooking music --hits 5 --out queries.jsonl',
  )
    .option('--category <name...>', 'only these categories of the activity list; default: all')
    .option('--labels <file...>', 'lists of action names to add, such as the classes of Kinetics')
    .option('--no-activities', 'leave the activity list out')
    .option('--hits <n>', 'hits of each query', '20')
    .option('--search <name>', 'search of yt-dlp to ask', 'ytsearch')
    .option(
      '--out <file>',
      'write the searches here, for `internvid collect --queries`, instead of printing them',
    )
    .action(async (flags: QueriesFlags) => {
      await (await import('./commands/queries.js')).queries(flags);
    });

  withFetching(
    withWork(
      command(
        'collect [videos...]',
        'Find videos, fetch those that are elsewhere, and say what they are',
        [
          'internvid collect videos/ "more/*.mkv" --out dataset       files, folders, globs',
          '  internvid collect links.csv --out dataset                  a table of addresses',
          '  internvid collect panda.csv --from panda-70m --out dataset a published list',
          '  internvid collect "ytsearch20:slicing bread" --out dataset a search, through yt-dlp',
          '  internvid collect https://example.org/a.mp4 --out dataset  an address',
        ].join('\n'),
      ),
    ),
  )
    .option('--out <dir>', 'the dataset folder')
    .action(async (videos: string[], flags: CollectingFlags) => {
      await (await import('./commands/collect.js')).collect(videos, flags);
    });

  withSpeech(
    withWork(
      command(
        'transcribe [dataset]',
        'Write down what is said in the videos, from subtitles or by Whisper',
        'internvid transcribe dataset --transcribe auto --whisper models/whisper-tiny.en',
      ),
    ),
  ).action(async (dataset: string | undefined, flags: CommonFlags & SpeechFlags) => {
    await (await import('./commands/transcribe.js')).transcribe(dataset, flags);
  });

  withSplit(
    withWork(
      command(
        'split [dataset]',
        'Find the shots of collected videos, measure them, make clips',
        'internvid split dataset --filters strict',
      ),
    ),
  ).action(async (dataset: string | undefined, flags: CommonFlags & SplitFlags) => {
    await (await import('./commands/single-step.js')).runSingleStep('split', dataset, flags);
  });

  singleStep(command, 'sample', 'Keep about one frame a second of each clip');

  withWork(
    command(
      'plan [dataset]',
      'What captioning the sampled clips would take: requests, tokens, money, time',
      'internvid plan dataset --measure 10',
    ),
  )
    .option('--measure <n>', 'caption so many clips to measure it; a chat model is paid for that')
    .action(async (dataset: string | undefined, flags: PlanFlags) => {
      await (await import('./commands/plan.js')).plan(dataset, flags);
    });

  withWork(
    command(
      'caption [dataset]',
      'Caption the clips from their sampled frames',
      'internvid caption dataset --dry-run',
    ),
  )
    .option('--dry-run', 'show what the chat model would be asked about one clip, and send nothing')
    .option('--clip <id>', 'with --dry-run: this clip; default: the first')
    .action(async (dataset: string | undefined, flags: CaptionFlags) => {
      await (await import('./commands/caption.js')).caption(dataset, flags);
    });

  for (const [name, summary] of [
    ['embed', 'Embed the captions for search, and with a ViCLIP model the clips'],
    ['score', 'Score how well captions fit the pictures of their clips'],
  ] as const) {
    const example = `internvid ${name} dataset --model models/viclip-l14`;
    withViclip(withWork(command(`${name} [dataset]`, summary, example))).action(
      async (dataset: string | undefined, flags: CommonFlags & ViclipFlags) => {
        await (await import('./commands/embed.js'))[name](dataset, flags);
      },
    );
  }

  singleStep(command, 'cut', 'Cut a file of each clip, proved frame by frame');
}

function singleStep(command: MakeCommand, name: 'sample' | 'cut', summary: string): void {
  withWork(command(`${name} [dataset]`, summary, `internvid ${name} dataset`)).action(
    async (dataset: string | undefined, flags: CommonFlags) => {
      await (await import('./commands/single-step.js')).runSingleStep(name, dataset, flags);
    },
  );
}
