import { sha256, type JsonObject, type JsonValue, type Stage } from '@internvid/core';
import type { VideoCandidate } from '../download/candidate.js';

/** What a quota counts: a field of the candidate, the year or month of its upload, or all candidates. */
export type QuotaField =
  | 'all'
  | 'query'
  | 'query-category'
  | 'category'
  | 'language'
  | 'country'
  | 'channel'
  | 'license'
  | 'year'
  | 'month';

/** How many candidates with the same value of a field are kept. */
export type Quota = {
  readonly by: QuotaField;
  readonly max: number;
  /** Other numbers for single values: `{ en: 500 }`. */
  readonly perValue?: Readonly<Record<string, number>>;
  /**
   * What becomes of candidates of which the field is not known: `keep` (default) leaves them out of this quota, `drop` drops them as
   * `unknown-<field>`.
   */
  readonly unknown?: 'keep' | 'drop';
};

/** Which quotas hold. */
export type ApplyQuotasOptions = {
  readonly quotas: readonly Quota[];
  /** Which candidates are kept is drawn by this number and their ids. Default 0. */
  readonly seed?: number;
};

/** Where a field stands in the metadata; the first that is there counts. */
const NAMES: Readonly<
  Record<Exclude<QuotaField, 'all' | 'license' | 'year' | 'month'>, readonly string[]>
> = {
  query: ['query'],
  'query-category': ['queryCategory'],
  category: ['category', 'categories', 'youtube_categories'],
  language: ['language', 'queryLanguage'],
  country: ['country', 'location'],
  channel: ['channelId', 'channel', 'youtube_channel', 'uploader'],
};

/**
 * Keeps at most so many candidates of each query, category, language, country, channel, licence, year … and drops the others as
 * `over-quota-<field>`, by the first quota that is full. The candidates are gone through in an order drawn by seed and id, so the same
 * ones are kept whatever order they come in; they are handed on in the order they came in.
 *
 * It counts within a shard and holds that shard's candidates in memory: for quotas over a whole collection read them with
 * `listedCandidates(step, { together: true })`.
 *
 * @throws RangeError for a number that is not a whole one of at least 0, TypeError for no quotas.
 */
export function applyQuotas(options: ApplyQuotasOptions): Stage<VideoCandidate, VideoCandidate> {
  const { quotas, seed = 0 } = options;
  if (quotas.length === 0) throw new TypeError('options.quotas must hold at least one quota.');
  for (const { by, max, perValue = {} } of quotas) {
    for (const number of [max, ...Object.values(perValue)]) checkNumber(number, by);
  }
  return {
    name: 'apply-quotas',
    version: 1,
    config: { quotas: quotas.map(configOf), seed },
    async *process(inputs, context) {
      const candidates: VideoCandidate[] = [];
      for await (const candidate of inputs) candidates.push(candidate);
      context.signal.throwIfAborted();
      const verdicts = judge(candidates, quotas, seed);
      for (const [index, candidate] of candidates.entries()) {
        const reason = verdicts[index];
        if (reason !== undefined) context.drop(candidate, reason);
        else {
          yield candidate;
          context.keep(candidate);
        }
      }
    },
  };
}

/** Why each candidate is dropped; undefined for those that are kept. */
function judge(
  candidates: readonly VideoCandidate[],
  quotas: readonly Quota[],
  seed: number,
): readonly (string | undefined)[] {
  const order = candidates
    .map(({ id }, index) => ({ index, rank: sha256(`${seed}\n${id}`) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : a.index - b.index));
  const counts = new Map<string, number>();
  const verdicts = new Array<string | undefined>(candidates.length);
  for (const { index } of order) {
    const candidate = candidates[index];
    if (candidate !== undefined) verdicts[index] = reasonToDrop(candidate, quotas, counts);
  }
  return verdicts;
}

function reasonToDrop(
  candidate: VideoCandidate,
  quotas: readonly Quota[],
  counts: Map<string, number>,
): string | undefined {
  const places: string[] = [];
  for (const { by, max, perValue = {}, unknown = 'keep' } of quotas) {
    const value = valueOf(candidate, by);
    if (value === undefined) {
      if (unknown === 'drop') return `unknown-${by}`;
      continue;
    }
    const place = `${by}\n${value}`;
    const limit = Object.hasOwn(perValue, value) ? (perValue[value] ?? max) : max;
    if ((counts.get(place) ?? 0) >= limit) return `over-quota-${by}`;
    places.push(place);
  }
  for (const place of new Set(places)) counts.set(place, (counts.get(place) ?? 0) + 1);
  return undefined;
}

function valueOf({ license, metadata }: VideoCandidate, by: QuotaField): string | undefined {
  if (by === 'all') return 'all';
  if (by === 'license') return license;
  if (by === 'year' || by === 'month') {
    const date = /^(\d{4})-?(\d{2})/.exec(
      firstText(metadata, ['uploadDate', 'youtube_upload_date']) ?? '',
    );
    return by === 'year' ? date?.[1] : date?.slice(1).join('-');
  }
  return firstText(metadata, NAMES[by]);
}

function firstText(metadata: JsonObject, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value: JsonValue | undefined = metadata[name];
    const first: JsonValue | undefined = Array.isArray(value)
      ? (value as readonly JsonValue[])[0]
      : value;
    if (typeof first === 'string' && first.trim() !== '') return first.trim();
    if (typeof first === 'number') return String(first);
  }
  return undefined;
}

function configOf({ by, max, perValue = {}, unknown = 'keep' }: Quota): JsonObject {
  return { by, max, perValue, unknown };
}

function checkNumber(value: number, by: string): void {
  if (Number.isInteger(value) && value >= 0) return;
  throw new RangeError(`The quota by ${by} must be a whole number of at least 0, got ${value}.`);
}
