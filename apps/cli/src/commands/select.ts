import { parseCondition, type JsonObject } from '@internvid/core';
import type {
  SavedSubset,
  SelectableClip,
  SplitOptions,
  Subset,
  SubsetFunnelRow,
  SubsetRules,
} from '@internvid/generation';

import { currentSteps, noteOldScores } from '../current-steps.js';
import { UsageError } from '../exit.js';
import { formatTable, plural } from '../format.js';
import { print } from '../output.js';
import { readSelectable } from '../select-clips.js';
import { openSession, wholeNumber, type CommonFlags } from '../session.js';
import { contaminatedClips, copiesOf, linkedVideos } from '../without-copies.js';

/** Flags of `select`. */
export type SelectFlags = CommonFlags & {
  readonly name: string;
  readonly where?: readonly string[];
  readonly top?: string;
  readonly atMost?: readonly string[];
  readonly draw?: string;
  readonly seed?: string;
  readonly split?: string;
  readonly withoutCopies?: boolean;
  readonly withoutBenchmarks?: boolean;
};

/** `internvid select`: chooses clips by what is stored about them and keeps the choice. */
export async function select(dataset: string | undefined, flags: SelectFlags): Promise<void> {
  const { saveSubset, selectClips } = await import('@internvid/generation');
  const { store, signal } = await openSession(flags, dataset);
  const steps = await currentSteps(store);
  noteOldScores(steps, store);
  const score = steps.fresh('score');
  const rules = rulesOf(flags);
  const shares = flags.split === undefined ? undefined : sharesOf(flags.split);
  const seed = flags.seed === undefined ? undefined : wholeNumber('--seed', flags.seed, 0);
  const links = shares === undefined ? [] : await linkedVideos(store, steps, signal);
  const refusals: Refusal[] = [];
  if (flags.withoutCopies === true)
    refusals.push(refusal('no copy of another clip', await copiesOf(store, steps, signal)));
  if (flags.withoutBenchmarks === true)
    refusals.push(
      refusal('shows nothing of a benchmark', await contaminatedClips(store, steps, signal)),
    );
  const subset = await selectClips(allowed(readSelectable(store, steps, signal), refusals), rules);
  const record = {
    name: flags.name,
    rules: JSON.parse(
      JSON.stringify({
        ...rules,
        ...(shares === undefined ? {} : { split: shares }),
        ...(flags.withoutCopies === true ? { withoutCopies: true } : {}),
        ...(flags.withoutBenchmarks === true ? { withoutBenchmarks: true } : {}),
      }),
    ) as JsonObject,
    of: {
      collect: steps.need('collect').fingerprint,
      split: steps.need('split').fingerprint,
      ...(score === undefined ? {} : { score: score.fingerprint }),
    },
    funnel: [...refusals.map(({ row }) => row), ...subset.funnel],
  };
  const saved = await saveSubset(
    store,
    record,
    await divided(
      subset,
      shares === undefined ? undefined : { shares, links, ...(seed === undefined ? {} : { seed }) },
    ),
    signal,
  );
  if (saved.clips === 0) process.exitCode = 1;
  print(flags, saved, () => describeSubset(saved, store.location));
}

/** Clips that are left out before the rules, and the row of the funnel that counts them. */
type Refusal = {
  readonly clips: ReadonlySet<string>;
  readonly row: { -readonly [Name in keyof SubsetFunnelRow]: SubsetFunnelRow[Name] };
};

function refusal(rule: string, clips: ReadonlySet<string>): Refusal {
  return { clips, row: { rule, in: 0, kept: 0, missing: 0 } };
}

async function* allowed(
  rows: AsyncIterable<SelectableClip>,
  refusals: readonly Refusal[],
): AsyncGenerator<SelectableClip> {
  for await (const row of rows) {
    const isAllowed = refusals.every(({ clips, row: count }) => {
      count.in++;
      const passes = !clips.has(row.clip);
      if (passes) count.kept++;
      return passes;
    });
    if (isAllowed) yield row;
  }
}

function rulesOf(flags: SelectFlags): SubsetRules {
  const seed = flags.seed === undefined ? {} : { seed: wholeNumber('--seed', flags.seed, 0) };
  const { where, top, atMost, draw } = flags;
  return {
    ...(where === undefined ? {} : { where: where.map(parseCondition) }),
    ...(top === undefined ? {} : { top: topOf(top) }),
    ...(atMost === undefined ? {} : { quotas: atMost.map(quotaOf) }),
    ...(draw === undefined ? {} : { draw: { count: wholeNumber('--draw', draw, 1), ...seed } }),
  };
}

function topOf(text: string): { by: string; share: number } {
  const { name, value } = assignment('--top', text);
  if (!(value > 0 && value <= 1))
    throw new UsageError(
      `--top takes NAME=SHARE with a share above 0 and at most 1, got "${text}".`,
    );
  return { by: name, share: value };
}

function quotaOf(text: string): { by: string; atMost: number } {
  const { name, value } = assignment('--at-most', text);
  if (!Number.isInteger(value) || value < 1)
    throw new UsageError(`--at-most takes NAME=COUNT with a count of at least 1, got "${text}".`);
  return { by: name, atMost: value };
}

function sharesOf(text: string): Record<string, number> {
  const parts = text.split(',').map((part) => assignment('--split', part));
  const sum = parts.reduce((total, { value }) => total + value, 0);
  if (parts.some(({ value }) => !(value > 0)) || Math.abs(sum - 1) > 1e-9)
    throw new UsageError(
      `--split takes shares that sum to 1, such as train=0.9,test=0.1, got "${text}".`,
    );
  return Object.fromEntries(parts.map(({ name, value }) => [name, value]));
}

function assignment(flag: string, text: string): { name: string; value: number } {
  const [, name, value] = /^([A-Za-z][\w.-]*)=([\d.]+)$/.exec(text.trim()) ?? [];
  if (name === undefined || value === undefined)
    throw new UsageError(`${flag} takes NAME=NUMBER, got "${text}".`);
  return { name, value: Number(value) };
}

async function divided(
  { clips }: Subset,
  options: SplitOptions | undefined,
): Promise<readonly { clip: string; video: string; part?: string }[]> {
  if (options === undefined) return clips;
  const { splitByVideo } = await import('@internvid/generation');
  const parts = splitByVideo(
    clips.map(({ video }) => video),
    options,
  );
  return clips.map((clip) => {
    const part = parts.get(clip.video);
    return part === undefined ? clip : { ...clip, part };
  });
}

function describeSubset({ name, clips, parts, funnel }: SavedSubset, location: string): string {
  const rows = funnel.map((row) => [row.rule, row.in, row.kept, row.missing]);
  const table = formatTable(['rule', 'in', 'kept', 'without such a value'], rows);
  const division = Object.entries(parts).map(([part, count]) => `${part} ${count}`);
  return [
    ...(rows.length === 0 ? [] : [table, '']),
    `Subset "${name}": ${plural(clips, 'clip')}${division.length === 0 ? '' : ` (${division.join(', ')})`}.`,
    `Export it:  internvid export ${location} --subset ${name}`,
  ].join('\n');
}
