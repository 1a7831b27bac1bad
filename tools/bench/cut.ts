import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cutClip, findCutPrograms, type CutClip } from '@internvid/collector';
import { duration, span, ToolkitError, type Span } from '@internvid/core';
import { ffmpegFrameReader, type FrameReader } from '@internvid/core/media';

import { measured, type Bench, type Measurement } from './bench.js';
import { longVideos, type LongVideo } from './cut-videos.js';

const SHARED_MEDIA = fileURLToPath(new URL('../../../shared/media/', import.meta.url));
const SPANS = 50;
/** Found once, as the stage that cuts clips does. */
const PROGRAMS = findCutPrograms();

/** The lengths that clips have by default. */
const SHORTEST_MS = 2000;
const LONGEST_MS = 60_000;

type Mode = 'copy' | 'exact' | 'smart';
type Job = { readonly video: LongVideo; readonly span: Span };

/** What all cuts of one mode came to. */
type Tally = {
  seconds: number;
  proofSeconds: number;
  clipSeconds: number;
  frames: number;
  copiedFrames: number;
  wrongFrames: number;
  offsetMs: number;
  fallbacks: number;
};

/**
 * Cuts the same random spans of long videos exactly and smartly, and copies them too, drawn out to the key frames around them, and
 * compares every decoded frame with the source's. `seconds` is the cutting alone, from an
 * opened source; every clip is proved besides, which takes
 * `proof-seconds` whatever the mode. `speed-over-exact` compares seconds per second of clip.
 */
