import { Command, CommanderError } from 'commander';

import { describeError, exitCodeOf } from './exit.js';
import type { CaptionFlags } from './commands/caption.js';
import type { DecontaminateFlags } from './commands/decontaminate.js';
import type { DedupFlags } from './commands/dedup.js';
import type { ExportFlags } from './commands/export.js';
import type { InterleavedFlags } from './commands/generate.js';
import type { DialogueFlags } from './commands/generate-dialogue.js';
import type { DiffFlags } from './commands/diff.js';
import type { TextToVideoFlags } from './commands/generate-t2v.js';
import type { PlanFlags } from './commands/plan.js';
import type { QueriesFlags } from './commands/queries.js';
import type { SelectFlags } from './commands/select.js';
import type { WithdrawFlags } from './commands/withdraw.js';
import type { CollectFlags } from './collecting.js';
import type { SearchFlags } from './commands/search.js';
import type { CommonFlags, SplitFlags } from './session.js';
import { addViclipCommands, withViclip } from './viclip-commands.js';
import type { SpeechFlags } from './transcribing.js';
import type { ViclipFlags } from './viclip-model.js';

type CollectingFlags = CommonFlags & CollectFlags & { readonly out?: string };
type RunFlags = CollectingFlags & SplitFlags & SpeechFlags & ViclipFlags;

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

/** Options about what is said. */
function withSpeech(target: Command): Command {
  return target
    .option(
      '--transcribe <source>',
      'subtitles, whisper, or auto: subtitles where there are some, else Whisper if there is a model',
    )
    .option('--whisper <model>', 'a Whisper for transformers.js: a folder, or a name of the hub');
}

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

function singleStep(name: 'sample' | 'cut', summary: string): void {
  withWork(command(`${name} [dataset]`, summary, `internvid ${name} dataset`)).action(
    async (dataset: string | undefined, flags: CommonFlags) => {
      await (await import('./commands/single-step.js')).runSingleStep(name, dataset, flags);
    },
  );
}

singleStep('sample', 'Keep about one frame a second of each clip');

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

singleStep('cut', 'Cut a file of each clip, proved frame by frame');

withWork(
  command(
    'dedup [dataset]',
    'Find clips that are copies of others: same bytes, same pictures, same content',
    [
      'internvid dedup dataset',
      '  internvid dedup dataset --against published --level perceptual',
      '  internvid dedup dataset --level semantic --of video                   look first',
      '  internvid dedup dataset --level exact perceptual semantic --threshold 0.97',
    ].join('\n'),
  ),
)
  .option('--level <name...>', 'exact, perceptual, semantic', ['exact', 'perceptual'])
  .option('--against <dir...>', 'datasets whose clips stay: copies of them are left out here')
  .option('--keep <rule>', 'the copy that stays: longest, largest, first, best=NAME', 'longest')
  .option('--share <share>', 'share of the shorter clip from which on it is a copy', '0.5')
  .option('--mirrored', 'also find copies that are mirrored left to right')
  .option('--of <vectors>', 'semantic: what the vectors are of, such as caption-fine', 'video')
  .option('--threshold <cosine>', 'semantic: copies from here on; without it, only a look')
  .option('--hashes-out <file>', 'write the hashes too, for `internvid decontaminate` elsewhere')
  .action(async (dataset: string | undefined, flags: DedupFlags) => {
    await (await import('./commands/dedup.js')).dedup(dataset, flags);
  });

withWork(
  command(
    'decontaminate [dataset]',
    'Find clips that show something of a benchmark, by content',
    'internvid decontaminate dataset --benchmark msrvtt=videos/ ucf101=ucf101.hashes.parquet',
  ),
)
  .requiredOption('--benchmark <name=place...>', 'a folder of videos, or a file of hashes')
  .option('--mirrored', 'also find what is mirrored left to right')
  .action(async (dataset: string | undefined, flags: DecontaminateFlags) => {
    await (await import('./commands/decontaminate.js')).decontaminate(dataset, flags);
  });

command(
  'withdraw [dataset]',
  'Note videos that must not be used; every later output leaves them out',
  'internvid withdraw dataset --url https://example.org/a.mp4 --reason "owner asked"',
)
  .option('--video <id...>', 'by the id in the dataset')
  .option('--url <url...>', 'by the address or path that it came from')
  .option('--sha256 <digits...>', 'by the hash of the file')
  .option('--list <file>', 'a name on each line: id, address or hash')
  .option('--reason <text>', 'why; kept with each')
  .action(async (dataset: string | undefined, flags: WithdrawFlags) => {
    await (await import('./commands/withdraw.js')).withdraw(dataset, flags);
  });

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
  .option('--without-copies', 'leave out copies, see `internvid dedup`')
  .option('--without-benchmarks', 'leave out what `internvid decontaminate` found')
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
  .option('--without-copies', 'leave out copies, see `internvid dedup`')
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
  .option(
    '--form <name>',
    'captions: a video each; transcripts: with what is said; joined: several videos',
    'captions',
  )
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
  .action(async (dataset: string | undefined, flags: TextToVideoFlags) => {
    await (await import('./commands/generate-t2v.js')).generateTextToVideo(dataset, flags);
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

command(
  'diff <old> [new]',
  'What changed from one version of an export to the next',
  [
    'internvid diff exports/a exports/b               says what changed',
    '  internvid diff exports/a exports/b --out change  writes it',
    '  internvid diff exports/a --apply change --out b  makes the new version of it',
  ].join('\n'),
)
  .option('--out <dir>', 'write the difference here; with --apply, the new version')
  .option('--apply <dir>', 'a difference to apply to the old version')
  .action(async (old: string, next: string | undefined, flags: DiffFlags) => {
    await (await import('./commands/diff.js')).diff(old, next, flags);
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
