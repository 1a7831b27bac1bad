import {
  formatCondition,
  judge,
  fieldOf,
  ToolkitError,
  type Condition,
  type JsonObject,
} from '@internvid/core';

import type { SubsetFunnelRow } from '../subsets/select.js';
import type { Sample } from '../sample.js';
import { bucketRules, type BucketRules, type NoBucket } from './buckets.js';
import { captionMix, drawCaption, type CaptionForm, type CaptionMix } from './caption-mix.js';
import { askableValues, placeSample, rowOf } from './plan-clip.js';
import type { TextToVideoRow } from './text-to-video-row.js';

/** How clips are chosen, put into buckets and described. */
export type TextToVideoRules = {
  /** All must hold, such as `aesthetic >= 4.5`. */
  readonly where?: readonly Condition[];
  readonly buckets?: BucketRules;
  readonly captions?: CaptionMix;
};

/** Why a clip that met every condition is not in the set. */
export type LeftOut = NoBucket | 'no-caption' | 'never-probed' | 'not-cut';

/** What became of every clip: `in` is the sum of what the conditions rejected, of `leftOut`, and of `kept`. */
export type TextToVideoCounts = {
  in: number;
  kept: number;
  readonly conditions: SubsetFunnelRow[];
  readonly leftOut: Partial<Record<LeftOut, number>>;
  /** Clips in each bucket. */
  readonly buckets: Record<string, number>;
  readonly captionForms: Partial<Record<CaptionForm, number>>;
};

/** A row and the sample that it is of. */
export type ChosenRow = { readonly sample: Sample; readonly row: TextToVideoRow };

/** Chooses clips by rules and counts what becomes of each; `settings` is all that the rows depend on besides the samples. */
export type RowChooser = {
  readonly counts: TextToVideoCounts;
  readonly settings: JsonObject;
  choose(sample: Sample): ChosenRow | undefined;
  /** Counts a chosen row as kept, or as left out after all. */
  settle(row: TextToVideoRow, leftOut?: LeftOut): void;
};

/** @throws RangeError for rules that cannot be. */
export function rowChooser({ where = [], buckets, captions }: TextToVideoRules): RowChooser {
  const [rules, mix] = [bucketRules(buckets), captionMix(captions)];
  const conditions = where.map((condition) => ({ in: 0, kept: 0, missing: 0, condition }));
  const counts: TextToVideoCounts = {
    in: 0,
    kept: 0,
    get conditions() {
      return conditions.map(({ condition, ...count }) => ({
        rule: formatCondition(condition),
        ...count,
      }));
    },
    leftOut: {},
    buckets: {},
    captionForms: {},
  };
  const leaveOut = (reason: LeftOut): undefined => {
    counts.leftOut[reason] = (counts.leftOut[reason] ?? 0) + 1;
  };
  return {
    counts,
    settings: { where: where.map(formatCondition), buckets: rules, captions: mix },
    choose(sample) {
      counts.in++;
      const { info } = sample.clip.video;
      if (info === undefined) return leaveOut('never-probed');
      if (!passes(askableValues(sample, info), conditions)) return undefined;
      const placed = placeSample(sample, info, rules);
      if (typeof placed === 'string') return leaveOut(placed);
      const caption = captionOrNone(() => drawCaption(sample, mix));
      if (caption === undefined) return leaveOut('no-caption');
      return { sample, row: rowOf(sample, info, placed, caption) };
    },
    settle({ bucket, caption_form }, leftOut) {
      if (leftOut !== undefined) return leaveOut(leftOut);
      counts.kept++;
      counts.buckets[bucket] = (counts.buckets[bucket] ?? 0) + 1;
      const form = caption_form as CaptionForm;
      counts.captionForms[form] = (counts.captionForms[form] ?? 0) + 1;
    },
  };
}

type ConditionCount = { in: number; kept: number; missing: number; readonly condition: Condition };

function passes(values: JsonObject, counts: readonly ConditionCount[]): boolean {
  for (const count of counts) {
    count.in++;
    const verdict = judge(count.condition, fieldOf(values, count.condition.field));
    if (verdict === 'missing') count.missing++;
    if (verdict !== 'passes') return false;
    count.kept++;
  }
  return true;
}

function captionOrNone<Out>(draw: () => Out): Out | undefined {
  try {
    return draw();
  } catch (error) {
    if (ToolkitError.is(error) && error.code === 'invalid-record') return undefined;
    throw error;
  }
}
