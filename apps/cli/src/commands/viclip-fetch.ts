import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';

import type { KnownCheckpoint } from '@internvid/viclip';

import { counter } from '../counter.js';
import { UsageError } from '../exit.js';
import { formatBytes, formatTable } from '../format.js';
import { plain, print } from '../output.js';
import { signalOfInterrupts } from '../session.js';
import { keptMerges } from '../viclip-model.js';

/** Flags of `viclip fetch`. */
export type FetchFlags = {
  readonly json?: boolean;
  readonly to?: string;
  readonly sha256?: string;
  readonly endpoint?: string;
};

const MERGES = 'merges';

/** `internvid viclip fetch`: gets a published checkpoint or the tokenizer's merges, or lists what there is. */
export async function fetchKnown(name: string | undefined, flags: FetchFlags): Promise<void> {
  const { fetchCheckpoint, knownCheckpoints } = await import('@internvid/viclip');
  if (name === undefined) {
    listKnown(knownCheckpoints, flags);
    return;
  }
  if (name !== MERGES && !knownCheckpoints.some((known) => known.name === name)) {
    const names = [MERGES, ...knownCheckpoints.map((known) => known.name)].join(', ');
    throw new UsageError(`There is no known checkpoint "${name}". Known: ${names}.`);
  }
  const signal = signalOfInterrupts(
    'Stopped. What came is kept: run the same command again to go on.',
  );
  const progress = counter(name, formatBytes, flags);
  const { to, sha256, endpoint } = flags;
  const path =
    name === MERGES
      ? await fetchMerges(flags, signal)
      : await fetchCheckpoint(name, {
          directory: to,
          sha256,
          endpoint,
          signal,
          onProgress: ({ bytesDone, bytesTotal }) => {
            progress.show(bytesDone, bytesTotal);
          },
        }).finally(() => {
          progress.stop();
        });
  print(flags, { name, path }, () => `${name} is at ${path}`);
}

async function fetchMerges(
  { to, sha256, endpoint }: FetchFlags,
  signal: AbortSignal,
): Promise<string> {
  if (sha256 !== undefined || endpoint !== undefined)
    throw new UsageError(
      '--sha256 and --endpoint are for checkpoints: the merges have one place and a known hash.',
    );
  const { CLIP_MERGES_URL, loadClipMerges } = await import('@internvid/viclip');
  const path = to === undefined ? keptMerges() : join(to, basename(keptMerges()));
  await loadClipMerges({ path, url: CLIP_MERGES_URL, signal });
  return path;
}

function listKnown(known: readonly KnownCheckpoint[], flags: FetchFlags): void {
  const merges = { name: MERGES, path: keptMerges(), isThere: existsSync(keptMerges()) };
  print(flags, { merges, checkpoints: known.map((one) => plain(one)) }, () =>
    [
      formatTable(
        ['name', 'trained on', 'file', 'place', 'hash'],
        known.map(({ name, data, file, repository, sha256 }) => [
          name,
          data,
          file,
          repository?.id ?? 'none known',
          repository === undefined ? '' : sha256 === undefined ? 'give --sha256' : 'known',
        ]),
      ),
      '',
      `${MERGES}: the tokenizer's merges, ${merges.isThere ? 'at' : 'not yet at'} ${merges.path}`,
      'Nothing is fetched without being named: internvid viclip fetch NAME',
    ].join('\n'),
  );
}
