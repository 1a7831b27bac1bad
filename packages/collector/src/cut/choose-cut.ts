import { cleanKeyFrames } from './clean-key-frames.js';
import type { CutSource } from './cut-source.js';
import {
  availableEncoders,
  COPIED_CODECS,
  edgeEncoders,
  type EdgeEncoder,
} from './edge-encoders.js';
import { planCut, type CutPlan, type CutRefusal, type FrameRange } from './plan.js';
import type { JobRunner } from './run-job.js';

/**
 * How a clip is cut: `copy` takes packets as they are, `exact` encodes every frame again, `smart` copies whole groups of pictures and
 * encodes the edges, `auto` takes the first of copy, smart and exact that fits.
 */
export type CutMode = 'auto' | 'copy' | 'smart' | 'exact';

/** A plan that copies, with the encoder of its edges where it has some. */
export type CopyChoice = { readonly plan: CutPlan; readonly encoder: EdgeEncoder | undefined };

/** Below this share of copied frames the seams are not worth their price. */
const LEAST_COPIED = 0.5;

/** libavformat of ffmpeg 5.0, the first that drops packets by an expression. */
const LEAST_LIBAVFORMAT = 59;

/** Plans a cut that copies packets, or says why there is none. */
export async function chooseCopy(
  source: CutSource,
  range: FrameRange,
  mode: Exclude<CutMode, 'exact'>,
  runner: JobRunner,
): Promise<CopyChoice | CutRefusal> {
  const obstacle = obstacleTo(source, runner);
  if (obstacle !== undefined) return obstacle;
  const keys = await cleanKeyFrames(source, range, runner);
  const plan = planCut(source, range, keys);
  if (typeof plan === 'string') return plan;
  const hasHead = plan.copyFirst > plan.first;
  if (!hasHead && plan.copyEnd === plan.end) return { plan, encoder: undefined };
  if (mode === 'copy') return hasHead ? 'starts-between-key-frames' : 'ends-inside-references';
  const share = (plan.copyEnd - plan.copyFirst) / (plan.end - plan.first);
  if (mode === 'auto' && share < LEAST_COPIED) return 'little-to-copy';
  const candidates = edgeEncoders(source);
  if (candidates.length === 0) return 'codec-not-copied';
  const there = await availableEncoders(runner.ffmpeg);
  const encoder = candidates.find((candidate) => there.has(candidate.encoder));
  return encoder === undefined ? 'encoder-missing' : { plan, encoder };
}

function obstacleTo({ info, packets }: CutSource, { ffmpeg }: JobRunner): CutRefusal | undefined {
  if (!COPIED_CODECS.has(info.video.codec)) return 'codec-not-copied';
  // What the frame reader deinterlaces would differ at each seam.
  if (info.video.isInterlaced) return 'interlaced';
  if (info.warnings.includes('resolution-change')) return 'size-changes';
  if (packets.length === 0) return 'no-packet-times';
  return ffmpeg.libavformat[0] < LEAST_LIBAVFORMAT ? 'ffmpeg-too-old' : undefined;
}
