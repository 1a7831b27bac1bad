import type { Command } from 'commander';

import { commandsOf, withWork } from './command-options.js';
import type { DiffFlags } from './commands/diff.js';
import type { CommonFlags } from './session.js';

/** Adds what looks at a dataset, its exports and this machine. */
export function addCheckingCommands(program: Command): void {
  const command = commandsOf(program);
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
    command(
      'doctor',
      'Check what a run needs, with the fix for what is missing',
      'internvid doctor',
    ),
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
}
