/** A place in a document: a clip to look at, or text. */
export type InterleavedItem =
  | {
      readonly kind: 'clip';
      readonly clip: string;
      readonly video: string;
      readonly startMs: number;
      readonly endMs: number;
    }
  | { readonly kind: 'text'; readonly text: string; readonly of: 'caption' | 'transcript' };

/** Clips and texts in the order in which they are to be read. */
export type InterleavedDocument = {
  /** `<form>-<hash>`, of its videos and settings. */
  readonly id: string;
  /** In their order of appearance. */
  readonly videos: readonly string[];
  readonly items: readonly InterleavedItem[];
};

/** What is wrong with a document, one line each; nothing for a sound one. */
export function faultsOf({ videos, items }: InterleavedDocument): readonly string[] {
  const faults: string[] = [];
  if (!items.some(({ kind }) => kind === 'clip')) faults.push('it has no clip');
  if (!items.some(({ kind }) => kind === 'text')) faults.push('it has no text');
  const clips = items.filter((item) => item.kind === 'clip');
  for (const { clip, video, startMs, endMs } of clips) {
    if (!videos.includes(video)) faults.push(`${clip} is of ${video}, which it does not list`);
    if (!(endMs > startMs)) faults.push(`${clip} ends before it begins`);
  }
  for (const [at, clip] of clips.entries()) {
    const before = clips[at - 1];
    if (before === undefined || before.video !== clip.video) continue;
    if (before.clip === clip.clip) faults.push(`${clip.clip} comes twice`);
    else if (before.startMs > clip.startMs) faults.push(`${clip.clip} comes before its time`);
  }
  for (const item of items)
    if (item.kind === 'text' && item.text.trim() === '') faults.push('it has an empty text');
  return faults;
}
