import { drop, mapStage, type ClipRow, type JsonValue, type Stage } from '@internvid/core';

/** What a filter of clips looks at. */
export type MeasuredClip = Pick<ClipRow, 'id' | 'span' | 'facts'>;

/** When a clip is found wanting. */
export type FactFilterOptions = {
  /** What is true of the clip then, kebab-case: the drop reason, and the flag. The stage is called `drop-<reason>-clips`. */
  readonly reason: string;
  /** Name of the fact: a number. */
  readonly fact: string;
  /** The clip is found wanting from this value on; exactly one of `atLeast` and `atMost` is given. */
  readonly atLeast?: number;
  /** The clip is found wanting down from this value. */
  readonly atMost?: number;
  /** Keep the clip, and add the reason to its fact `flags` instead. Default false. */
  readonly scoreOnly?: boolean;
};

/**
 * Drops clips by one fact. A clip without the fact is kept: what could not be measured is not low.
 *
 * @throws RangeError unless exactly one limit is given.
 */
export function factFilter<Item extends MeasuredClip>(
  options: FactFilterOptions,
): Stage<Item, Item> {
  const { reason, fact, atLeast, atMost, scoreOnly = false } = options;
  if ((atLeast === undefined) === (atMost === undefined)) {
    throw new RangeError('options must have exactly one of atLeast and atMost.');
  }
  const limit = atLeast ?? atMost;
  if (!Number.isFinite(limit)) {
    throw new RangeError(
      `options.${atLeast === undefined ? 'atMost' : 'atLeast'} must be a number, got ${limit}.`,
    );
  }
  const config: FilterConfig = {
    fact,
    scoreOnly,
    ...(atLeast === undefined ? {} : { atLeast }),
    ...(atMost === undefined ? {} : { atMost }),
  };
  return mapStage({
    name: `drop-${reason}-clips`,
    version: 1,
    config,
    map: (clip: Item) => {
      if (!isWanting(clip.facts[fact], config)) return clip;
      return scoreOnly ? flagged(clip, reason) : drop(reason);
    },
  });
}

type FilterConfig = {
  readonly fact: string;
  readonly scoreOnly: boolean;
  readonly atLeast?: number;
  readonly atMost?: number;
};

function isWanting(value: unknown, { atLeast, atMost }: FilterConfig): boolean {
  if (typeof value !== 'number') return false;
  return (atLeast !== undefined && value >= atLeast) || (atMost !== undefined && value <= atMost);
}

function flagged<Item extends MeasuredClip>(clip: Item, reason: string): Item {
  const { flags } = clip.facts;
  const known: readonly JsonValue[] = Array.isArray(flags) ? (flags as JsonValue[]) : [];
  return { ...clip, facts: { ...clip.facts, flags: [...known, reason] } };
}
