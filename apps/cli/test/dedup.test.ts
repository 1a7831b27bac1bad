import { copyFile, mkdtemp, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { internvid } from './internvid.js';
import { drawSmallFilms } from './small-films.js';

type Funnel = readonly { readonly rule: string; readonly in: number; readonly kept: number }[];

describe('copies, benchmarks and withdrawals', () => {
  let films: string;
  let dataset: string;

  const ok = async (args: readonly string[]): Promise<Record<string, unknown>> => {
    const { code, out, err } = await internvid([...args, '--json']);
    if (code !== 0) throw new Error(err);
    return JSON.parse(out) as Record<string, unknown>;
  };

  beforeAll(async () => {
    films = await drawSmallFilms(2);
    const folder = await mkdtemp(join(tmpdir(), 'internvid-dedup-'));
    dataset = join(folder, 'dataset');
    await ok(['collect', films, '--out', dataset]);
    await ok(['split', dataset, '--filters', 'none']);
    await ok(['sample', dataset]);
  }, 120_000);

  it('finds no copies among films that are none, and all of them against a dataset of the same', async () => {
    const early = await internvid(['select', dataset, '--name', 'early', '--without-copies']);
    expect([early.code, early.err]).toEqual([1, expect.stringContaining('internvid dedup')]);
    const alone = await ok(['dedup', dataset, '--level', 'exact']);
    expect(alone).toMatchObject({ copies: { exact: 0, perceptual: 0, semantic: 0 } });
    const again = `${dataset}-again`;
    await ok(['collect', films, '--out', again]);
    await ok(['split', again, '--filters', 'none']);
    await ok(['dedup', again, '--level', 'perceptual']);
    const against = await ok(['dedup', dataset, '--against', again]);
    expect(against).toMatchObject({ kept: 0, references: against.clips });
    const { code, out } = await internvid([
      ...['select', dataset, '--name', 'nothing', '--without-copies', '--json'],
    ]);
    expect([code, (JSON.parse(out) as { clips: number }).clips]).toEqual([1, 0]);
  }, 120_000);

  it('finds what a benchmark shows, of its videos and of its hashes alike', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'internvid-benchmark-'));
    await copyFile(join(films, 'film 0.mp4'), join(folder, 'item 7.mp4'));
    await writeFile(join(folder, 'not a video.mp4'), 'text');
    const found = await ok(['decontaminate', dataset, '--benchmark', `toy=${folder}`]);
    const [report] = found.benchmarks as [{ items: number; clips: number; found: unknown[] }];
    expect(report).toMatchObject({ items: 1, foundItems: 1 });
    expect(report.clips).toBeGreaterThan(0);
    const subset = await ok(['select', dataset, '--name', 'clean', '--without-benchmarks']);
    const [row] = subset.funnel as Funnel;
    expect(row).toMatchObject({ rule: 'shows nothing of a benchmark' });
    expect((row?.in ?? 0) - (row?.kept ?? 0)).toBe(report.clips);
    const file = join(folder, 'own.hashes.parquet');
    await ok(['dedup', dataset, '--level', 'exact', '--hashes-out', file]);
    const own = await ok(['decontaminate', dataset, '--benchmark', `own=${file}`]);
    const [itself] = own.benchmarks as [{ items: number; clips: number }];
    expect(itself.clips).toBe(itself.items);
  }, 120_000);

  it('leaves a withdrawn video out of what is made from then on', async () => {
    const before = await ok(['select', dataset, '--name', 'before']);
    const unsaid = await internvid(['withdraw', dataset, '--video', 'x']);
    expect([unsaid.code, unsaid.err]).toEqual([2, expect.stringContaining('--reason')]);
    const url = join(films, 'film 1.mp4');
    const noted = await ok(['withdraw', dataset, '--url', url, '--reason', 'owner asked']);
    expect(noted).toMatchObject({ added: 1, withdrawals: 1 });
    expect(noted.videos).toHaveLength(1);
    const after = await ok(['select', dataset, '--name', 'after']);
    expect(after.clips).toBeLessThan(Number(before.clips));
    expect(after.clips).toBeGreaterThan(0);
  }, 60_000);

  it('does not collect a withdrawn video again under another name, and leaves the others as they are', async () => {
    const [video = ''] = (await ok(['withdraw', dataset])).videos as readonly string[];
    await ok(['withdraw', dataset, '--video', video, '--reason', 'owner asked']);
    await rename(join(films, 'film 1.mp4'), join(films, 'another name.mp4'));
    const again = await internvid(['collect', films, '--out', dataset]);
    expect(again.code).toBe(0);
    expect(again.out).toMatch(/drop-withdrawn +3 +2 +1 +0 +withdrawn 1/);
    const { out } = await internvid(['status', dataset, '--rejects']);
    expect(out).toContain('withdrawn');
    expect(out).toContain('another-name-');
  }, 60_000);
});
