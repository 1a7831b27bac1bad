import type {
  CheckpointDescription,
  DescribedModel,
  ModelFolderDescription,
} from '@internvid/viclip';

import { formatBytes, formatCounts } from '../format.js';
import { plain, print } from '../output.js';
import { headsOf, labelled, millions, sizeLines } from '../viclip-words.js';

/** `internvid viclip info`: what a checkpoint or a model folder holds; exit code 1 where that is no ViCLIP. */
export async function info(
  path: string,
  flags: { readonly json?: boolean; readonly heads?: string },
): Promise<void> {
  const { describeCheckpoint } = await import('@internvid/viclip');
  const heads = flags.heads === undefined ? undefined : headsOf(flags.heads);
  const found = await describeCheckpoint(path, { heads });
  if (found.model === undefined) process.exitCode = 1;
  print(flags, plain(found), () =>
    (found.kind === 'checkpoint' ? checkpointLines(found) : folderLines(found)).join('\n'),
  );
}

function checkpointLines(found: CheckpointDescription): string[] {
  return [
    labelled('checkpoint', `${found.format}, ${formatBytes(found.bytes)}`),
    labelled(
      'tensors',
      `${found.tensors} (${formatCounts(found.types)}), ${millions(found.parameters)} numbers`,
    ),
    ...(found.beside.length === 0 ? [] : [labelled('beside', found.beside.join(', '))]),
    ...(found.model === undefined
      ? [labelled('model', `none that runs here: ${found.problem ?? 'unknown'}`)]
      : modelLines(found.model)),
  ];
}

function folderLines(found: ModelFolderDescription): string[] {
  return [
    labelled('model folder', found.precision),
    labelled('sha256', found.sha256),
    ...found.changes.map((change) => labelled('changed', change)),
    ...modelLines(found.model),
  ];
}

function modelLines({ layout, variant, config }: DescribedModel): string[] {
  const size = variant === undefined ? 'of its own size' : VARIANTS[variant];
  const kind = layout === 'viclip' ? 'ViCLIP' : 'image CLIP, the start of a ViCLIP';
  return [labelled('model', `${kind}, ${size}`), ...sizeLines(config)];
}

const VARIANTS = { b16: 'B/16', l14: 'L/14' } as const;
