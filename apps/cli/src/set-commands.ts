import type { Command } from 'commander';

import { commandsOf, withWork } from './command-options.js';
import type { DecontaminateFlags } from './commands/decontaminate.js';
import type { DedupFlags } from './commands/dedup.js';
import type { ExportFlags } from './commands/export.js';
import type { SelectFlags } from './commands/select.js';
import type { WithdrawFlags } from './commands/withdraw.js';

/** Adds what chooses among captioned clips and writes them for others. */
export function addSetCommands(program: Command): void {
  const command = commandsOf(program);
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
}
