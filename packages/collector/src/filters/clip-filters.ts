import type { Stage } from '@internvid/core';
import { FILTER_PRESETS, type FilterPreset } from '../presets.js';
import { factFilter, type MeasuredClip } from './fact-filter.js';
import { FILTERS, type FilterName } from './thresholds.js';

/** How one filter differs from its preset: off, or on with these settings. */
export type FilterOverride =
  | false
  | {
      /** The limit, in the unit of the filter's fact. Default: the preset's, else the filter's own. */
      readonly threshold?: number;
      /** Keep the clips, and name the filter in their fact `flags`. Default false. */
      readonly scoreOnly?: boolean;
    };

/** Differences from a preset, by filter. */
export type FilterOverrides = { readonly [Name in FilterName]?: FilterOverride | undefined };

/**
 * The filters of a preset as stages, to be put after `clipsFromShots` in this order.
 *
 * @throws RangeError for a name that is no preset or no filter.
 */
export function clipFilters<Item extends MeasuredClip>(
  preset: FilterPreset = 'internvid',
  overrides: FilterOverrides = {},
): readonly Stage<Item, Item>[] {
  const wanted = FILTER_PRESETS[preset] as (typeof FILTER_PRESETS)[FilterPreset] | undefined;
  if (wanted === undefined) {
    throw new RangeError(
      `preset must be one of ${Object.keys(FILTER_PRESETS).join(', ')}, got ${preset}.`,
    );
  }
  for (const name of Object.keys(overrides)) {
    if (!Object.hasOwn(FILTERS, name)) {
      throw new RangeError(
        `overrides.${name} is no filter; there are ${Object.keys(FILTERS).join(', ')}.`,
      );
    }
  }
  return (Object.keys(FILTERS) as FilterName[]).flatMap((name) => {
    const override = overrides[name];
    const fromPreset = wanted[name];
    if (override === false || (override === undefined && fromPreset === undefined)) return [];
    const { fact, limit, threshold } = FILTERS[name];
    const value = override?.threshold ?? fromPreset ?? threshold;
    const scoreOnly = override?.scoreOnly ?? false;
    return [factFilter<Item>({ reason: name, fact, [limit]: value, scoreOnly })];
  });
}
