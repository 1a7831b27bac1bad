import { uniformValues } from '../random-values.js';
import type { TrainingClip } from './training-clip.js';

/** A name of the near-duplicates that a clip belongs to; undefined for one that is like no other. */
export type GroupOf = (clip: TrainingClip) => string | undefined;

/** Clips to learn from and clips to test with. */
export type ValidationSplit = {
  readonly training: readonly TrainingClip[];
  readonly validation: readonly TrainingClip[];
};

/**
 * Puts videos aside to test with: clips of one video, and of videos that share near-duplicates, stay together, so that nothing
 * that is tested was learnt. Which ones is drawn from the seed alone: other clips of other videos change nothing.
 *
 * @param share of the clips to test with, from 0 to below 1; the last video drawn may go over it, never under.
 */
export function validationSplit(
  clips: readonly TrainingClip[],
  { share, seed, groupOf }: { share: number; seed: number; groupOf?: GroupOf | undefined },
): ValidationSplit {
  if (!(share >= 0 && share < 1)) {
    throw new RangeError(`validation must be from 0 to below 1, got ${share}.`);
  }
  const families = familiesOf(clips, groupOf);
  const drawn = [...families.keys()]
    .map((name) => ({ name, chance: uniformValues(`validation/${seed}/${name}`, 1)[0] ?? 0 }))
    .sort((a, b) => a.chance - b.chance || (a.name < b.name ? -1 : 1));
  const aside = new Set<TrainingClip>();
  const wanted = Math.ceil(share * clips.length);
  for (const { name } of drawn) {
    if (aside.size >= wanted) break;
    for (const clip of families.get(name) ?? []) aside.add(clip);
  }
  return {
    training: clips.filter((clip) => !aside.has(clip)),
    validation: clips.filter((clip) => aside.has(clip)),
  };
}

/** Clips that hang together by video or group, under the first name of a video among them. */
function familiesOf(
  clips: readonly TrainingClip[],
  groupOf: GroupOf = () => undefined,
): ReadonlyMap<string, readonly TrainingClip[]> {
  const parents = new Map<string, string>();
  const root = (name: string): string => {
    let found = name;
    for (let up = parents.get(found); up !== undefined; up = parents.get(found)) found = up;
    return found;
  };
  const join = (one: string, other: string): void => {
    const [a, b] = [root(one), root(other)].sort();
    if (a !== undefined && b !== undefined && a !== b) parents.set(b, a);
  };
  for (const clip of clips) {
    const group = groupOf(clip);
    // The prefix sorts videos first, so that a family has a video's name.
    if (group !== undefined) join(`video/${clip.video}`, `~group/${group}`);
  }
  const families = new Map<string, TrainingClip[]>();
  for (const clip of clips) {
    const name = root(`video/${clip.video}`);
    const known = families.get(name);
    if (known === undefined) families.set(name, [clip]);
    else known.push(clip);
  }
  return families;
}
