import type { Command } from 'commander';

import { commandsOf } from './command-options.js';
import type { SearchFlags } from './commands/search.js';
import { withViclip } from './viclip-commands.js';

/** Adds `internvid search`. */
export function addSearchCommand(program: Command): void {
  const command = commandsOf(program);
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
    .option(
      '--where <condition...>',
      'only clips of which this holds, such as "duration_ms >= 4000"',
    )
    .action(async (dataset: string, text: string | undefined, flags: SearchFlags) => {
      await (await import('./commands/search.js')).search(dataset, text, flags);
    });
}
