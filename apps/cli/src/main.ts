import { Command, CommanderError } from 'commander';

import { describeError, exitCodeOf } from './exit.js';
import type { ExportFlags } from './commands/export.js';
import type { InterleavedFlags } from './commands/generate.js';
import type { DialogueFlags } from './commands/generate-dialogue.js';
import type { QueriesFlags } from './commands/queries.js';
import type { SelectFlags } from './commands/select.js';
import type { CollectFlags } from './collecting.js';
import type { SearchFlags } from './commands/search.js';
import type { CommonFlags, SplitFlags } from './session.js';
import { addViclipCommands, withViclip } from './viclip-commands.js';
import type { ViclipFlags } from './viclip-model.js';

type CollectingFlags = CommonFlags & CollectFlags & { readonly out?: string };
type RunFlags = CollectingFlags & SplitFlags & ViclipFlags;

const program = new Command('internvid')
  .description('Turns raw videos into a captioned, searchable video-text dataset.')
  .version('0.1.0')
  .showHelpAfterError('See `internvid help` or `internvid <command> --help`.')
  .configureHelp({ sortSubcommands: false, sortOptions: false })
  .exitOverride();

program.addHelpText(
  'after',
  `
Examples:
  internvid run videos/ --out dataset       a folder of videos in, a dataset out
  internvid search dataset "a dog in snow"  find clips by what their captions say
  internvid status dataset                  what was kept, dropped and failed, and why
  internvid doctor                          is everything here that a run needs?

Exit codes: 0 done, 1 the work failed, 2 the command line was used wrongly.`,
);

/** A command; what it does is loaded only when it is called, so that help comes at once. */
function command(
  usage: string,
  summary: string,
  example: string,
  parent: Command = program,
): Command {
  return parent
    .command(usage)
    .summary(summary)
    .description(`${summary}.`)
    .addHelpText('after', `\nExample:\n  ${example}`)
    .option('--json', 'print the result as one JSON object')
    .option(
      '--config <file>',
      'config file; default: internvid.config.{ts,js,json,yaml} in this folder',
    );
}

function withWork(target: Command): Command {
  return target
    .option('--concurrency <n>', 'videos at once; default: the number of cores')
    .option('--max-failures <n>', 'stop after so many failures; default: never')
    .option('--retry-failed', 'try again also what no retry is likely to help')
    .option('--ffmpeg <path>', 'ffmpeg to use; default: found on this machine')
    .option('--ffprobe <path>', 'ffprobe to use; default: found on this machine');
}

/** Options about videos that are to be fetched. */
function withFetching(target: Command): Command {
  return target
    .option('--queries <file>', 'searches that `internvid queries` wrote')
    .option('--from <list>', 'the tables are lists of a published data set, such as panda-70m')
    .option('--exclude <file...>', 'ids of videos that must not come in, such as benchmarks')
    .option('--quota <field=n...>', 'at most so many for each channel, language, query, year, ...')
    .option('--full-details', 'read the page of every listed video: licence, tags, language')
    .option('--yt-dlp <path>', 'yt-dlp to use; default: found on this machine');
}

/** Options about shots and clips. */
function withSplit(target: Command): Command {
  return target
    .option(
      '--detector <name>',
      'transition, content, adaptive, threshold, histogram, hash; default: transition',
    )
    .option('--listed-clips', 'clips are the stretches that a list names, instead of shots')
    .option('--filters <preset>', 'clips to drop: internvid, strict, none; default: internvid')
    .option('--lengths <preset>', 'lengths of clips: internvid, text-to-video; default: internvid');
}

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

function singleStep(name: 'sample' | 'caption' | 'cut', summary: string): void {
  withWork(command(`${name} [dataset]`, summary, `internvid ${name} dataset`)).action(
    async (dataset: string | undefined, flags: CommonFlags) => {
      await (await import('./commands/single-step.js')).runSingleStep(name, dataset, flags);
    },
  );
}

singleStep('sample', 'Keep about one frame a second of each clip');
singleStep('caption', 'Caption the clips from their sampled frames');

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

singleStep('cut', 'Cut a file of each clip, proved frame by frame');

