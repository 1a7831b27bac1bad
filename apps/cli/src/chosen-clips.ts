import type { Sample } from '@internvid/generation';

import { currentSteps } from './current-steps.js';
import { UsageError } from './exit.js';
import { plural } from './format.js';
import type { Session } from './session.js';
import { copiesOf } from './without-copies.js';

/** Flags that choose among the captioned clips of a dataset. */
export type ChoiceFlags = {
  /** Only the clips of this saved subset, and of it only those of this part. */
  readonly subset?: string | undefined;
  readonly part?: string | undefined;
  /** Leave out copies, by the last search for them. */
  readonly withoutCopies?: boolean | undefined;
};

/** The clips that are chosen. */
export interface ClipChoice {
  has(clip: string): boolean;
  /** Says on stderr how many clips of the subset were asked for and left out as copies; nothing where none was. */
  note(): void;
}

/**
 * Reads what flags choose.
 *
 * @throws ToolkitError `not-found` for a subset that there is not, and where copies were not looked for among the clips that there are.
 */
export async function chosenClips(
  { store, signal }: Session,
  { subset, part, withoutCopies }: ChoiceFlags,
): Promise<ClipChoice> {
  if (subset === undefined && part !== undefined)
    throw new UsageError('--part needs a --subset that is divided into parts.');
  const wanted = subset === undefined ? undefined : await clipsOf(subset);
  const copies =
    withoutCopies === true ? await copiesOf(store, await currentSteps(store), signal) : undefined;
  let leftOut = 0;
  return {
    has(clip) {
      if (wanted?.has(clip) === false) return false;
      if (copies?.has(clip) !== true) return true;
      leftOut++;
      return false;
    },
    note() {
      if (leftOut > 0) process.stderr.write(`Left out as copies: ${plural(leftOut, 'clip')}.\n`);
    },
  };

  async function clipsOf(name: string): Promise<ReadonlySet<string>> {
    const { readSubset } = await import('@internvid/generation');
    const clips = new Set<string>();
    for await (const clip of readSubset(store, name, signal))
      if (part === undefined || clip.part === part) clips.add(clip.clip);
    return clips;
  }
}

/** Those of the samples that flags choose; at their end says how many were left out as copies. */
export async function chosenSamples(
  session: Session,
  flags: ChoiceFlags,
  samples: AsyncIterable<Sample>,
): Promise<AsyncIterable<Sample>> {
  const choice = await chosenClips(session, flags);
  return (async function* () {
    for await (const sample of samples) if (choice.has(sample.clip.id)) yield sample;
    choice.note();
  })();
}
