import type { Command } from 'commander';

/** Makes a command, of the program or of `parent`; what it does is loaded only when it is called, so that help comes at once. */
export type MakeCommand = (
  usage: string,
  summary: string,
  example: string,
  parent?: Command,
) => Command;

/** Makes the commands of a program. */
export function commandsOf(program: Command): MakeCommand {
  return (usage, summary, example, parent = program) =>
    parent
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

/** Options of commands that work on videos. */
export function withWork(target: Command): Command {
  return target
    .option('--concurrency <n>', 'videos at once; default: the number of cores')
    .option('--max-failures <n>', 'stop after so many failures; default: never')
    .option('--retry-failed', 'try again also what no retry is likely to help')
    .option('--ffmpeg <path>', 'ffmpeg to use; default: found on this machine')
    .option('--ffprobe <path>', 'ffprobe to use; default: found on this machine');
}

/** Options about videos that are to be fetched. */
export function withFetching(target: Command): Command {
  return target
    .option('--queries <file>', 'searches that `internvid queries` wrote')
    .option('--from <list>', 'the tables are lists of a published data set, such as panda-70m')
    .option('--exclude <file...>', 'ids of videos that must not come in, such as benchmarks')
    .option('--quota <field=n...>', 'at most so many for each channel, language, query, year, ...')
    .option('--full-details', 'read the page of every listed video: licence, tags, language')
    .option('--yt-dlp <path>', 'yt-dlp to use; default: found on this machine');
}

/** Options about shots and clips. */
export function withSplit(target: Command): Command {
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
export function withSpeech(target: Command): Command {
  return target
    .option(
      '--transcribe <source>',
      'subtitles, whisper, or auto: subtitles where there are some, else Whisper if there is a model',
    )
    .option('--whisper <model>', 'a Whisper for transformers.js: a folder, or a name of the hub');
}
