import type { Span } from '@internvid/core';

import { contentOf } from './exact.js';
import type { ClipHash } from './perceptual/clip-hash.js';
import { copyFinder } from './perceptual/copy-finder.js';

/** A set that a dataset must have nothing of. */
export type Benchmark = {
  readonly name: string;
  readonly hashes: () => AsyncIterable<ClipHash>;
};

/** A clip of the dataset that shows something of a benchmark. */
export type Contamination = {
  readonly benchmark: string;
  readonly clip: string;
  readonly video: string;
  readonly span: Span;
  /** The item of the benchmark, and where it shows the same. */
  readonly item: string;
  readonly itemSpan: Span;
  /** `exact` where both are of a file of the same bytes. */
  readonly level: 'exact' | 'perceptual';
  /** See `Overlap`. */
  readonly similarity: number;
};

/** What was found of one benchmark. */
export type BenchmarkReport = {
  readonly benchmark: string;
  /** Items of the benchmark, and those of them that the dataset shows something of. */
  readonly items: number;
  readonly foundItems: number;
  /** Clips of the dataset that show something of it. */
  readonly clips: number;
  /** In the order of the dataset's hashes; the nearest item first. */
  readonly found: readonly Contamination[];
};

/** How the dataset is held against the benchmarks. */
export type DecontaminateOptions = {
  readonly hashes: () => AsyncIterable<ClipHash>;
  readonly mirrored?: boolean;
  readonly onProgress?: (benchmark: string, done: number) => void;
};

/**
 * Finds clips that show something of benchmarks, by content: an item that was cut, encoded or renamed is found all the same. A
 * second in common is enough, whatever share of the clip that is. Benchmarks are held in memory one at a time.
 */
export async function findContamination(
  benchmarks: readonly Benchmark[],
  { hashes, mirrored = false, onProgress }: DecontaminateOptions,
): Promise<readonly BenchmarkReport[]> {
  const reports: BenchmarkReport[] = [];
  for (const { name, hashes: itemHashes } of benchmarks) {
    const finder = copyFinder({ mirrored });
    const items: { readonly id: string; readonly video: string }[] = [];
    for await (const hash of itemHashes()) {
      // An item may have the id of a clip of the dataset, which would be taken for itself.
      finder.add({ ...hash, id: `${name}:${hash.id}` });
      items.push({ id: hash.id, video: hash.video });
    }
    const found: Contamination[] = [];
    const foundItems = new Set<number>();
    const clips = new Set<string>();
    let done = 0;
    for await (const hash of hashes()) {
      for (const { other, span, otherSpan, similarity } of finder.find(hash)) {
        const item = items[other];
        if (item === undefined) continue;
        const content = contentOf(hash.video);
        const isSame = content !== undefined && content === contentOf(item.video);
        const level = isSame ? 'exact' : 'perceptual';
        const where = { benchmark: name, clip: hash.id, video: hash.video, span };
        found.push({ ...where, item: item.id, itemSpan: otherSpan, level, similarity });
        foundItems.add(other);
        clips.add(hash.id);
      }
      onProgress?.(name, ++done);
    }
    reports.push({
      ...{ benchmark: name, items: items.length, foundItems: foundItems.size },
      ...{ clips: clips.size, found },
    });
  }
  return reports;
}
