import { describe, expect, it } from '@jest/globals';
import type { ClipRow, JsonObject } from '@internvid/core';
import { runStage } from '@internvid/core/testing';
import { clipFilters, type FilterOverrides } from '../../src/filters/clip-filters.js';
import { factFilter } from '../../src/filters/fact-filter.js';
import type { FilterPreset } from '../../src/presets.js';

function clip(id: string, facts: JsonObject): ClipRow {
  return { id, video: 'film-0123456789ab', span: { startMs: 0, endMs: 4000 }, facts };
}

async function through(
  clips: readonly ClipRow[],
  preset: FilterPreset,
  overrides: FilterOverrides = {},
): Promise<{ kept: readonly ClipRow[]; dropped: Record<string, string> }> {
  let kept = clips;
  const dropped: Record<string, string> = {};
  for (const stage of clipFilters<ClipRow>(preset, overrides)) {
    const result = await runStage(stage, kept);
    for (const { id, reason } of result.dropped) dropped[id] = reason;
    kept = result.outputs;
  }
  return { kept, dropped };
}

const idsOf = (clips: readonly ClipRow[]): readonly string[] => clips.map(({ id }) => id);

describe('the filters of a preset', () => {
  const clips = [
    clip('good', { freezeRatio: 0, luminance: 120, motionWidthsPerSecond: 0.2, sharpness: 900 }),
    clip('slide', { freezeRatio: 1, luminance: 240 }),
    clip('whirl', { freezeRatio: 0, motionWidthsPerSecond: 2.5 }),
    clip('night', { freezeRatio: 0, luminance: 12 }),
    clip('soft', { freezeRatio: 0, sharpness: 3 }),
    clip('barred', { borderRatio: 0.4 }),
    clip('written', { textAreaRatio: 0.08 }),
    clip('unknown', { missing: { freezeRatio: 'too-short', luminance: 'no-frames' } }),
  ];

  it('drop still clips and extreme motion by default, each with its reason', async () => {
    const { kept, dropped } = await through(clips, 'internvid');
    expect(dropped).toEqual({ slide: 'still', whirl: 'extreme-motion' });
    expect(idsOf(kept)).toEqual(['good', 'night', 'soft', 'barred', 'written', 'unknown']);
  });

  it('keep good camera pictures only when strict, and what could not be measured', async () => {
    const { kept, dropped } = await through(clips, 'strict');
    expect(idsOf(kept)).toEqual(['good', 'unknown']);
    expect(dropped).toEqual({
      slide: 'still',
      whirl: 'extreme-motion',
      night: 'dark',
      soft: 'blurred',
      barred: 'bordered',
      written: 'too-much-text',
    });
  });

  it('drop nothing in the preset none, but what is switched on', async () => {
    expect((await through(clips, 'none')).kept).toEqual(clips);
    const { dropped } = await through(clips, 'none', { dark: { threshold: 15 }, blurred: {} });
    expect(dropped).toEqual({ night: 'dark', soft: 'blurred' });
  });

  it('can be switched off, moved, or told only to say what they would have dropped', async () => {
    const { kept, dropped } = await through(clips, 'strict', {
      bordered: false,
      'too-much-text': { threshold: 0.1 },
      dark: { scoreOnly: true },
      still: { scoreOnly: true },
      'over-exposed': { scoreOnly: true },
    });
    expect(dropped).toEqual({ whirl: 'extreme-motion', soft: 'blurred' });
    const flags = Object.fromEntries(kept.map(({ id, facts }) => [id, facts.flags]));
    expect(flags).toEqual({ slide: ['still'], night: ['dark'] });
    expect(idsOf(kept)).toContain('barred');
  });

  it('add one flag to another', async () => {
    const both = clip('both', { freezeRatio: 1, luminance: 3 });
    const { kept } = await through([both], 'strict', {
      still: { scoreOnly: true },
      dark: { scoreOnly: true },
    });
    expect(kept[0]?.facts.flags).toEqual(['still', 'dark']);
  });

  it('are told apart by their settings, and refuse names that are none', () => {
    const [usual] = clipFilters('internvid');
    const [scored] = clipFilters('internvid', { still: { scoreOnly: true } });
    expect(usual?.name).toBe('drop-still-clips');
    expect(usual?.config).not.toEqual(scored?.config);
    expect(() => clipFilters('best' as FilterPreset)).toThrow(/internvid, strict, none/);
    expect(() => clipFilters('none', { ugly: {} } as FilterOverrides)).toThrow(/overrides.ugly/);
  });
});

describe('a filter of a fact', () => {
  it('takes the limit itself as wanting, on either side', async () => {
    const clips = [clip('a', { x: 1 }), clip('b', { x: 2 }), clip('c', { x: 3 })];
    const high = await runStage(factFilter({ reason: 'high', fact: 'x', atLeast: 2 }), clips);
    expect(idsOf(high.outputs as ClipRow[])).toEqual(['a']);
    const low = await runStage(factFilter({ reason: 'low', fact: 'x', atMost: 2 }), clips);
    expect(idsOf(low.outputs as ClipRow[])).toEqual(['c']);
  });

  it('refuses no limit, two limits, and a limit that is no number', () => {
    expect(() => factFilter({ reason: 'x', fact: 'x' })).toThrow(RangeError);
    expect(() => factFilter({ reason: 'x', fact: 'x', atLeast: 1, atMost: 2 })).toThrow(RangeError);
    expect(() => factFilter({ reason: 'x', fact: 'x', atLeast: NaN })).toThrow(/atLeast/);
  });
});
