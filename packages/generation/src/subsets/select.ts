import {
  fieldOf,
  formatCondition,
  judge,
  type Condition,
  type JsonObject,
  type JsonValue,
} from '@internvid/core';
import { diverseSubset } from './diverse.js';
import { topShare } from './filtered.js';

/** A clip as selection sees it. */
export type SelectableClip = {
  readonly clip: string;
  readonly video: string;
  /** Facts and scores by name. */
  readonly values: JsonObject;
};

/** What a subset is: applied in this order. */
export type SubsetRules = {
  /** All must hold. */
  readonly where?: readonly Condition[];
  /** The share of what is left with the highest values, above 0 and at most 1; ties with the last stay. */
  readonly top?: { readonly by: string; readonly share: number };
  /** At most so many clips for each value of a field, the first drawn first. */
  readonly quotas?: readonly { readonly by: string; readonly atMost: number }[];
  /** Draws clips by InternVid's DIV, see `diverseSubset`; all of them in that order where there are fewer. */
  readonly draw?: { readonly count: number; readonly seed?: number };
};

/** What one rule did. */
export type SubsetFunnelRow = {
  readonly rule: string;
  readonly in: number;
  readonly kept: number;
  /** Clips among the rejected ones that have no such value. */
  readonly missing: number;
};

/** The clips of a subset, and how it came to them. */
export type Subset = {
  /** In the order of drawing, or of the table where nothing was drawn. */
  readonly clips: readonly Pick<SelectableClip, 'clip' | 'video'>[];
  readonly funnel: readonly SubsetFunnelRow[];
};

/** What is held of a clip: facts that no later rule asks for are not. */
type Candidate = {
  readonly clip: string;
  readonly video: string;
  readonly score: number | undefined;
  readonly quotaKeys: readonly (JsonValue | undefined)[];
};

/**
 * Chooses clips by rules over what is stored about them; nothing is computed again. Rows are read once, and only what passes
 * every condition is held: some 200 bytes a clip.
 *
 * @throws RangeError for a share, a count or a quota out of range.
 */
export async function selectClips(
  rows: AsyncIterable<SelectableClip>,
  rules: SubsetRules,
): Promise<Subset> {
  const { where = [], top, quotas = [], draw } = rules;
  checkQuotas(quotas);
  const counts = where.map((condition) => ({ condition, in: 0, kept: 0, missing: 0 }));
  const candidates: Candidate[] = [];
  const videos = new Map<string, string>();
  for await (const row of rows) {
    if (!passes(row, counts)) continue;
    const video = videos.get(row.video) ?? row.video;
    videos.set(video, video);
    const score = top === undefined ? undefined : fieldOf(row.values, top.by);
    candidates.push({
      clip: row.clip,
      video,
      score: typeof score === 'number' ? score : undefined,
      quotaKeys: quotas.map(({ by }) => valueOf(row, by)),
    });
  }
  const funnel: SubsetFunnelRow[] = counts.map(({ condition, ...count }) => ({
    rule: formatCondition(condition),
    ...count,
  }));
  const best = top === undefined ? candidates : keepTop(candidates, top, funnel);
  const drawn = draw === undefined && quotas.length === 0 ? best : inDrawOrder(best, draw?.seed);
  const allowed = quotas.length === 0 ? drawn : keepQuotas(drawn, quotas, funnel);
  const chosen = draw === undefined ? allowed : takeDrawn(allowed, draw, funnel);
  return { clips: chosen.map(({ clip, video }) => ({ clip, video })), funnel };
}

type ConditionCount = { readonly condition: Condition; in: number; kept: number; missing: number };

function passes(row: SelectableClip, counts: readonly ConditionCount[]): boolean {
  for (const count of counts) {
    count.in++;
    const verdict = judge(count.condition, valueOf(row, count.condition.field));
    if (verdict === 'missing') count.missing++;
    if (verdict !== 'passes') return false;
    count.kept++;
  }
  return true;
}

function valueOf(row: SelectableClip, field: string): JsonValue | undefined {
  return field === 'video' ? row.video : fieldOf(row.values, field);
}

function keepTop(
  candidates: readonly Candidate[],
  { by, share }: NonNullable<SubsetRules['top']>,
  funnel: SubsetFunnelRow[],
): readonly Candidate[] {
  const scored = candidates.map(({ video, score }) =>
    score === undefined ? { video } : { video, score },
  );
  const { kept, threshold, unscored } = topShare(scored, share);
  const bound = threshold === undefined ? '' : `, ${by} >= ${threshold}`;
  funnel.push({
    rule: `top ${share * 100} %${bound}`,
    in: candidates.length,
    kept: kept.length,
    missing: unscored,
  });
  return Array.from(kept, (at) => candidates[at] as Candidate);
}

/** Every clip, in the order in which DIV draws them. */
function inDrawOrder(
  candidates: readonly Candidate[],
  seed: number | undefined,
): readonly Candidate[] {
  const videos = candidates.map(({ video }) => video);
  const options = { count: candidates.length, ...(seed === undefined ? {} : { seed }) };
  return Array.from(diverseSubset(videos, options), (at) => candidates[at] as Candidate);
}

function keepQuotas(
  candidates: readonly Candidate[],
  quotas: NonNullable<SubsetRules['quotas']>,
  funnel: SubsetFunnelRow[],
): readonly Candidate[] {
  let left = candidates;
  for (const [index, { by, atMost }] of quotas.entries()) {
    const taken = new Map<JsonValue | undefined, number>();
    const kept = left.filter(({ quotaKeys }) => {
      const key = quotaKeys[index];
      const count = (taken.get(key) ?? 0) + 1;
      taken.set(key, count);
      return count <= atMost;
    });
    funnel.push({
      rule: `at most ${atMost} for each ${by}`,
      in: left.length,
      kept: kept.length,
      missing: 0,
    });
    left = kept;
  }
  return left;
}

function takeDrawn(
  candidates: readonly Candidate[],
  { count, seed = 42 }: NonNullable<SubsetRules['draw']>,
  funnel: SubsetFunnelRow[],
): readonly Candidate[] {
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`rules.draw.count must be a whole number of at least 1, got ${count}.`);
  const chosen = candidates.slice(0, count);
  const rule = `draw ${count}, each video as likely as another, seed ${seed}`;
  funnel.push({ rule, in: candidates.length, kept: chosen.length, missing: 0 });
  return chosen;
}

function checkQuotas(quotas: NonNullable<SubsetRules['quotas']>): void {
  for (const { by, atMost } of quotas) {
    if (Number.isInteger(atMost) && atMost >= 1) continue;
    throw new RangeError(
      `The quota for ${by} must be a whole number of at least 1, got ${atMost}.`,
    );
  }
}