export const bench: Bench = async ({ media = SHARED_MEDIA, say }) => {
  if (!existsSync(media)) throw new Error(`There are no videos at ${media}; give --media.`);
  const frames = ffmpegFrameReader();
  const folder = await mkdtemp(join(tmpdir(), 'internvid-bench-'));
  try {
    const videos = await longVideos(media, folder, { frames, say });
    const tallies = new Map<string, Tally>();
    for (const [index, job] of randomJobs(videos).entries()) {
      say(`${index + 1}/${SPANS} ${job.video.name} ${job.span.startMs} to ${job.span.endMs} ms`);
      await cutAll(job, join(folder, 'clip.mp4'), frames, tallies);
    }
    return [...tallies].flatMap(([name, tally]) => report(name, tally, tallies));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** The same spans on every run. */
function randomJobs(videos: readonly LongVideo[]): readonly Job[] {
  const random = generator(20_230_713);
  return Array.from({ length: SPANS }, (_, index) => {
    const video = videos[index % videos.length];
    if (video === undefined) throw new Error('There is no long video to cut from.');
    const longest = Math.min(LONGEST_MS, video.durationMs - 1);
    const lengthMs = Math.round(SHORTEST_MS + random() * (longest - SHORTEST_MS));
    const startMs = Math.floor(random() * (video.durationMs - lengthMs));
    return { video, span: span(startMs, startMs + lengthMs) };
  });
}

/** Mulberry32, from 0 to 1. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function cutAll(
  job: Job,
  to: string,
  frames: FrameReader,
  tallies: Map<string, Tally>,
): Promise<void> {
  const cuts: readonly (readonly [Mode, Span])[] = [
    ['exact', job.span],
    ['smart', job.span],
    ['copy', drawnOut(job)],
  ];
  let source: Pictures = [];
  for (const [mode, wanted] of cuts) {
    const names = [mode, `${mode}/${job.video.name}`];
    const made = await cutOnce({ ...job, span: wanted }, mode, to, frames);
    // The exact and the smart cut are of the same span.
    if (mode !== 'smart') source = await pictures(job.video.path, frames, wanted);
    const wrong = made === undefined ? 0 : wrongFrames(source, await pictures(to, frames));
    for (const name of names) add(tallyOf(tallies, name), made, wrong, duration(wanted) / 1000);
  }
}

/** From the key frame before to the key frame after. */
function drawnOut({ video, span: { startMs, endMs } }: Job): Span {
  const before = video.keysMs.filter((timeMs) => timeMs <= startMs).at(-1) ?? 0;
  return span(before, video.keysMs.find((timeMs) => timeMs >= endMs) ?? video.durationMs);
}

/** Undefined where a copy was refused, which a key frame alone does not rule out. */
async function cutOnce(
  { video, span: wanted }: Job,
  mode: Mode,
  to: string,
  frames: FrameReader,
): Promise<CutClip | undefined> {
  try {
    return await cutClip({ from: video.path, span: wanted, to, frames, mode, programs: PROGRAMS });
  } catch (error) {
    if (mode === 'copy' && ToolkitError.is(error) && 'reason' in error.details) return undefined;
    throw error;
  }
}

type Pictures = readonly Uint8Array[];

/** Pictures are compared at this size: small enough to keep a minute of them. */
const COMPARED = { width: 128, height: 72, format: 'rgb24' } as const;

/** As the proof of a clip has it: mean absolute difference of 255, and how much nearer a neighbour may be. */
const MOST_DISTANCE = 8;
const NEIGHBOUR_SLACK = 0.5;

/** Frames that are missing, too many, unlike the source's frame in their place, or more like the one before or after it. */
function wrongFrames(source: Pictures, made: Pictures): number {
  const unlike = made.filter((picture, index) => {
    const right = distance(picture, source[index]);
    const nearest = Math.min(
      distance(picture, source[index - 1]),
      distance(picture, source[index + 1]),
    );
    return right > MOST_DISTANCE || right > nearest + NEIGHBOUR_SLACK;
  });
  return unlike.length + Math.max(0, source.length - made.length);
}

async function pictures(path: string, frames: FrameReader, wanted?: Span): Promise<Pictures> {
  const kept: Uint8Array[] = [];
  const select = { kind: 'all' } as const;
  const request = {
    select,
    outputs: [COMPARED],
    ...(wanted === undefined ? {} : { span: wanted }),
  };
  for await (const { pictures: made } of frames.frames(path, request)) {
    kept.push(...made.map(({ data }) => data.slice()));
  }
  return kept;
}

function distance(a: Uint8Array, b: Uint8Array | undefined): number {
  if (b === undefined) return Infinity;
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;
}

function tallyOf(tallies: Map<string, Tally>, name: string): Tally {
  const known = tallies.get(name);
  if (known !== undefined) return known;
  const counts = { frames: 0, copiedFrames: 0, wrongFrames: 0, offsetMs: 0, fallbacks: 0 };
  const tally = { seconds: 0, proofSeconds: 0, clipSeconds: 0, ...counts };
  tallies.set(name, tally);
  return tally;
}

function add(tally: Tally, made: CutClip | undefined, wrong: number, clipSeconds: number): void {
  tally.wrongFrames += wrong;
  if (made === undefined || made.fallback !== undefined) tally.fallbacks += 1;
  if (made === undefined) return;
  tally.seconds += made.cutMs / 1000;
  tally.proofSeconds += made.proofMs / 1000;
  tally.clipSeconds += clipSeconds;
  tally.frames += made.proof.frames;
  tally.copiedFrames += made.copiedFrames;
  tally.offsetMs = Math.max(tally.offsetMs, Math.abs(made.proof.soundOffsetMs ?? 0));
}

function report(
  name: string,
  tally: Tally,
  tallies: ReadonlyMap<string, Tally>,
): readonly Measurement[] {
  const exact = tallies.get(name.replace(/^[a-z]+/, 'exact'));
  const pace = ({ seconds, clipSeconds }: Tally): number => seconds / clipSeconds;
  const speed = exact === undefined ? NaN : pace(exact) / pace(tally);
  const isSmart = name === 'smart';
  return [
    measured(name, 'seconds', tally.seconds, 's'),
    measured(name, 'proof-seconds', tally.proofSeconds, 's'),
    measured(name, 'clip-seconds', tally.clipSeconds, 's'),
    measured(name, 'wrong-frames', tally.wrongFrames, 'frames', 0),
    measured(name, 'frames', tally.frames, 'frames'),
    measured(
      name,
      'copied-share',
      tally.frames === 0 ? 0 : tally.copiedFrames / tally.frames,
      'ratio',
    ),
    measured(name, 'audio-offset', tally.offsetMs, 'ms', 20),
    measured(name, 'not-as-asked', tally.fallbacks, 'clips'),
    ...(Number.isFinite(speed)
      ? [measured(name, 'speed-over-exact', speed, 'ratio', isSmart ? 6 : undefined)]
      : []),
  ];
}
