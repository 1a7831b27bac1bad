import { slug } from '@internvid/core';

import { columnChart, rowChart } from './bar-chart.js';
import type { Bin } from './histogram.js';
import type { DatasetStatistics } from './statistics.js';

/** A picture of one of the statistics. */
export type StatisticsPicture = {
  /** `[a-z0-9-]`. */
  readonly name: string;
  readonly title: string;
  readonly svg: string;
};

/** A picture of each distribution and each count, in their order. */
export function statisticsPictures(statistics: DatasetStatistics): readonly StatisticsPicture[] {
  const distributions = statistics.distributions.map(({ name, label, mean, bins }) => {
    const title = `${sentence(label)} (mean ${Number(mean.toPrecision(3))})`;
    const bars = bins.map(({ from, count }) => ({ label: String(from), value: count }));
    const axis = `${label}, from (bins of ${binWidth(bins)})`;
    return { name: slug(name), title, svg: columnChart({ title, axis, bars }) };
  });
  const counts = statistics.counts.map(({ name, label, of, other }) => {
    const title = sentence(label);
    const bars = of.map((each) => ({ label: each.name, value: each.count }));
    const rest = other === 0 ? [] : [{ label: 'other', value: other }];
    const axis = WORD_COUNTS.has(name) ? 'occurrences' : 'clips';
    return { name: slug(name), title, svg: rowChart({ title, axis, bars: [...bars, ...rest] }) };
  });
  return withOwnNames([...distributions, ...counts]);
}

/** Two scores may differ only in what a file name cannot hold. */
function withOwnNames(pictures: readonly StatisticsPicture[]): readonly StatisticsPicture[] {
  const seen = new Map<string, number>();
  return pictures.map((picture) => {
    const before = seen.get(picture.name) ?? 0;
    seen.set(picture.name, before + 1);
    return before === 0 ? picture : { ...picture, name: `${picture.name}-${before + 1}` };
  });
}

const WORD_COUNTS: ReadonlySet<string> = new Set(['verbs', 'nouns']);

function sentence(label: string): string {
  return label.charAt(0).toUpperCase() + label.slice(1);
}

function binWidth([first]: readonly Bin[]): number {
  return first === undefined ? 0 : Number((first.to - first.from).toPrecision(6));
}
