import { sha256 } from '@internvid/core';

/** How a dataset is divided. */
export type SplitOptions = {
  /** Share of each part, above 0; they sum to 1. `{ train: 0.9, validation: 0.05, test: 0.05 }` */
  readonly shares: { readonly [part: string]: number };
  /** Another seed puts other videos on other sides. Default 0. */
  readonly seed?: number;
  /** Pairs of videos that share content, such as near copies: they stay on one side, and so does what they are linked to. */
  readonly links?: Iterable<readonly [string, string]>;
};

/**
 * Divides videos so that nothing leaks from one part into another: all clips of a video, and of the videos linked to it, lie on
 * one side.
 *
 * The side follows from the id and the seed alone, so a video stays where it is when others come in (unless a new link joins it to
 * the other side). The shares are met on average, not to the clip.
 *
 * @returns the part of each video.
 * @throws RangeError for shares that are not positive or do not sum to 1.
 */
export function splitByVideo(
  videos: Iterable<string>,
  options: SplitOptions,
): ReadonlyMap<string, string> {
  const { shares, seed = 0, links = [] } = options;
  checkShares(shares);
  const groups = groupLinked(videos, links);
  const parts = new Map<string, string>();
  for (const [video, group] of groups) parts.set(video, partOf(`${seed}:${group}`, shares));
  return parts;
}

function checkShares(shares: SplitOptions['shares']): void {
  const values = Object.values(shares);
  const sum = values.reduce((total, share) => total + share, 0);
  if (values.every((share) => share > 0) && Math.abs(sum - 1) < 1e-9) return;
  throw new RangeError(
    `options.shares must be above 0 and sum to 1, got ${JSON.stringify(shares)}.`,
  );
}

/** The group of each video, named after its first member in code-unit order so that the order of the input does not matter. */
function groupLinked(
  videos: Iterable<string>,
  links: Iterable<readonly [string, string]>,
): ReadonlyMap<string, string> {
  const parent = new Map<string, string>();
  for (const video of videos) parent.set(video, video);
  const find = (video: string): string => {
    let root = video;
    for (let next = parent.get(root); next !== undefined && next !== root; next = parent.get(root))
      root = next;
    parent.set(video, root);
    return root;
  };
  for (const [a, b] of links) {
    const [first, second] = [find(a), find(b)].sort();
    if (first !== undefined && second !== undefined) parent.set(second, first);
  }
  return new Map([...parent.keys()].map((video) => [video, find(video)]));
}

function partOf(key: string, shares: SplitOptions['shares']): string {
  const draw = Number.parseInt(sha256(key).slice(0, 13), 16) / 16 ** 13;
  let bound = 0;
  let last = '';
  for (const [part, share] of Object.entries(shares)) {
    bound += share;
    last = part;
    if (draw < bound) return part;
  }
  return last;
}
