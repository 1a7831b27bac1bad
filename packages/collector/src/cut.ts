import { mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ToolkitError, type Span } from '@internvid/core';
import { findFfmpeg, type FrameReader } from '@internvid/core/media';

import { chooseCopy, type CopyChoice, type CutMode } from './cut/choose-cut.js';
import { openCutSource, type CutSource } from './cut/cut-source.js';
import { encodeExactly } from './cut/exact.js';
import { stretchOf } from './cut/stretch.js';
import { framesInside, type CutRefusal, type FrameRange } from './cut/plan.js';
import type { CutProof } from './cut/proof.js';
import { proveClip } from './cut/prove.js';
import type { Recipe } from './cut/recipe.js';
import { runParts, type JobRunner } from './cut/run-job.js';
import { copyFrames } from './cut/smart.js';
import { cutSound } from './cut/sound.js';
import { writeClip } from './cut/write-clip.js';
import type { ShotDetector } from './shots/detector.js';

/** What to cut out of which file. */
export type CutClipOptions = {
  /** The video's file, local; or as `openCutSource` gave it, which saves reading its packets for each of its clips. */
  readonly from: string | CutSource;
  readonly span: Span;
  /** The clip's file, MP4; replaced when it is there. */
  readonly to: string;
  /** Reads both files, to check the result. */
  readonly frames: FrameReader;
  /** Default `auto`. */
  readonly mode?: CutMode;
  /** Looks whether the clip is one shot; default: nobody looks. */
  readonly detector?: ShotDetector;
  /** Default: what `findCutPrograms` finds, which costs a tenth of a second for each clip. */
  readonly programs?: CutPrograms;
  /** How long ffmpeg may make no progress, in milliseconds. Default 60,000. */
  readonly stallMs?: number;
  readonly signal?: AbortSignal;
};

/** The programs that cutting runs. */
export type CutPrograms = Pick<JobRunner, 'ffmpeg' | 'ffprobe'>;

/**
 * Finds ffmpeg and ffprobe as `findFfmpeg` does.
 *
 * @throws ToolkitError `missing-dependency`.
 */
export function findCutPrograms(): CutPrograms {
  return { ffmpeg: findFfmpeg('ffmpeg'), ffprobe: findFfmpeg('ffprobe') };
}

/** A clip file that was made and proved. */
export type CutClip = {
  readonly path: string;
  readonly bytes: number;
  /** What was done in the end. */
  readonly mode: Exclude<CutMode, 'auto'>;
  /** Of `proof.frames`. */
  readonly copiedFrames: number;
  /** Why nothing was copied, where `auto` or `smart` came to `exact`. */
  readonly fallback?: CutRefusal;
  readonly proof: CutProof;
  /** How long making the file took, from an opened source, attempts that came to nothing included; in milliseconds. */
  readonly cutMs: number;
  /** How long proving it took. */
  readonly proofMs: number;
};

/**
 * Writes a span of a video as a file of its own: exactly the frames inside, with their own times (a variable frame rate stays one), and
 * the sound from the first frame's time to the last frame's end. The file is decoded again and compared with the source; one that
 * copied packets and does not pass is cut exactly instead. It appears whole or not at all, and is the same bytes each time.
 *
 * @throws ToolkitError `not-found` when no frame lies in the span; `process-failed` when ffmpeg fails, when the file does not pass its
 * proof, or, in mode `copy`, when packets cannot be copied (`details.reason` is a `CutRefusal`); the abort reason when aborted.
 */
