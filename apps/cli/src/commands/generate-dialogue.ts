import { basename } from 'node:path';

import {
  detectionsTable,
  shotsTable,
  slug,
  stepsSource,
  type Detection,
  type ReadRows,
  type Shot,
  type StageContext,
  type StepKey,
  type Store,
} from '@internvid/core';
import type { BalanceReport, DialogueFormat, SeenSample, SeenVideo } from '@internvid/generation';

import { chosenClips, type ChoiceFlags, type ClipChoice } from '../chosen-clips.js';
import { currentSteps } from '../current-steps.js';
import { formatTable, plural } from '../format.js';
import { print } from '../output.js';
import { oneOf, openSession, wholeNumber, type CommonFlags } from '../session.js';
import { captionsByClip, readClipsWithFrames } from '../steps.js';
import { withdrawnVideos, type WithdrawnVideos } from '../withdrawn.js';

/** Flags of `generate dialogue`. */
export type DialogueFlags = CommonFlags &
  ChoiceFlags & {
    readonly format?: readonly string[];
    readonly name?: string;
    readonly turns?: string;
    readonly seed?: string;
  };

/** `internvid generate dialogue`: questions and answers from measured facts, every answer derived again before it is written. */
export async function generateDialogue(
  dataset: string | undefined,
  flags: DialogueFlags,
): Promise<void> {
  const { DIALOGUE_FORMATS, measuredDialogues, verifyDialogue, writeDialogues } =
    await import('@internvid/generation');
  const session = await openSession(flags, dataset);
  const { store, signal } = session;
  const formats = (flags.format ?? DIALOGUE_FORMATS).map((name): DialogueFormat =>
    oneOf('--format', name, DIALOGUE_FORMATS),
  );
  const words = [slug(basename(store.location)), flags.subset, flags.part, 'dialogue'];
  const name = flags.name ?? words.filter((word) => word !== undefined).join('-');
  const prefix = `generated/${name}`;
  const made: { report?: BalanceReport } = {};
  const choice = await chosenClips(session, flags);
  const dialogues = measuredDialogues(onlyClips(choice, readSeenVideos(store, signal)), {
    ...(flags.turns === undefined ? {} : { maxTurns: wholeNumber('--turns', flags.turns, 1) }),
    ...(flags.seed === undefined ? {} : { seed: wholeNumber('--seed', flags.seed, 0) }),
    onReport: (report) => (made.report = report),
  });
  const report = (): BalanceReport | undefined => made.report;
  const written = await writeDialogues(dialogues, { store, prefix, name, formats, report, signal });
  choice.note();
  const faults = await recheck();
  if (written.dialogues === 0 || faults > 0) process.exitCode = 1;
  const counts = made.report === undefined ? {} : { report: made.report };
  print(flags, { prefix, ...written, faults, ...counts }, () =>
    [
      `${plural(written.dialogues, 'dialogue')} of ${plural(written.turns, 'turn')}; ${faults === 0 ? 'every answer derived anew and right' : `${faults} wrong`}.`,
      '',
      formatBalance(made.report),
      '',
      ...written.files.map((file) => `Written to ${store.location}/${prefix}/${file.name}`),
    ].join('\n'),
  );

  /** Reads the dialogues back and verifies them against the dataset, a video at a time in the same order. */
  async function recheck(): Promise<number> {
    const { readDialogues } = await import('@internvid/generation');
    const key = `${prefix}/${name}-dialogues.jsonl`;
    const lines = readDialogues(store, key, signal)[Symbol.asyncIterator]();
    let next = await lines.next();
    let found = 0;
    for await (const video of onlyClips(choice, readSeenVideos(store, signal))) {
      for (; next.done !== true && next.value.media[0]?.video === video.video.id;) {
        for (const fault of verifyDialogue(next.value, video)) {
          found++;
          process.stderr.write(`wrong  ${next.value.id}  ${fault}\n`);
        }
        next = await lines.next();
      }
    }
    if (next.done !== true) throw new TypeError(`${next.value.id} is of no video of the dataset.`);
    return found;
  }
}

function formatBalance(report: BalanceReport | undefined): string {
  const rows = Object.entries(report?.kinds ?? {}).map(([kind, { turns, answers }]) => {
    const named = Object.entries(answers).map(
      ([answer, count]) =>
        `${answer === 'true' ? 'yes' : answer === 'false' ? 'no' : answer} ${count}`,
    );
    return [kind, String(turns), named.length > 6 ? 'various' : named.join(', ')];
  });
  return formatTable(['kind', 'turns', 'answers'], rows);
}

async function* onlyClips(
  wanted: ClipChoice,
  videos: AsyncIterable<SeenVideo>,
): AsyncGenerator<SeenVideo> {
  for await (const video of videos) {
    const clips = video.clips.filter(({ clip }) => wanted.has(clip.id));
    if (clips.length > 0) yield { ...video, clips };
  }
}

type Steps = Readonly<Record<'caption' | 'sample' | 'split' | 'collect', StepKey>>;

/** The videos of a dataset with their captioned clips in order of time, one shard in memory at a time. */
export async function* readSeenVideos(
  store: Store,
  signal: AbortSignal,
): AsyncGenerator<SeenVideo> {
  const current = await currentSteps(store);
  const steps: Steps = {
    caption: current.need('caption'),
    sample: current.need('sample'),
    split: current.need('split'),
    collect: current.need('collect'),
  };
  const withdrawn = await withdrawnVideos(store, signal);
  const source = stepsSource<SeenVideo>({
    name: 'read-seen-videos',
    version: 1,
    steps: [steps.caption, steps.sample, steps.split, steps.collect],
    read: (rows) => seenVideos(rows, steps, withdrawn),
  });
  for await (const shard of source.shards({ store, signal }))
    yield* source.read(shard, { store, signal } as StageContext);
  withdrawn.note();
}

async function* seenVideos(
  rows: ReadRows,
  steps: Steps,
  withdrawn: WithdrawnVideos,
): AsyncGenerator<SeenVideo> {
  const captions = await captionsByClip(rows, steps.caption);
  const detections = new Map<string, Detection[]>();
  for await (const row of rows(steps.caption, detectionsTable)) add(detections, row.clip, row);
  const shots = new Map<string, Shot[]>();
  for await (const row of rows(steps.split, shotsTable)) add(shots, row.video, row);
  const videos = new Map<string, SeenSample[]>();
  for await (const { clip, frames } of readClipsWithFrames(rows, steps)) {
    if (withdrawn.has(clip.video)) continue;
    const ofClip = captions.get(clip.id);
    const seen = { clip, frames, detections: detections.get(clip.id) ?? [] };
    if (ofClip !== undefined) add(videos, clip.video.id, { ...seen, captions: ofClip });
  }
  for (const [id, unordered] of videos) {
    const clips = unordered.sort((a, b) => a.clip.span.startMs - b.clip.span.startMs);
    const ofVideo = shots.get(id)?.sort((a, b) => a.index - b.index);
    const video = clips[0]?.clip.video;
    if (video !== undefined)
      yield { video, clips, ...(ofVideo === undefined ? {} : { shots: ofVideo }) };
  }
}

function add<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [item]);
  else known.push(item);
}