command(
  'select [dataset]',
  'Choose clips by what is stored about them, and keep the choice',
  'internvid select dataset --name calm --where "camera = static" --draw 1000',
)
  .requiredOption('--name <name>', 'name of the subset')
  .option('--where <condition...>', 'what must hold, such as "duration_ms >= 4000"')
  .option('--top <name=share>', 'the share with the highest values of a fact or score')
  .option('--at-most <name=count...>', 'at most so many clips for each value, such as video=5')
  .option('--draw <n>', 'draw so many, each video as likely as another (DIV)')
  .option('--seed <n>', 'another seed, another draw; default: 42 for draws, 0 for splits')
  .option('--split <shares>', 'divide by video without leaks, such as train=0.9,test=0.1')
  .action(async (dataset: string | undefined, flags: SelectFlags) => {
    await (await import('./commands/select.js')).select(dataset, flags);
  });

command(
  'export [dataset]',
  'Write the captioned clips for others to read',
  'internvid export dataset --format webdataset',
)
  .option('--format <name...>', 'webdataset, jsonl, parquet; default: all three')
  .option(
    '--name <name>',
    'name of the export; default: that of the dataset folder, and of the subset',
  )
  .option('--subset <name>', 'only the clips of a subset, see `internvid select`')
  .option('--part <name>', 'only this part of the subset, such as train')
  .option('--clips', 'put the files that `internvid cut` made into the WebDataset')
  .action(async (dataset: string | undefined, flags: ExportFlags) => {
    await (await import('./commands/export.js')).exportDataset(dataset, flags);
  });

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
  .option('--form <name>', 'captions: a video each; joined: several videos', 'captions')
  .option('--format <name>', 'documents, obelics, mmc4, chat', 'documents')
  .option('--drop-clips <share>', 'how likely a clip is left out; default: 0.3')
  .option('--seed <n>', 'another seed leaves out other clips; default: 42')
  .option(
    '--name <name>',
    'name of the folder; default: that of the dataset, the subset and the form',
  )
  .option('--subset <name>', 'only the clips of a subset, see `internvid select`')
  .option('--part <name>', 'only this part of the subset, such as train')
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
  .action(async (dataset: string | undefined, flags: DialogueFlags) => {
    await (await import('./commands/generate-dialogue.js')).generateDialogue(dataset, flags);
  });

withViclip(
  command(
    'search <dataset> [text]',
    'Find clips by what their captions say, and with a ViCLIP model by what they show',
    'internvid search dataset "a dog in the snow" --where "duration_ms >= 4000"',
  ),
)
  .option('-n, --limit <n>', 'clips to show', '10')
  .option('--like <clip>', 'clips that look like this one, by its id')
  .option('--image <file>', 'clips that look like this picture')
  .option('--where <condition...>', 'only clips of which this holds, such as "duration_ms >= 4000"')
  .action(async (dataset: string, text: string | undefined, flags: SearchFlags) => {
    await (await import('./commands/search.js')).search(dataset, text, flags);
  });

addViclipCommands(program, command);

command(
  'status [dataset]',
  'What is done, kept, dropped and why, failed and why',
  'internvid status dataset',
)
  .option('--rejects', 'list everything that was dropped or failed')
  .action(async (dataset: string | undefined, flags: CommonFlags & { rejects?: boolean }) => {
    await (await import('./commands/status.js')).status(dataset, flags);
  });

command(
  'validate [dataset]',
  'Check every file of a dataset and of its exports',
  'internvid validate dataset',
).action(async (dataset: string | undefined, flags: CommonFlags) => {
  await (await import('./commands/validate.js')).validate(dataset, flags);
});

withWork(
  command('doctor', 'Check what a run needs, with the fix for what is missing', 'internvid doctor'),
).action(async (flags: CommonFlags) => {
  await (await import('./commands/doctor.js')).doctor(flags);
});

withWork(
  command(
    'demo [videos...]',
    'Draw films of known content, run on them, compare',
    'internvid demo',
  ),
)
  .option('--out <dir>', 'the dataset folder; default: internvid-demo')
  .action(async (videos: string[], flags: CommonFlags & { out?: string }) => {
    await (await import('./commands/demo.js')).demo(videos, flags);
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    process.stderr.write(`internvid: ${describeError(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
