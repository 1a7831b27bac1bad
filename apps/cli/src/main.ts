import { Command, CommanderError } from 'commander';

import { addCheckingCommands } from './checking-commands.js';
import { describeError, exitCodeOf } from './exit.js';
import { addGenerateCommands } from './generate-commands.js';
import { addPipelineCommands } from './pipeline-commands.js';
import { addSearchCommand } from './search-command.js';
import { addSetCommands } from './set-commands.js';
import { addViclipCommands } from './viclip-commands.js';

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

// In the order in which help lists them.
addPipelineCommands(program);
addSetCommands(program);
addGenerateCommands(program);
addSearchCommand(program);
addViclipCommands(program);
addCheckingCommands(program);

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