export async function cutClip(options: CutClipOptions): Promise<CutClip> {
  const { mode = 'auto', stallMs = 60_000, signal, frames } = options;
  signal?.throwIfAborted();
  const programs = options.programs ?? findCutPrograms();
  const runner = { ...programs, stallMs, signal };
  const source =
    typeof options.from === 'string'
      ? await openCutSource(options.from, { ...runner, frames })
      : options.from;
  const begin = performance.now();
  const range = framesInside(source, options.span);
  const to = resolve(options.to);
  const folder = await mkdtemp(join(dirname(to), '.cut-'));
  try {
    const work: Work = { source, range, folder, runner, options, proofMs: 0 };
    const copied = mode === 'exact' ? undefined : await tryCopy(work, mode);
    const made = typeof copied === 'object' ? copied : await cutExactly(work, copied);
    await rename(made.path, to);
    const cutMs = performance.now() - begin - work.proofMs;
    return { ...made, path: to, cutMs, proofMs: work.proofMs };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Work = {
  readonly source: CutSource;
  readonly range: FrameRange;
  /** Unfinished files, removed in the end. */
  readonly folder: string;
  readonly runner: JobRunner;
  readonly options: CutClipOptions;
  /** Spent on proofs so far. */
  proofMs: number;
};

/** A finished file; the time it took is known in the end. */
type MadeClip = Omit<CutClip, 'cutMs' | 'proofMs'>;

async function tryCopy(
  work: Work,
  mode: Exclude<CutMode, 'exact'>,
): Promise<MadeClip | CutRefusal> {
  const { source, range, runner } = work;
  const choice = await chooseCopy(source, range, mode, runner);
  const made = typeof choice === 'string' ? choice : await copyAndProve(work, choice);
  if (mode === 'copy' && typeof made === 'string') throw refusedCopy(work, made);
  return made;
}

async function copyAndProve(
  work: Work,
  { plan, encoder }: CopyChoice,
): Promise<MadeClip | CutRefusal> {
  const { source, folder, runner } = work;
  const pictures = copyFrames(source, { ffmpeg: runner.ffmpeg, plan, encoder, folder });
  try {
    const made = await make(work, pictures, { copySound: true, plan });
    if (made === undefined) return 'pieces-differ';
    if (made.proof.problems.length > 0) return 'proof-failed';
    const mode = encoder === undefined ? 'copy' : 'smart';
    return { ...made, mode, copiedFrames: plan.copyEnd - plan.copyFirst };
  } catch (error) {
    // A stream that ffmpeg cannot take apart can still be decoded; whatever else failed fails again then, and is told.
    if (ToolkitError.is(error) && error.code === 'process-failed') return 'pieces-differ';
    throw error;
  }
}

/** Encodes all frames; a second time without seeking and without copying sound, where that led astray. */
async function cutExactly(work: Work, fallback: CutRefusal | undefined): Promise<MadeClip> {
  const { source, range, folder, runner } = work;
  const told = fallback === undefined ? {} : { fallback };
  let problems: CutProof['problems'] = [];
  for (const isCareful of [false, true]) {
    const options = { ffmpeg: runner.ffmpeg, folder, seek: !isCareful };
    const pictures = encodeExactly(source, range, options);
    const made = await make(work, pictures, { copySound: !isCareful });
    problems = made === undefined ? ['frame-count'] : made.proof.problems;
    if (made !== undefined && problems.length === 0)
      return { ...made, mode: 'exact', copiedFrames: 0, ...told };
  }
  throw unproved(work, problems);
}

type MakeOptions = {
  readonly copySound: boolean;
  /** Where packets are copied. */
  readonly plan?: CopyChoice['plan'];
};

/** Makes the clip's file and proves it; undefined where the pictures did not come out as planned. */
async function make(
  work: Work,
  pictures: Recipe,
  { copySound, plan }: MakeOptions,
): Promise<Pick<CutClip, 'path' | 'bytes' | 'proof'> | undefined> {
  const { source, range, folder, runner, options } = work;
  const sound = cutSound(source, stretchOf(source, range), { folder, copy: copySound });
  await runParts([...pictures.parts, ...sound.parts], runner);
  const [seen, heard] = [await pictures.finish(), await sound.finish()];
  if (seen === undefined) return undefined;
  const path = join(folder, 'clip.mp4');
  const bytes = await writeClip(heard === undefined ? [seen] : [seen, heard], path);
  const begin = performance.now();
  const { frames, detector } = options;
  const proof = await proveClip(path, { ...runner, source, range, plan, frames, detector });
  work.proofMs += performance.now() - begin;
  return { path, bytes, proof };
}

function refusedCopy({ source, options: { span } }: Work, reason: CutRefusal): ToolkitError {
  const what = `${source.path} from ${span.startMs} to ${span.endMs} ms cannot be copied exactly (${reason}).`;
  const message = `${what} Use mode "smart" or "exact", or a span that begins at a key frame.`;
  return new ToolkitError('process-failed', message, { details: { reason } });
}

function unproved({ source, options: { span } }: Work, problems: readonly string[]): ToolkitError {
  const what = `The clip cut from ${source.path} from ${span.startMs} to ${span.endMs} ms`;
  const message = `${what} does not match it: ${problems.join(', ')}. The file may be damaged there.`;
  return new ToolkitError('process-failed', message, { details: { problems: [...problems] } });
}
